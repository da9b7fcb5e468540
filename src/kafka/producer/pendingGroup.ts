import { toManagerError } from '../../contract/errors';
import type { ProduceOutcome, ProduceRecord } from '../../core/kafkaTypes';
import { BatchBuilder } from '../records/batchBuilder';
import { readRows } from '../records/batchRows';
import type { BufferPool } from './bufferPool';
import { Pending, type SendOptions, type Slot } from './pending';
import { PendingRecord, type OutcomeSink } from './pendingRecord';

/** Who wants to know what became of a group of records. */
export interface GroupSink extends OutcomeSink {
  /** Where the bytes of its batches come from. */
  readonly buffers: BufferPool;
  /** The whole group has its outcome. */
  groupSettled(group: PendingGroup): void;
  /** Its records go each its own way from now on. */
  groupParted(group: PendingGroup, records: readonly PendingRecord[]): void;
}

/** For so long after its first record a group takes more, since all share the deadline of that one; in ms. */
const MOST_SPREAD_MS = 250;
const SPREAD_PART = 1 / 16;

/** What became of a group that was written. */
interface Written {
  readonly partition: number;
  readonly offset: number;
  readonly logAppendTime: number;
}

/**
 * Records of one bulk write that share a batch, which has them as bytes from the start: no object stands for each of them,
 * and its outcome is made when it is handed out. In the rare cases in which their ways part they are read back.
 */
export class PendingGroup extends Pending implements Slot {
  readonly builder: BatchBuilder;
  readonly sink: GroupSink;
  /** When it takes no more, on the scale of performance.now(). */
  readonly #openUntil: number;
  readonly #timestamps: number[] = [];
  /** What the last record counts for. */
  lastBytes = 0;
  #written: Written | undefined;
  #failed: ProduceOutcome | undefined;
  #parts: readonly PendingRecord[] | undefined;
  #bytes = 0;
  #taken = 0;

  /**
   * @param now on the scale of performance.now()
   * @param capacity bytes that it will probably take
   */
  constructor(topic: string, options: SendOptions, sink: GroupSink, now: number, capacity: number) {
    super(topic, options, now);
    this.sink = sink;
    this.#openUntil = now + Math.min(MOST_SPREAD_MS, options.timeoutMs * SPREAD_PART);
    this.builder = new BatchBuilder(options.batchBytes, sink.buffers.take(capacity));
  }

  get count(): number {
    return this.#timestamps.length;
  }

  get isSettled(): boolean {
    if (this.#parts !== undefined) return this.#parts.every((record) => record.isSettled);
    return this.#written !== undefined || this.#failed !== undefined;
  }

  /** Whether a record that takes so many bytes at most may still join. */
  takes(maxBytes: number, options: SendOptions, sink: GroupSink, now: number): boolean {
    return (
      sink === this.sink &&
      options === this.options &&
      now <= this.#openUntil &&
      this.builder.sizeInBytes + maxBytes <= options.batchBytes &&
      this.#failed === undefined
    );
  }

  /** @param bytes what the record counts for until its outcome is handed out */
  add(record: ProduceRecord, timestamp: number, bytes: number): void {
    this.#bytes += bytes;
    this.lastBytes = bytes;
    this.builder.addAt(record, timestamp);
    this.#timestamps.push(timestamp);
  }

  succeed(partition: number, offset: number, logAppendTime: number): void {
    if (this.isSettled) return;
    this.#written = { partition, offset, logAppendTime };
    // Sent once and answered: no socket has its bytes any more.
    if (offset >= 0 && this.batch && !this.batch.uncertain && !this.batch.refusal) {
      this.sink.buffers.give(this.builder.release());
    }
    this.sink.groupSettled(this);
  }

  fail(error: Error, mayBeWritten: boolean): void {
    if (this.#parts !== undefined) {
      for (const record of this.#parts) record.fail(error, mayBeWritten);
    } else if (!this.isSettled) {
      this.#failed = { ok: false, error: toManagerError(error), mayBeWritten };
      this.sink.groupSettled(this);
    }
  }

  apart(): readonly PendingRecord[] {
    if (this.#parts !== undefined) return this.#parts;
    if (this.isSettled) return [];
    const now = this.deadline - this.options.timeoutMs;
    const count = this.#timestamps.length;
    const rows = readRows(this.builder.records, {
      ...{ partition: -1, baseOffset: 0, baseTimestamp: 0, appendTime: undefined },
      ...{ count, nextOffset: count },
    });
    this.#parts = this.#timestamps.map((timestamp, row) => {
      const content = { key: rows.key(row), value: rows.value(row), headers: rows.headers(row) };
      const record = { topic: this.topic, ...content };
      const pending = new PendingRecord(record, timestamp, this.options, this.sink, now);
      pending.batch = this.batch;
      pending.obstacle = this.obstacle;
      return pending;
    });
    this.sink.groupParted(this, this.#parts);
    return this.#parts;
  }

  get ways(): readonly Pending[] {
    return this.#parts ?? [this];
  }

  take(): ProduceOutcome | undefined {
    if (this.#parts !== undefined) {
      const { outcome } = this.#parts[this.#taken]!;
      if (outcome !== undefined) this.#taken++;
      return outcome;
    }
    if (this.#written === undefined) {
      if (this.#failed !== undefined) this.#taken++;
      return this.#failed;
    }
    const at = this.#taken++;
    const { partition, offset, logAppendTime } = this.#written;
    const timestamp = logAppendTime >= 0 ? logAppendTime : this.#timestamps[at]!;
    const produced = { topic: this.topic, partition, offset: offset < 0 ? -1 : offset + at, timestamp };
    return { ok: true, produced };
  }

  freed(): number {
    return this.#taken === this.#timestamps.length ? this.#bytes : 0;
  }
}
