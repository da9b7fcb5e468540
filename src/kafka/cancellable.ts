import { abortable, reasonOf } from '../base/async';
import { KafkaManagerError } from '../contract/errors';

/** The error of something that a signal ended: its reason where that is one of our errors, else CANCELLED. */
export function cancelled(signal: AbortSignal): KafkaManagerError {
  const reason = reasonOf(signal);
  return reason instanceof KafkaManagerError
    ? reason
    : new KafkaManagerError('CANCELLED', undefined, { cause: reason });
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
