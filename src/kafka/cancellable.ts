import { abortable, reasonOf } from '../base/async';
import { KafkaManagerError } from '../contract/errors';

/**
 * The error of something that a signal ended: its reason where that is one of our errors, TIMEOUT where it is that of
 * AbortSignal.timeout(), else CANCELLED.
 */
export function cancelled(signal: AbortSignal): KafkaManagerError {
  const reason = reasonOf(signal);
  if (reason instanceof KafkaManagerError) return reason;
  return new KafkaManagerError(isTimeout(reason) ? 'TIMEOUT' : 'CANCELLED', undefined, { cause: reason });
}

/** Whether the reason of an aborted signal says that the time was up. */
export function isTimeout(reason: unknown): boolean {
  if (reason instanceof KafkaManagerError) return reason.code === 'TIMEOUT';
  return reason instanceof Error && reason.name === 'TimeoutError';
}

/** Waits for `work` until the signal is aborted; its late result is dropped. @throws what cancelled() makes */
export async function cancellable<T>(work: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (!signal) return work;
  try {
    return await abortable(work, signal);
  } catch (error) {
    throw signal.aborted && !(error instanceof KafkaManagerError) ? cancelled(signal) : error;
  }
}
