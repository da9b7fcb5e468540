import * as z from 'zod';

const port = z.int().min(0).max(65_535);
const text = z.string().min(1);
const file = text.describe('path of a file');

/** Environments pick stricter defaults: see `settingsFor`. */
export const environments = ['development', 'testing', 'staging', 'production'] as const;

/**
 * Every setting with its limits. VS Code's settings and the terminal's environment are two readers of this one schema
 * (DESIGN §8). Secrets are only read from the environment or SecretStorage, never from a settings file of VS Code.
 */
export const settingsSchema = z.strictObject({
  environment: z.enum(environments),
  runtime: z.enum(['embedded', 'java', 'external']),
  kafkaPort: port,
  apiPort: port,
  dataDir: text.optional(),
  keepRunning: z.boolean(),
  logLevel: z.enum(['debug', 'info', 'warn', 'error']),
  kafkaHome: text.optional(),
  javaHome: text.optional(),
  kafkaMirror: z
    .string()
    .regex(/^https?:\/\/\S+$/)
    .optional(),
  bootstrap: z
    .array(z.string().regex(/^(\[[0-9a-fA-F:]+\]|[^\s:,]+):\d{1,5}$/))
    .min(1)
    .optional(),
  tls: z.boolean(),
  tlsCa: file.optional(),
  tlsCert: file.optional(),
  tlsKey: file.optional(),
  tlsServername: text.optional(),
  tlsVerify: z.boolean(),
  saslMechanism: z.enum(['PLAIN', 'SCRAM-SHA-256', 'SCRAM-SHA-512', 'OAUTHBEARER']).optional(),
  saslUsername: text.optional(),
  saslPassword: text.optional(),
  oauthTokenEndpoint: z
    .string()
    .regex(/^https?:\/\/\S+$/)
    .optional(),
  oauthClientId: text.optional(),
  oauthClientSecret: text.optional(),
  oauthScope: text.optional(),
});

/** All settings, checked. */
export type Settings = z.infer<typeof settingsSchema>;

/** How a setting is written and told about. */
export interface SettingInfo {
  /** Environment variables, the first one that is set counts. */
  readonly env: readonly string[];
  readonly kind: 'text' | 'integer' | 'boolean' | 'list';
  readonly doc: string;
  /** What is allowed, for the error message. */
  readonly allowed: string;
  readonly isSecret?: true;
}

const info = (
  env: string | readonly string[],
  kind: SettingInfo['kind'],
  allowed: string,
  doc: string,
): SettingInfo => ({ env: typeof env === 'string' ? [env] : env, kind, allowed, doc });
const secret = (env: string, doc: string): SettingInfo => ({
  env: [env],
  kind: 'text',
  allowed: 'a text that is not empty',
  doc,
  isSecret: true,
});

