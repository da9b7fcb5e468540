import { KafkaManagerError } from '../contract/errors';
import type { ConnectionSettings } from '../core/connection';
import { formatAddress, parseAddress } from './address';
import type { Address } from './address';
import { cancelled } from './cancellable';
import { connectionFailure } from './connectionErrors';
import { diagnose } from './diagnose';
import type { FailedAttempt } from './diagnose';
import { KafkaNode } from './kafkaNode';
import type { NodeOptions } from './kafkaNode';
import { OauthToken } from './oauthToken';
import { metadata } from './protocol/messages/metadata';
import type { MetadataResponse } from './protocol/messages/metadata';
import { checkTls } from './tlsOptions';

/** All attempts together, and the look at the port after them, in ms: an answer, good or bad, comes within 5 s. */
const attemptsMs = 4_000;
const diagnosisMs = 900;
/** Longest wait for a connection that is made later, in ms. */
const reconnectMs = 3_000;
/** What connecting may take of the time of an attempt: the rest is for Metadata and the advertised address. */
const connectShare = 0.75;

export interface OpenedCluster {
  /** The node behind the bootstrap address; connected. */
  readonly bootstrap: KafkaNode;
  /** A broker at its advertised address, connected; the bootstrap node where that is the same address. */
  readonly reached: { readonly id: number; readonly node: KafkaNode };
  readonly answer: MetadataResponse;
  /** For nodes that are made later. */
  readonly options: NodeOptions;
}

/**
 * Finds a cluster through its bootstrap addresses, tried in their order. Whatever fails is closed again.
 * @throws KAFKA_CONNECTION_ERROR, KAFKA_TLS_ERROR, KAFKA_AUTHENTICATION_ERROR; VALIDATION_ERROR for bad settings
 */
export async function openCluster(
  settings: ConnectionSettings,
  signal: AbortSignal | undefined,
): Promise<OpenedCluster> {
  const addresses = settings.bootstrap.map(parseAddress);
  if (addresses.length === 0)
    throw new KafkaManagerError('VALIDATION_ERROR', 'No bootstrap server is given.');
  checkTls(settings.tls);
  const { sasl } = settings;
  const oauth = sasl?.mechanism === 'OAUTHBEARER' ? new OauthToken(sasl) : undefined;
  const options: NodeOptions = {
    settings,
    token: oauth && (() => oauth.get()),
    connectTimeoutMs: reconnectMs,
  };
  const left = timeLeft(performance.now() + attemptsMs);
  let failed: FailedAttempt | undefined;
  for (const [i, address] of addresses.entries()) {
    if (signal?.aborted) throw cancelled(signal);
    const attempt = await tryAddress(address, options, left() / (addresses.length - i), signal);
    if (!('error' in attempt)) return { ...attempt, options };
    failed ??= attempt;
    // Wrong credentials are wrong everywhere, and a second try could lock the user out.
    if (attempt.error.code !== 'KAFKA_CONNECTION_ERROR') break;
  }
  throw await diagnose(failed!, diagnosisMs);
}

/** How many ms there are until then, at least one. */
function timeLeft(end: number): () => number {
  return () => Math.max(1, end - performance.now());
}

async function tryAddress(
  address: Address,
  options: NodeOptions,
  withinMs: number,
  signal: AbortSignal | undefined,
): Promise<Omit<OpenedCluster, 'options'> | FailedAttempt> {
  const { settings } = options;
  const node = new KafkaNode(address, options);
  const cancel = (): void => node.dispose();
  signal?.addEventListener('abort', cancel, { once: true });
  let spokeKafka = false;
  const left = timeLeft(performance.now() + withinMs);
  try {
    await node.connect(withinMs * connectShare);
    spokeKafka = true;
    const request = { topics: [], allowAutoTopicCreation: false };
    const answer = await node.call(metadata, request, { timeoutMs: left() });
    return { bootstrap: node, answer, reached: await reachAdvertised(node, answer, options, left) };
  } catch (error) {
    node.dispose();
    if (signal?.aborted) throw cancelled(signal);
    if (!(error instanceof KafkaManagerError)) throw error;
    // An answer that came too late says as little as none.
    const late =
      error.code === 'TIMEOUT'
        ? connectionFailure('silent', address, error.message, { cause: error })
        : error;
    return { error: late, address, settings, spokeKafka };
  } finally {
    signal?.removeEventListener('abort', cancel);
  }
}

/** A broker that is connected by the address that it tells its clients; that address is the one that counts later. */
async function reachAdvertised(
  bootstrap: KafkaNode,
  { brokers }: MetadataResponse,
  options: NodeOptions,
  left: () => number,
): Promise<OpenedCluster['reached']> {
  const at = formatAddress(bootstrap.address);
  if (brokers.length === 0) {
    throw connectionFailure(
      'no-brokers',
      bootstrap.address,
      `Kafka answers on ${at}, but knows no broker yet.`,
      {
        remedy: 'Wait until the broker has joined its cluster; its log says what it waits for.',
      },
    );
  }
  const same = brokers.find((broker) => formatAddress(broker) === at);
  if (same) return { id: same.nodeId, node: bootstrap };
  const tried = brokers.slice(0, 3);
  let last: unknown;
  for (const [i, broker] of tried.entries()) {
    const node = new KafkaNode({ host: broker.host, port: broker.port }, options);
    try {
      await node.connect(left() / (tried.length - i));
      return { id: broker.nodeId, node };
    } catch (error) {
      node.dispose();
      last = error;
    }
  }
  const advertised = tried.map(formatAddress).join(', ');
  const why = last instanceof Error ? ` ${last.message}` : '';
  throw connectionFailure(
    'advertised',
    bootstrap.address,
    `Kafka answers on ${at}, but tells its clients to connect to ${advertised}, which fails.${why}`,
    {
      remedy: "Set the broker's advertised.listeners to an address that this machine can reach.",
      cause: last,
    },
  );
}
