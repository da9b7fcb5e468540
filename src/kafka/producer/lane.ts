import type { Acks } from '../../core/kafkaTypes';
import { ClosedBatch } from './closedBatch';
import type { PendingRecord } from './pendingRecord';
import type { ProducerId } from './producerIdentity';

/** Bytes after which a batch takes no further record; a larger one travels alone. */
const BATCH_BYTES = 256 * 1024;
/** Sequence numbers are 31 bits and start again at 0. */
const SEQUENCES = 0x8000_0000;

/**
 * The records of one partition on their way, in order. One batch is in flight at a time, so that a refused one can't
 * be overtaken; what comes meanwhile fills the next.
 */
export class Lane {
  readonly topic: string;
  readonly partition: number;
  readonly acks: Acks;
  readonly idempotent: boolean;
  readonly isTransactional: boolean;
  /** The batch whose bytes are fixed and that has no final answer yet. */
  current: ClosedBatch | undefined;
  /** How often the current batch had to wait, and until when, on the scale of performance.now(). */
  attempts = 0;
  notBefore = 0;
  /** How often the records at the head had to get another producer id. */
  renewals = 0;
  readonly #queue: PendingRecord[][] = [];
  #openBytes = 0;
  #producer: ProducerId | undefined;
  #sequence = 0;

  constructor(topic: string, partition: number, acks: Acks, idempotent: boolean, isTransactional = false) {
    this.topic = topic;
    this.partition = partition;
    this.acks = acks;
    this.idempotent = idempotent;
    this.isTransactional = isTransactional;
  }

  get isEmpty(): boolean {
    return this.current === undefined && this.#queue.length === 0;
  }

  add(record: PendingRecord): void {
    const open = this.#queue.at(-1);
    const joins =
      open !== undefined &&
      open[0]!.options.compression === record.options.compression &&
      this.#openBytes + record.maxBytes <= BATCH_BYTES;
    if (joins) {
      open.push(record);
      this.#openBytes += record.maxBytes;
    } else {
      this.#queue.push([record]);
      this.#openBytes = record.maxBytes;
    }
  }

  /**
   * The batch to send next: the current one again, or the first of the queue, whose bytes are fixed now. Records that
   * were withdrawn meanwhile are left out, unless the broker may have them already. undefined where nothing is left.
   * @param producer needed for an idempotent lane that has no current batch
   */
  next(producer: ProducerId | undefined): ClosedBatch | undefined {
    this.#leaveOutWithdrawn();
    while (this.current === undefined) {
      const records = this.#queue.shift();
      if (records === undefined) return undefined;
      const wanted = records.filter((record) => !record.isSettled);
      if (wanted.length > 0) this.#close(wanted, producer);
    }
    return this.current;
  }

  /** A batch that was refused used up no sequence numbers: without some of its records it keeps the first of them. */
  #leaveOutWithdrawn(): void {
    const batch = this.current;
    if (!batch || batch.mayBeWritten) return;
    const wanted = batch.records.filter((record) => !record.isSettled);
    if (wanted.length === batch.records.length) return;
    this.current = new ClosedBatch(wanted, batch.identity);
    this.current.refusal = batch.refusal;
  }

  #close(records: readonly PendingRecord[], producer: ProducerId | undefined): void {
    try {
      if (producer === undefined) {
        this.current = new ClosedBatch(records);
        return;
      }
      const { producerId, producerEpoch } = producer;
      if (this.#producer?.producerId !== producerId || this.#producer.producerEpoch !== producerEpoch) {
        this.#producer = producer;
        this.#sequence = 0;
      }
      this.current = new ClosedBatch(records, {
        producerId,
        producerEpoch,
        baseSequence: this.#sequence,
        isTransactional: this.isTransactional,
      });
    } catch (error) {
      for (const record of records) record.fail(error as Error);
    }
  }

  /** The current batch is written. */
  succeed(baseOffset: number, logAppendTime: number): void {
    const batch = this.#end();
    this.#sequence = (this.#sequence + batch.records.length) % SEQUENCES;
    batch.records.forEach((record, i) =>
      record.succeed(this.partition, baseOffset < 0 ? -1 : baseOffset + i, logAppendTime),
    );
  }

  /** The current batch ends with an error; its sequence numbers were not used, or their producer id will not be. */
  fail(errorOf: (record: PendingRecord) => Error): void {
    for (const record of this.#end().records) record.fail(errorOf(record));
  }

  /** The current batch was surely not written: its records go again, in `parts` batches with new bytes. */
  reopen(parts: 1 | 2): void {
    const records = this.#end().records.filter((record) => !record.isSettled);
    for (const record of records) record.batch = undefined;
    const half = Math.ceil(records.length / parts);
    const again = [records.slice(0, half), records.slice(half)].filter((part) => part.length > 0);
    // An empty queue has no open batch: what was split must not grow again.
    if (this.#queue.length === 0) this.#openBytes = Infinity;
    this.#queue.unshift(...again);
  }

  /** As reopen(1), for a broker that does not know the producer id any more. */
  renew(): void {
    const renewals = this.renewals + 1;
    this.reopen(1);
    this.renewals = renewals;
  }

  /** Ends everything on the lane with an error. */
  failAll(errorOf: (record: PendingRecord) => Error): void {
    if (this.current) this.fail(errorOf);
    for (const records of this.#queue.splice(0)) for (const record of records) record.fail(errorOf(record));
  }

  /** Notes why everything here waits, for the error of a timeout. */
  obstruct(reason: unknown): void {
    for (const records of this.#queue) for (const record of records) record.obstacle = reason;
  }

  #end(): ClosedBatch {
    const batch = this.current!;
    this.current = undefined;
    this.attempts = 0;
    this.notBefore = 0;
    this.renewals = 0;
    return batch;
  }
}
