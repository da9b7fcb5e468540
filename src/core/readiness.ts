import { delay } from '../base/async';
import { KafkaManagerError, toManagerError } from '../contract/errors';
import { exitSentence } from './clusterStatus';
import type { BrokerExit, KafkaConnector, KafkaGateway, RunningBroker } from './ports';

export interface ReadinessOptions {
  /** How long to wait in all, ms. */
  readonly deadlineMs: number;
  /** Whether a broker that can't be reached yet may come up while we wait; else the first failure counts. */
  readonly mayStillComeUp: boolean;
  readonly signal?: AbortSignal | undefined;
}

/** Pause between two attempts in ms: short at first, since an embedded broker is ready in a moment. */
const firstPauseMs = 5;
const longestPauseMs = 250;

/**
 * Waits until a client got a Metadata answer with a broker in it through the advertised listener; a log line or an open
 * port would not prove that. Gives up at once when the broker ends.
 * @throws CLUSTER_START_FAILED with the last log lines, or what the connector says of an external cluster
 */
export async function whenReady(
  connector: KafkaConnector,
  broker: RunningBroker,
  options: ReadinessOptions,
): Promise<KafkaGateway> {
  const gone = new AbortController();
  const exit: { value?: BrokerExit } = {};
  const subscription = broker.onDidExit((value) => {
    exit.value = value;
    gone.abort();
  });
  const deadline = AbortSignal.timeout(options.deadlineMs);
  const signal = AbortSignal.any([gone.signal, deadline, ...(options.signal ? [options.signal] : [])]);
  let last: KafkaManagerError | undefined;
  try {
    for (let pause = firstPauseMs; ; pause = Math.min(pause * 2, longestPauseMs)) {
      try {
        const gateway = await connector.connect(broker.connection, signal);
        try {
          const { brokers } = await gateway.describeCluster(signal);
          if (brokers.length > 0) return gateway;
        } catch (error) {
          gateway.dispose();
          throw error;
        }
        gateway.dispose();
      } catch (error) {
        if (!signal.aborted) last = toManagerError(error);
        // Bad credentials don't mend themselves.
        if (!options.mayStillComeUp || !isWorthWaiting(last)) throw last ?? error;
      }
      await delay(pause, signal);
    }
  } catch (error) {
    if (options.signal?.aborted) throw toManagerError(options.signal.reason);
    if (exit.value) throw startFailed(exitSentence(exit.value), exit.value.lastLog, error);
    if (deadline.aborted) {
      const seconds = Math.round(options.deadlineMs / 1000);
      throw startFailed(
        `The broker did not become ready within ${seconds} s${last ? `: ${last.message}` : '.'}`,
        [],
        last,
      );
    }
    throw error;
  } finally {
    subscription.dispose();
  }
}

function isWorthWaiting(error: KafkaManagerError | undefined): boolean {
  return (
    error?.code === 'KAFKA_CONNECTION_ERROR' || error?.code === 'TIMEOUT' || error?.code === 'KAFKA_ERROR'
  );
}

function startFailed(message: string, lastLog: readonly string[], cause: unknown): KafkaManagerError {
  return new KafkaManagerError('CLUSTER_START_FAILED', message, { details: { last_log: lastLog }, cause });
}
