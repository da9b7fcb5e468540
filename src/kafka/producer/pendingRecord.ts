import { KafkaManagerError } from '../../contract/errors';
import type { Acks, CompressionName, ProducedRecord, ProduceRecord } from '../../core/kafkaTypes';
import { isTimeout } from '../cancellable';
import { brokerCodeOf } from '../errors';
import { maxRecordBytes, type RecordToWrite } from '../records/batchBuilder';
import type { ClosedBatch } from './closedBatch';

/** How a record is to be sent, with the defaults filled in. */
export interface SendOptions {
  readonly acks: Acks;
  readonly idempotent: boolean;
  readonly compression: CompressionName;
  readonly timeoutMs: number;
}

/** A record from the call of produce() to its outcome, which comes once. */
export class PendingRecord {
  readonly topic: string;
  /** The wanted partition; undefined where it is chosen for the caller. */
  readonly partition: number | undefined;
  readonly toWrite: RecordToWrite;
  readonly options: SendOptions;
  /** Upper bound of what it takes in a batch, in bytes. */
  readonly maxBytes: number;
  /** On the scale of performance.now(). */
  readonly deadline: number;
  readonly outcome: Promise<ProducedRecord>;
  /** The batch that carries it, from the moment when its bytes are fixed. */
  batch: ClosedBatch | undefined;
  /** Why it had to wait until now, for the error of a timeout. */
  obstacle: unknown;
  readonly #resolve: (produced: ProducedRecord) => void;
  readonly #reject: (error: Error) => void;
  readonly #onSettled: (record: PendingRecord) => void;
  #settled = false;

  constructor(
    record: ProduceRecord,
    timestamp: number,
    options: SendOptions,
    onSettled: (record: PendingRecord) => void,
  ) {
    const { topic, key, value, headers = [], partition } = record;
    this.topic = topic;
    this.partition = partition;
    this.toWrite = { key, value, headers, timestamp };
    this.maxBytes = maxRecordBytes(this.toWrite);
    this.options = options;
    this.deadline = performance.now() + options.timeoutMs;
    this.#onSettled = onSettled;
    let resolve!: (produced: ProducedRecord) => void;
    let reject!: (error: Error) => void;
    this.outcome = new Promise((ok, fail) => {
      resolve = ok;
      reject = fail;
    });
    this.#resolve = resolve;
    this.#reject = reject;
  }

  get isSettled(): boolean {
    return this.#settled;
  }

  succeed(partition: number, offset: number, logAppendTime: number): void {
    const timestamp = logAppendTime >= 0 ? logAppendTime : this.toWrite.timestamp;
    if (this.#settle()) this.#resolve({ topic: this.topic, partition, offset, timestamp });
  }

  fail(error: Error): void {
    if (this.#settle()) this.#reject(error);
  }

  /** The deadline has come. What is in flight can't be called back, so its outcome is unknown then. */
  expire(): void {
    const { timeoutMs } = this.options;
    if (this.batch?.mayBeWritten === true) {
      this.fail(outcomeUnknown(`No answer came within ${timeoutMs} ms`, this.topic, this.batch.refusal));
    } else if (this.batch?.refusal && brokerCodeOf(this.batch.refusal) !== undefined) {
      this.fail(this.batch.refusal);
    } else {
      const cause = this.batch?.refusal ?? this.obstacle;
      const why = cause instanceof Error ? `: ${cause.message}` : '.';
      const message = `The record for topic "${this.topic}" could not be sent within ${timeoutMs} ms${why}`;
      this.fail(new KafkaManagerError('TIMEOUT', message, { cause }));
    }
  }

  /** The caller has lost interest or patience, or the producer ends. What was not sent yet never will be. */
  cancel(cause: unknown): void {
    const mayBeWritten = this.batch?.mayBeWritten === true;
    if (isTimeout(cause)) {
      const message = `The record for topic "${this.topic}" could not be sent within the caller's time.`;
      this.fail(
        mayBeWritten
          ? outcomeUnknown("No answer came within the caller's time", this.topic, cause)
          : new KafkaManagerError('TIMEOUT', message, { cause }),
      );
      return;
    }
    const message = mayBeWritten
      ? `Cancelled after the record for topic "${this.topic}" was sent: it may have been written.`
      : `The record for topic "${this.topic}" was withdrawn before it was sent.`;
    this.fail(new KafkaManagerError('CANCELLED', message, { cause }));
  }

  #settle(): boolean {
    if (this.#settled) return false;
    this.#settled = true;
    this.#onSettled(this);
    return true;
  }
}

/** The error where bytes were sent and nobody knows what became of them. */
export function outcomeUnknown(what: string, topic: string, cause: unknown): KafkaManagerError {
  const message = `${what}: the record for topic "${topic}" may or may not have been written.`;
  return new KafkaManagerError('PRODUCE_OUTCOME_UNKNOWN', message, { details: { topic }, cause });
}
