import { type ConnectionTarget, securityProtocol } from './connectionTarget';

/** The configuration of confluent-kafka (librdkafka) as Python. */
export function pythonText(target: ConnectionTarget): string {
  const { bootstrap, tls, sasl } = target;
  const entries: [string, string][] = [['bootstrap.servers', literal(bootstrap.join(','))]];
  const add = (key: string, value: string | undefined): void => {
    if (value !== undefined) entries.push([key, literal(value)]);
  };
  if (tls || sasl) add('security.protocol', securityProtocol(target));
  add('sasl.mechanism', sasl?.mechanism);
  if (sasl?.mechanism === 'OAUTHBEARER') {
    add('sasl.oauthbearer.method', 'oidc');
    add('sasl.oauthbearer.token.endpoint.url', sasl.tokenEndpoint);
    add('sasl.oauthbearer.client.id', sasl.clientId);
    entries.push(['sasl.oauthbearer.client.secret', 'os.environ["KAFKA_CLIENT_SECRET"]']);
    add('sasl.oauthbearer.scope', sasl.scope);
  } else if (sasl) {
    add('sasl.username', sasl.username);
    entries.push(['sasl.password', 'os.environ["KAFKA_PASSWORD"]']);
  }
  add('ssl.ca.location', tls?.caFile);
  add('ssl.certificate.location', tls?.certFile);
  add('ssl.key.location', tls?.keyFile);
  if (tls?.verify === false) entries.push(['enable.ssl.certificate.verification', 'False']);
  return [
    ...(sasl ? ['import os', ''] : []),
    'from confluent_kafka import Producer',
    '',
    'producer = Producer({',
    ...entries.map(([key, value]) => `    ${literal(key)}: ${value},`),
    '})',
    '',
  ].join('\n');
}

/** JSON's escapes are Python's. */
function literal(text: string): string {
  return JSON.stringify(text);
}
