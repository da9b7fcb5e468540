import type { Logger } from '../base/logger';
import { toManagerError } from '../contract/errors';
import type { BrokerRuntime, KafkaConnector, KafkaGateway, RunningBroker, StartProgress } from './ports';
import type { ClusterProfile } from './profile';
import { whenReady } from './readiness';

export interface BrokerStartOptions {
  readonly runtime: BrokerRuntime;
  readonly connector: KafkaConnector;
  readonly logger: Logger;
  /** Longest time until ready, ms. */
  readonly startDeadlineMs: number;
}

/** A broker that answers, with the connection to it. */
export interface ReadyBroker {
  readonly broker: RunningBroker;
  readonly gateway: KafkaGateway;
}

/**
 * Starts the profile's broker, or attaches to it, and waits until it answers. What a failed start made is undone.
 * @throws KafkaManagerError what the start failed with; CANCELLED when aborted
 */
export async function startBroker(
  options: BrokerStartOptions,
  profile: ClusterProfile,
  progress: (step: StartProgress) => void,
  signal: AbortSignal,
): Promise<ReadyBroker> {
  const { runtime, connector, logger, startDeadlineMs } = options;
  let broker: RunningBroker | undefined;
  try {
    broker = await runtime.start(profile, progress, signal);
    progress({ message: 'Waiting for the broker to answer' });
    const gateway = await whenReady(connector, broker, {
      deadlineMs: startDeadlineMs,
      // Nobody starts an external cluster while we wait.
      mayStillComeUp: profile.runtime !== 'external',
      signal,
    });
    if (!signal.aborted) return { broker, gateway };
    gateway.dispose();
    throw signal.reason;
  } catch (error) {
    await broker?.release().catch((e: unknown) => logger.error('releasing the broker failed', e));
    broker?.dispose();
    throw toManagerError(error);
  }
}

/**
 * Attaches to the profile's broker and waits until it answers; undefined where none runs. One that is just being launched
 * by somebody else is waited for.
 * @throws KafkaManagerError where it does not answer; the reason of `signal` when aborted
 */
export async function joinBroker(
  options: BrokerStartOptions,
  profile: ClusterProfile,
  signal: AbortSignal,
): Promise<ReadyBroker | undefined> {
  const { runtime, connector, startDeadlineMs } = options;
  const broker = await runtime.attach(profile, signal);
  if (!broker) return undefined;
  try {
    const gateway = await whenReady(connector, broker, {
      deadlineMs: startDeadlineMs,
      mayStillComeUp: true,
      signal,
    });
    if (!signal.aborted) return { broker, gateway };
    gateway.dispose();
    throw signal.reason;
  } catch (error) {
    // Others may hold it, so it goes on.
    broker.dispose();
    throw error;
  }
}
