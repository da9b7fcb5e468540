import { KafkaManagerError } from '../../contract/errors';
import { isTimeout } from '../cancellable';
import { brokerCodeOf } from '../errors';
import type { Pending } from './pending';

/** The error where bytes were sent and nobody knows what became of them. */
export function outcomeUnknown(what: string, topic: string, cause: unknown): KafkaManagerError {
  const message = `${what}: the record for topic "${topic}" may or may not have been written.`;
  const details = { topic, mayBeWritten: true };
  return new KafkaManagerError('PRODUCE_OUTCOME_UNKNOWN', message, { details, cause });
}

/** @param bytes size of the batch with the record alone */
export function tooLarge(topic: string, bytes: number, cause?: unknown): KafkaManagerError {
  return new KafkaManagerError(
    'MESSAGE_TOO_LARGE',
    `The record takes ${bytes} bytes, more than topic "${topic}" accepts.`,
    { details: { topic, bytes }, cause },
  );
}

/** What is produced to after its end: nothing of it was sent. */
export function producerClosed(): KafkaManagerError {
  return new KafkaManagerError('KAFKA_CONNECTION_ERROR', 'The connection was closed.');
}

/**
 * Ends records that have no outcome yet, all for the same reason. Thousands may end together, and an error takes its
 * time to make: those that would read the same share one.
 */
export class Endings {
  #key: readonly unknown[] = [];
  #error: Error | undefined;

  /** The deadline has come. What is in flight can't be called back, so its outcome is unknown then. */
  expire(record: Pending): void {
    const { topic, batch, mayBeWritten } = record;
    const { timeoutMs } = record.options;
    const cause = batch?.refusal ?? (mayBeWritten ? undefined : record.obstacle);
    const error = this.#shared([topic, timeoutMs, mayBeWritten, cause], () => {
      if (mayBeWritten) return outcomeUnknown(`No final answer came within ${timeoutMs} ms`, topic, cause);
      if (batch?.refusal && brokerCodeOf(batch.refusal) !== undefined) return batch.refusal;
      const why = cause instanceof Error ? `: ${cause.message}` : '.';
      const message = `The record for topic "${topic}" could not be sent within ${timeoutMs} ms${why}`;
      return new KafkaManagerError('TIMEOUT', message, { cause });
    });
    record.fail(error, mayBeWritten);
  }

  /** The caller has lost interest or patience, or the producer ends. What was not sent yet never will be. */
  cancel(record: Pending, cause: unknown): void {
    const { topic, mayBeWritten } = record;
    const error = this.#shared([topic, mayBeWritten, cause], () => cancellation(topic, mayBeWritten, cause));
    record.fail(error, mayBeWritten);
  }

  #shared(key: readonly unknown[], make: () => Error): Error {
    if (this.#error && key.length === this.#key.length && key.every((part, i) => part === this.#key[i])) {
      return this.#error;
    }
    this.#key = key;
    return (this.#error = make());
  }
}

function cancellation(topic: string, mayBeWritten: boolean, cause: unknown): KafkaManagerError {
  if (isTimeout(cause)) {
    if (mayBeWritten) return outcomeUnknown("No final answer came within the caller's time", topic, cause);
    const message = `The record for topic "${topic}" could not be sent within the caller's time.`;
    return new KafkaManagerError('TIMEOUT', message, { cause });
  }
  const message = mayBeWritten
    ? `Cancelled after the record for topic "${topic}" was sent: it may have been written.`
    : `The record for topic "${topic}" was withdrawn before it was sent.`;
  const details = mayBeWritten ? { topic, mayBeWritten } : { topic };
  return new KafkaManagerError('CANCELLED', message, { details, cause });
}
