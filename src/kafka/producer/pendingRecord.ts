import { toManagerError } from '../../contract/errors';
import type { ProduceOutcome, ProduceRecord } from '../../core/kafkaTypes';
import { maxRecordBytes } from '../records/batchBuilder';
import { Pending, type SendOptions } from './pending';

/** Who wants to know what became of records. */
export interface OutcomeSink {
  /** Called once per record; its `outcome` is set. */
  settled(record: PendingRecord): void;
}

/** A record from the call that brings it to its outcome, which comes once. */
export class PendingRecord extends Pending {
  readonly record: ProduceRecord;
  readonly timestamp: number;
  readonly sink: OutcomeSink;
  /** Upper bound of what it takes in a batch, in bytes. */
  readonly maxBytes: number;
  /** undefined until it is known. */
  outcome: ProduceOutcome | undefined = undefined;

  /** @param now on the scale of performance.now() */
  constructor(
    record: ProduceRecord,
    timestamp: number,
    options: SendOptions,
    sink: OutcomeSink,
    now: number,
  ) {
    super(record.topic, options, now);
    this.record = record;
    this.timestamp = timestamp;
    this.sink = sink;
    this.maxBytes = maxRecordBytes(record);
  }

  get count(): number {
    return 1;
  }

  get isSettled(): boolean {
    return this.outcome !== undefined;
  }

  succeed(partition: number, offset: number, logAppendTime: number): void {
    const timestamp = logAppendTime >= 0 ? logAppendTime : this.timestamp;
    this.#settle({ ok: true, produced: { topic: this.topic, partition, offset, timestamp } });
  }

  fail(error: Error, mayBeWritten: boolean): void {
    this.#settle({ ok: false, error: toManagerError(error), mayBeWritten });
  }

  apart(): readonly PendingRecord[] {
    return [this];
  }

  #settle(outcome: ProduceOutcome): void {
    if (this.outcome !== undefined) return;
    this.outcome = outcome;
    this.sink.settled(this);
  }
}
