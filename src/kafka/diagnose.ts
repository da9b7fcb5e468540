import type { KafkaManagerError } from '../contract/errors';
import type { ConnectionSettings } from '../core/connection';
import { formatAddress } from './address';
import type { Address } from './address';
import { connectionFailure, failureOf } from './connectionErrors';
import type { ConnectionFailure } from './connectionErrors';
import { KafkaNode } from './kafkaNode';
import { probePort } from './portProbe';
import type { PortFindings } from './portProbe';
import { saslHandshake } from './protocol/messages/saslHandshake';

/** What is known about an attempt to connect that failed. */
export interface FailedAttempt {
  readonly error: KafkaManagerError;
  readonly address: Address;
  readonly settings: ConnectionSettings;
  /** Kafka answered before it failed: only what came after the handshakes was refused. */
  readonly spokeKafka: boolean;
}

/**
 * A more exact error where the attempt's own says little ("connection closed"): a raw look at the port tells whether
 * TLS, a login or something that isn't Kafka is behind it. Gives the attempt's error where nothing better is found.
 * @param budgetMs how long the look may take
 */
export async function diagnose(attempt: FailedAttempt, budgetMs: number): Promise<KafkaManagerError> {
  const { error, address, settings } = attempt;
  const failure = failureOf(error);
  if (failure !== 'closed' && failure !== 'silent' && failure !== 'handshake') return error;
  const at = formatAddress(address);
  if (attempt.spokeKafka) {
    if (settings.sasl !== undefined || failure !== 'closed') return error;
    const mechanisms = await askMechanisms(attempt, budgetMs);
    return connectionFailure(
      'sasl',
      address,
      `The listener on ${at} wants a login (SASL), and none is configured.`,
      {
        remedy:
          mechanisms.length > 0
            ? `Set a user name and password or a token for one of its mechanisms: ${mechanisms.join(', ')}.`
            : 'Set the SASL mechanism with a user name and password, or a token endpoint.',
        cause: error,
      },
    );
  }
  return explain(await probePort(address, budgetMs), attempt) ?? error;
}

function explain(
  found: PortFindings,
  { error, address, settings }: FailedAttempt,
): KafkaManagerError | undefined {
  const at = formatAddress(address);
  const because = (failure: ConnectionFailure, message: string, remedy: string): KafkaManagerError =>
    connectionFailure(failure, address, message, { remedy, cause: error });
  if (found.http) {
    return because(
      'not-kafka',
      `An HTTP server answers on ${at}, not Kafka.`,
      'Give the port of a Kafka listener (often 9092), not that of a REST proxy or a web page.',
    );
  }
  if (found.other) {
    return because(
      'not-kafka',
      `Something that is not Kafka answers on ${at}.`,
      'Check the host and the port.',
    );
  }
  if (settings.tls === undefined) {
    if (found.tls) {
      return because(
        'handshake',
        `${at} wants TLS, and we connected without.`,
        'Turn TLS on for this cluster.',
      );
    }
    if (!found.plainKafka) {
      return because(
        'silent',
        `Something listens on ${at}, but it does not answer as Kafka does.`,
        'Check that the port belongs to a Kafka broker that is up; a forwarded port may lead nowhere.',
      );
    }
    return undefined;
  }
  if (found.plainKafka) {
    return because(
      'handshake',
      `${at} speaks Kafka without TLS.`,
      'Turn TLS off, or give the port of a TLS listener.',
    );
  }
  if (!found.tls) return undefined;
  return settings.tls === true || settings.tls.cert === undefined
    ? because(
        'client-certificate',
        `${at} ended the connection right after the TLS handshake; it seems to want a client certificate.`,
        'Name a client certificate and its key (PEM) in the TLS settings.',
      )
    : undefined;
}

async function askMechanisms(
  { address, settings }: FailedAttempt,
  budgetMs: number,
): Promise<readonly string[]> {
  const node = new KafkaNode(address, { settings, token: undefined, connectTimeoutMs: budgetMs });
  try {
    const answer = await node.call(saslHandshake, { mechanism: 'PLAIN' }, { timeoutMs: budgetMs });
    return answer.mechanisms;
  } catch {
    return []; // only a hint
  } finally {
    node.dispose();
  }
}
