import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ExtraListener } from './brokerProperties';
import { makeCertificates } from './certificates';
import type { Certificates } from './certificates';
import { startJavaBroker } from './javaBroker';
import type { JavaBroker, JavaBrokerOptions } from './javaBroker';
import type { KafkaDist } from './kafkaDist';
import { makeTempDir, removeTempDir } from './tempDir';

/** A user and the password that the broker knows. */
export interface User {
  readonly username: string;
  readonly password: string;
}

/** Who may log in by SASL, on both SASL listeners. */
export interface SecureUsers {
  /** By PLAIN. */
  readonly bob: User;
  /** By SCRAM-SHA-256 and SCRAM-SHA-512. */
  readonly alice: User;
}

/** A real broker with one listener for each way to log in. */
export interface SecureBroker {
  readonly broker: JavaBroker;
  /** Bootstrap addresses by listener; MTLS is SSL that demands a client certificate. */
  readonly bootstrap: Readonly<Record<SecureListener, string>>;
  readonly certificates: Certificates;
  /** PEM text: `ca` is to be trusted, `clientCert` and `clientKey` are for MTLS. */
  readonly ca: string;
  readonly clientCert: string;
  readonly clientKey: string;
  readonly users: SecureUsers;
  /** Holds the PEM files ca.pem, client.pem, client.key and so on, for tools that read files. */
  readonly certificateFolder: string;
  /** Ends the broker and removes all that was made for it. */
  dispose(): Promise<void>;
}

/** The listeners of a {@link SecureBroker}. */
export type SecureListener = 'PLAINTEXT' | 'SASL_PLAINTEXT' | 'SSL' | 'MTLS' | 'SASL_SSL';

const USERS: SecureUsers = {
  bob: { username: 'bob', password: 'bob-pw' },
  alice: { username: 'alice', password: 'alice-pw' },
};

const LISTENERS: readonly ExtraListener[] = [
  { name: 'SASL_PLAINTEXT', protocol: 'SASL_PLAINTEXT' },
  { name: 'SSL', protocol: 'SSL' },
  { name: 'MTLS', protocol: 'SSL' },
  { name: 'SASL_SSL', protocol: 'SASL_SSL' },
];

const LOGIN_MODULES = 'org.apache.kafka.common.security';

/** SASL is configured per listener and mechanism. OAUTHBEARER keeps Kafka's default validator: unsigned tokens. */
function saslProperties(): Record<string, string> {
  const { bob } = USERS;
  const logins: Record<string, string> = {
    plain: `${LOGIN_MODULES}.plain.PlainLoginModule required user_${bob.username}="${bob.password}";`,
    'scram-sha-256': `${LOGIN_MODULES}.scram.ScramLoginModule required;`,
    'scram-sha-512': `${LOGIN_MODULES}.scram.ScramLoginModule required;`,
    oauthbearer: `${LOGIN_MODULES}.oauthbearer.OAuthBearerLoginModule required unsecuredLoginStringClaim_sub="broker";`,
  };
  const properties: Record<string, string> = {
    'sasl.enabled.mechanisms': 'PLAIN,SCRAM-SHA-256,SCRAM-SHA-512,OAUTHBEARER',
  };
  for (const listener of ['sasl_plaintext', 'sasl_ssl']) {
    for (const [mechanism, login] of Object.entries(logins)) {
      properties[`listener.name.${listener}.${mechanism}.sasl.jaas.config`] = login;
    }
  }
  return properties;
}

/** Kafka reads PEM stores itself: no keytool, and no JVM for each certificate. */
async function tlsProperties(folder: string, { server, ca }: Certificates): Promise<Record<string, string>> {
  const keyStore = join(folder, 'server-store.pem');
  await writeFile(keyStore, server.key + server.cert + ca.cert);
  return {
    'ssl.keystore.type': 'PEM',
    'ssl.keystore.location': keyStore,
    'ssl.truststore.type': 'PEM',
    'ssl.truststore.location': join(folder, 'ca.pem'),
    'ssl.client.auth': 'none',
    'listener.name.mtls.ssl.client.auth': 'required',
  };
}

/** Starts a broker with all secured listeners; takes one JVM more than a plain one, to add the SCRAM users. */
export async function startSecureBroker(
  dist: KafkaDist,
  options: JavaBrokerOptions = {},
): Promise<SecureBroker> {
  const certificateFolder = await makeTempDir('certificates');
  const certificates = await makeCertificates(certificateFolder);
  const { alice } = USERS;
  const broker = await startJavaBroker(dist, {
    ...options,
    listeners: [...LISTENERS, ...(options.listeners ?? [])],
    scramUsers: [
      { mechanism: 'SCRAM-SHA-256', name: alice.username, password: alice.password },
      { mechanism: 'SCRAM-SHA-512', name: alice.username, password: alice.password },
      ...(options.scramUsers ?? []),
    ],
    properties: {
      ...saslProperties(),
      ...(await tlsProperties(certificateFolder, certificates)),
      ...options.properties,
    },
  });
  return {
    broker,
    bootstrap: {
      PLAINTEXT: broker.bootstrap,
      SASL_PLAINTEXT: broker.bootstrapOf('SASL_PLAINTEXT'),
      SSL: broker.bootstrapOf('SSL'),
      MTLS: broker.bootstrapOf('MTLS'),
      SASL_SSL: broker.bootstrapOf('SASL_SSL'),
    },
    certificates,
    ca: certificates.ca.cert,
    clientCert: certificates.client.cert,
    clientKey: certificates.client.key,
    users: USERS,
    certificateFolder,
    dispose: async () => {
      await broker.dispose();
      await removeTempDir(certificateFolder);
    },
  };
}

/** A token that Kafka's default (unsecured) OAUTHBEARER validator accepts for that user. */
export function unsecuredToken(user: string, lifetimeSeconds = 3600): string {
  const encode = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const now = Math.floor(Date.now() / 1000);
  return `${encode({ alg: 'none' })}.${encode({ sub: user, iat: now, exp: now + lifetimeSeconds })}.`;
}