/** Names and words of each setting; README's table and the terminal's help are made of it. */
export const settingsInfo: Readonly<Record<keyof Settings, SettingInfo>> = {
  environment: info(
    ['LOCAL_KAFKA_ENVIRONMENT', 'ENVIRONMENT'],
    'text',
    environments.join(', '),
    'Picks defaults; staging and production refuse unverified TLS and log warnings only.',
  ),
  runtime: info(
    'LOCAL_KAFKA_RUNTIME',
    'text',
    'embedded, java, external',
    'How Kafka is run: the playground broker, Apache Kafka as a Java process, or a cluster that exists.',
  ),
  kafkaPort: info(
    'LOCAL_KAFKA_PORT',
    'integer',
    'a whole number from 0 to 65535',
    'Preferred port of the broker on 127.0.0.1; the next free one where it is taken, any free one with 0.',
  ),
  apiPort: info(
    ['LOCAL_KAFKA_API_PORT', 'API_PORT'],
    'integer',
    'a whole number from 0 to 65535',
    'Preferred port of the REST API on 127.0.0.1 and ::1; the next free one where it is taken.',
  ),
  dataDir: info(
    'LOCAL_KAFKA_DATA',
    'text',
    'a folder',
    'Folder for everything that is kept: data of the brokers, logs, the API key, downloads.',
  ),
  keepRunning: info(
    'LOCAL_KAFKA_KEEP_RUNNING',
    'boolean',
    'true, false',
    'Keep the broker running when the last terminal or window has gone.',
  ),
  logLevel: info('LOCAL_KAFKA_LOG_LEVEL', 'text', 'debug, info, warn, error', 'What is written to the log.'),
  kafkaHome: info(
    'LOCAL_KAFKA_HOME',
    'text',
    'a folder',
    'Folder of an Apache Kafka (with its libs) for the Java runtime; downloaded once where left out.',
  ),
  javaHome: info(
    'LOCAL_KAFKA_JAVA_HOME',
    'text',
    'a folder',
    'Folder of Java 17 or newer for the Java runtime; JAVA_HOME, then PATH where left out.',
  ),
  kafkaMirror: info(
    'LOCAL_KAFKA_MIRROR',
    'text',
    'an http or https URL',
    'Mirror to download Apache Kafka from; its SHA-512 always comes from the Apache site.',
  ),
  bootstrap: info(
    ['LOCAL_KAFKA_BOOTSTRAP', 'KAFKA_BOOTSTRAP_SERVERS'],
    'list',
    'host:port, several separated by commas',
    'Bootstrap servers of the external cluster.',
  ),
  tls: info('LOCAL_KAFKA_TLS', 'boolean', 'true, false', 'Connect to the external cluster over TLS.'),
  tlsCa: info('LOCAL_KAFKA_TLS_CA', 'text', 'a PEM file', 'CA certificates to trust; turns TLS on.'),
  tlsCert: info('LOCAL_KAFKA_TLS_CERT', 'text', 'a PEM file', 'Client certificate for mTLS; turns TLS on.'),
  tlsKey: info('LOCAL_KAFKA_TLS_KEY', 'text', 'a PEM file', 'Key of the client certificate.'),
  tlsServername: info(
    'LOCAL_KAFKA_TLS_SERVERNAME',
    'text',
    'a host name',
    "Name to look for in the broker's certificate where it is not the host's.",
  ),
  tlsVerify: info(
    'LOCAL_KAFKA_TLS_VERIFY',
    'boolean',
    'true, false',
    'false accepts any certificate; for throw-away clusters only.',
  ),
  saslMechanism: info(
    'LOCAL_KAFKA_SASL_MECHANISM',
    'text',
    'PLAIN, SCRAM-SHA-256, SCRAM-SHA-512, OAUTHBEARER',
    'SASL mechanism of the external cluster.',
  ),
  saslUsername: info('LOCAL_KAFKA_SASL_USERNAME', 'text', 'a user name', 'User of PLAIN and SCRAM.'),
  saslPassword: secret('LOCAL_KAFKA_SASL_PASSWORD', 'Password of PLAIN and SCRAM.'),
  oauthTokenEndpoint: info(
    'LOCAL_KAFKA_OAUTH_TOKEN_ENDPOINT',
    'text',
    'an http or https URL',
    'Token endpoint of OAUTHBEARER (client credentials).',
  ),
  oauthClientId: info('LOCAL_KAFKA_OAUTH_CLIENT_ID', 'text', 'a client id', 'Client id of OAUTHBEARER.'),
  oauthClientSecret: secret('LOCAL_KAFKA_OAUTH_CLIENT_SECRET', 'Client secret of OAUTHBEARER.'),
  oauthScope: info('LOCAL_KAFKA_OAUTH_SCOPE', 'text', 'a scope', 'Scope to ask for with OAUTHBEARER.'),
};

/** The settings that count where nothing else is said. */
export function defaultSettings(environment: Settings['environment']): Settings {
  const strict = environment === 'staging' || environment === 'production';
  return {
    environment,
    runtime: 'embedded',
    kafkaPort: environment === 'testing' ? 0 : 9092,
    apiPort: environment === 'testing' ? 0 : 8000,
    keepRunning: false,
    logLevel: strict ? 'warn' : 'info',
    tls: false,
    tlsVerify: true,
  };
}
