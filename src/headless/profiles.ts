import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { KafkaManagerError } from '../contract/errors';
import type { ConnectionSettings, SaslSettings, TlsSettings } from '../core/connection';
import type { ClusterProfile } from '../core/profile';
import type { Settings } from '../core/settings';

/** The profile that the settings describe. @throws KafkaManagerError VALIDATION_ERROR where a named file can't be read */
export async function profileOf(settings: Settings): Promise<ClusterProfile> {
  const managed = { port: settings.kafkaPort, keepRunning: settings.keepRunning };
  switch (settings.runtime) {
    case 'embedded':
      return { id: 'playground', name: 'Playground', runtime: 'embedded', ...managed };
    case 'java':
      return {
        id: 'java',
        name: 'Apache Kafka',
        runtime: 'java',
        ...managed,
        ...(settings.kafkaHome !== undefined && { kafkaHome: path.resolve(settings.kafkaHome) }),
        ...(settings.javaHome !== undefined && { javaHome: path.resolve(settings.javaHome) }),
      };
    case 'external': {
      // Now, so that a file that can't be read ends the program before anything is started.
      const connection = await connectionOf(settings);
      return {
        id: 'external',
        name: 'External cluster',
        runtime: 'external',
        bootstrap: connection.bootstrap,
        connection: () => Promise.resolve(connection),
      };
    }
  }
}

async function connectionOf(settings: Settings): Promise<ConnectionSettings> {
  const tls = await tlsOf(settings);
  const sasl = saslOf(settings);
  return { bootstrap: settings.bootstrap ?? [], ...(tls && { tls }), ...(sasl && { sasl }) };
}

async function tlsOf(settings: Settings): Promise<TlsSettings | undefined> {
  const { tls, tlsCa, tlsCert, tlsKey, tlsServername, tlsVerify } = settings;
  if (!tls && tlsCa === undefined && tlsCert === undefined) return undefined;
  return {
    ...(tlsCa !== undefined && { ca: await pem('LOCAL_KAFKA_TLS_CA', tlsCa) }),
    ...(tlsCert !== undefined && { cert: await pem('LOCAL_KAFKA_TLS_CERT', tlsCert) }),
    ...(tlsKey !== undefined && { key: await pem('LOCAL_KAFKA_TLS_KEY', tlsKey) }),
    ...(tlsServername !== undefined && { servername: tlsServername }),
    ...(!tlsVerify && { rejectUnauthorized: false }),
  };
}

function saslOf(settings: Settings): SaslSettings | undefined {
  const mechanism = settings.saslMechanism;
  if (!mechanism) return undefined;
  if (mechanism !== 'OAUTHBEARER') {
    return { mechanism, username: settings.saslUsername ?? '', password: settings.saslPassword ?? '' };
  }
  return {
    mechanism,
    tokenEndpoint: settings.oauthTokenEndpoint ?? '',
    clientId: settings.oauthClientId ?? '',
    clientSecret: settings.oauthClientSecret ?? '',
    ...(settings.oauthScope !== undefined && { scope: settings.oauthScope }),
  };
}

async function pem(name: string, file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (cause) {
    throw new KafkaManagerError('VALIDATION_ERROR', `${name} names "${file}", which can not be read.`, {
      remedy: 'Name a readable PEM file.',
      cause,
    });
  }
}
