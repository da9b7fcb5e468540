import { toManagerError } from '../../contract/errors';
import type { Acks, CompressionName, ProduceOutcome, ProduceRecord } from '../../core/kafkaTypes';
import { maxRecordBytes } from '../records/batchBuilder';
import type { ClosedBatch } from './outgoingBatch';

/** How a record is to be sent, with the defaults filled in. */
export interface SendOptions {
  readonly acks: Acks;
  readonly idempotent: boolean;
  readonly compression: CompressionName;
  readonly timeoutMs: number;
  readonly lingerMs: number;
  readonly batchBytes: number;
}

/** Who wants to know what became of records. */
export interface OutcomeSink {
  /** Called once per record; its `outcome` is set. */
  settled(record: PendingRecord): void;
}

/** A record from the call that brings it to its outcome, which comes once. */
export class PendingRecord {
  readonly record: ProduceRecord;
  readonly timestamp: number;
  readonly options: SendOptions;
  readonly sink: OutcomeSink;
  /** Upper bound of what it takes in a batch, in bytes. */
  readonly maxBytes: number;
  /** On the scale of performance.now(). */
  readonly deadline: number;
  /** undefined until it is known. */
  outcome: ProduceOutcome | undefined = undefined;
  /** The batch that carries it, from the moment when its bytes are fixed. */
  batch: ClosedBatch | undefined = undefined;
  /** Why it had to wait until now, for the error of a timeout. */
  obstacle: unknown = undefined;
  /** Its neighbours in PendingRecords. */
  previous: PendingRecord | undefined = undefined;
  next: PendingRecord | undefined = undefined;

  /** @param now on the scale of performance.now() */
  constructor(
    record: ProduceRecord,
    timestamp: number,
    options: SendOptions,
    sink: OutcomeSink,
    now: number,
  ) {
    this.record = record;
    this.timestamp = timestamp;
    this.options = options;
    this.sink = sink;
    this.maxBytes = maxRecordBytes(record);
    this.deadline = now + options.timeoutMs;
  }

  get topic(): string {
    return this.record.topic;
  }

  get isSettled(): boolean {
    return this.outcome !== undefined;
  }

  /** Whether it was sent and nobody knows yet whether it is in the log. */
  get mayBeWritten(): boolean {
    return this.batch?.mayBeWritten === true;
  }

  succeed(partition: number, offset: number, logAppendTime: number): void {
    const timestamp = logAppendTime >= 0 ? logAppendTime : this.timestamp;
    this.#settle({ ok: true, produced: { topic: this.topic, partition, offset, timestamp } });
  }

  /** @param mayBeWritten whether it may be in the log nevertheless */
  fail(error: Error, mayBeWritten: boolean): void {
    this.#settle({ ok: false, error: toManagerError(error), mayBeWritten });
  }

  #settle(outcome: ProduceOutcome): void {
    if (this.outcome !== undefined) return;
    this.outcome = outcome;
    this.sink.settled(this);
  }
}
