import { type ConnectionTarget, securityProtocol } from './connectionTarget';

/** Stands in a text where the secret goes. */
export interface SecretPlace {
  readonly secret: 'KAFKA_PASSWORD' | 'KAFKA_CLIENT_SECRET';
}

/** A key of a Java client's configuration, and its value in pieces. */
export type JavaEntry = readonly [key: string, value: readonly (string | SecretPlace)[]];

const MODULES = 'org.apache.kafka.common.security';

/** The configuration of Apache Kafka's Java clients for a cluster. */
export function javaClientConfig(target: ConnectionTarget): readonly JavaEntry[] {
  const { bootstrap, tls, sasl } = target;
  const entries: JavaEntry[] = [['bootstrap.servers', [bootstrap.join(',')]]];
  if (tls || sasl) entries.push(['security.protocol', [securityProtocol(target)]]);
  if (sasl) entries.push(['sasl.mechanism', [sasl.mechanism]], ['sasl.jaas.config', login(sasl)]);
  if (sasl?.mechanism === 'OAUTHBEARER') {
    entries.push(
      ['sasl.oauthbearer.token.endpoint.url', [sasl.tokenEndpoint]],
      ['sasl.login.callback.handler.class', [`${MODULES}.oauthbearer.OAuthBearerLoginCallbackHandler`]],
    );
  }
  if (tls?.caFile !== undefined) {
    entries.push(['ssl.truststore.type', ['PEM']], ['ssl.truststore.location', [tls.caFile]]);
  }
  if (tls?.certFile !== undefined) {
    // One file for both is the only form that Java's clients read (KIP-651).
    entries.push(
      ['ssl.keystore.type', ['PEM']],
      ['ssl.keystore.location', ['<one PEM file with the key and the certificate>']],
    );
  }
  if (tls?.verify === false) entries.push(['ssl.endpoint.identification.algorithm', ['']]);
  return entries;
}

function login(sasl: NonNullable<ConnectionTarget['sasl']>): JavaEntry[1] {
  if (sasl.mechanism === 'OAUTHBEARER') {
    const scope = sasl.scope === undefined ? '' : ` scope=${quoted(sasl.scope)}`;
    return [
      `${MODULES}.oauthbearer.OAuthBearerLoginModule required clientId=${quoted(sasl.clientId)} clientSecret="`,
      { secret: 'KAFKA_CLIENT_SECRET' },
      `"${scope};`,
    ];
  }
  const loginModule = sasl.mechanism === 'PLAIN' ? 'plain.PlainLoginModule' : 'scram.ScramLoginModule';
  return [
    `${MODULES}.${loginModule} required username=${quoted(sasl.username)} password="`,
    { secret: 'KAFKA_PASSWORD' },
    '";',
  ];
}

/** A value in a JAAS configuration. */
function quoted(text: string): string {
  return `"${text.replace(/["\\]/g, '\\$&')}"`;
}
