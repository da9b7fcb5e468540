import type { ErrorCode } from '../contract/errorTable';
import type { KafkaManagerError } from '../contract/errors';
import type { BrokerExit } from './ports';
import type { ClusterProfile } from './profile';

/**
 * States of a cluster. `degraded`: its broker runs, or is somebody else's, but did not answer the last call. `failed`:
 * the start failed or the broker ended by itself.
 */
export type ClusterState = 'stopped' | 'starting' | 'running' | 'degraded' | 'stopping' | 'failed';

/** What is known of one cluster without asking it. */
export interface ClusterStatus {
  readonly id: string;
  readonly name: string;
  readonly runtime: ClusterProfile['runtime'];
  readonly state: ClusterState;
  /** Where it is starting: another window or terminal launches it, and this one waits for it. */
  readonly isJoined?: boolean;
  /** Why it is in this state, for `starting`, `degraded` and `failed`. */
  readonly reason?: string;
  /** What the user can do about it. */
  readonly remedy?: string;
  /** Code of the error behind the reason. */
  readonly code?: ErrorCode;
  /** What has to be installed first, where the start failed for want of it. */
  readonly missing?: 'java';
  readonly bootstrap?: readonly string[];
  readonly version?: string;
  readonly pid?: number;
  /** ms since 1970. */
  readonly startedAt?: number;
  /** Last lines of the broker's log where it failed, newest last. */
  readonly lastLog?: readonly string[];
}

/** The sentence for a broker that ended without being asked to. */
export function exitSentence(exit: BrokerExit): string {
  const how =
    exit.signal !== null
      ? `by signal ${exit.signal}`
      : exit.code !== null
        ? `with exit code ${exit.code}`
        : 'unexpectedly';
  return `The broker ended ${how}.`;
}

/** What is told about a state. */
export type Why = Pick<ClusterStatus, 'reason' | 'remedy' | 'code' | 'missing' | 'lastLog' | 'isJoined'>;

/** An error as the reason of a state. */
export function whyOf({ message, remedy, code, details }: KafkaManagerError): Why {
  return { reason: message, remedy, code, ...(details?.['missing'] === 'java' && { missing: 'java' }) };
}

/** The last lines of a broker's log, where the error of its start carries them. */
export function lastLogOf(error: KafkaManagerError): Pick<ClusterStatus, 'lastLog'> {
  const lines = error.details?.['last_log'];
  return Array.isArray(lines) && lines.length > 0 ? { lastLog: lines.map(String) } : {};
}
