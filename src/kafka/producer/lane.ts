import type { Acks } from '../../core/kafkaTypes';
import { NO_IDENTITY } from '../records/batchBuilder';
import { HEADER_BYTES } from '../records/batchHeader';
import { OpenBatch, type ClosedBatch } from './outgoingBatch';
import type { SendOptions } from './pending';
import { PendingGroup, type GroupSink } from './pendingGroup';
import type { PendingRecord } from './pendingRecord';
import type { ProducerId } from './producerIdentity';

/** Sequence numbers are 31 bits and start again at 0. */
const SEQUENCES = 0x8000_0000;

/** Room for a group; one that gets fuller grows. */
const FIRST_GROUP_BYTES = 4096;

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
  readonly #queue: OpenBatch[] = [];
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

  /** When there is something to send, on the scale of performance.now(): a batch that is full does not linger. */
  get readyAt(): number {
    if (this.current !== undefined || this.#queue.length !== 1) return this.notBefore;
    return Math.max(this.notBefore, this.#queue[0]!.readyAt);
  }

  /** Whether the batch that comes after the current one takes no more records, and could be encoded now. */
  get canPrepare(): boolean {
    return this.#queue.length > 1 && !this.#queue[0]!.isPrepared;
  }

  /** @param readyAt how long it may wait for others to share its batch, on the scale of performance.now() */
  add(record: PendingRecord, readyAt: number): void {
    let open = this.#queue[this.#queue.length - 1];
    if (open === undefined || !open.takes(record)) {
      open = new OpenBatch(record.options.compression);
      this.#queue.push(open);
    }
    open.add(record, readyAt);
  }

  /** The group that takes a record of so many bytes at most, if there is one and nothing came behind it. */
  groupFor(maxBytes: number, options: SendOptions, sink: GroupSink, now: number): PendingGroup | undefined {
    return this.#queue[this.#queue.length - 1]?.groupFor(maxBytes, options, sink, now);
  }

  /** A new group behind all that is here, to which the caller adds a record at once. */
  addGroup(maxBytes: number, options: SendOptions, sink: GroupSink, now: number): PendingGroup {
    const capacity = Math.max(HEADER_BYTES + maxBytes, FIRST_GROUP_BYTES);
    const group = new PendingGroup(this.topic, options, sink, now, capacity);
    this.#queue.push(OpenBatch.grouped(group, options.lingerMs > 0 ? now + options.lingerMs : 0));
    return group;
  }

  /** What is here lingers no longer. */
  hurry(): void {
    for (const batch of this.#queue) batch.readyAt = 0;
  }

  /** Encodes the first batch of the queue. Gives a promise where that takes long; it does not reject. */
  prepare(): Promise<void> | undefined {
    const batch = this.#queue[0];
    return batch?.prepare()?.catch((error: unknown) => {
      for (const member of batch.members) member.fail(error as Error, false);
    });
  }

  /**
   * The batch to send next: the current one again, or the first of the queue, whose bytes are fixed now. Records that
   * were withdrawn meanwhile are left out, unless the broker may have them already. undefined where nothing is left.
   * @param producer needed for an idempotent lane that has no current batch
   */
  next(producer: ProducerId | undefined): ClosedBatch | undefined {
    this.#leaveOutWithdrawn();
    while (this.current === undefined) {
      const batch = this.#queue.shift();
      if (batch === undefined) return undefined;
      this.#close(batch, producer);
    }
    return this.current;
  }

  /** A batch that was refused used up no sequence numbers: without some of its records it keeps the first of them. */
  #leaveOutWithdrawn(): void {
    const batch = this.current;
    if (!batch || batch.mayBeWritten) return;
    if (!batch.members.some((member) => member.isSettled)) return;
    const wanted = batch.members.flatMap((member) => member.apart()).filter((record) => !record.isSettled);
    this.current = OpenBatch.of(wanted).close(batch.identity)!;
    this.current.refusal = batch.refusal;
  }

  #close(batch: OpenBatch, producer: ProducerId | undefined): void {
    try {
      if (producer === undefined) {
        this.current = batch.close(NO_IDENTITY);
        return;
      }
      const { producerId, producerEpoch } = producer;
      if (this.#producer?.producerId !== producerId || this.#producer.producerEpoch !== producerEpoch) {
        this.#producer = producer;
        this.#sequence = 0;
      }
      const { isTransactional } = this;
      this.current = batch.close({
        producerId,
        producerEpoch,
        baseSequence: this.#sequence,
        isTransactional,
      });
    } catch (error) {
      for (const member of batch.members) member.fail(error as Error, false);
    }
  }

  /** The current batch is written. */
  succeed(baseOffset: number, logAppendTime: number): void {
    const { members, count } = this.#end();
    this.#sequence = (this.#sequence + count) % SEQUENCES;
    let offset = baseOffset;
    for (const member of members) {
      member.succeed(this.partition, baseOffset < 0 ? -1 : offset, logAppendTime);
      offset += member.count;
    }
  }

  /** The current batch ends with an error; its sequence numbers were not used, or their producer id will not be. */
  fail(error: Error, mayBeWritten: boolean): void {
    for (const member of this.#end().members) member.fail(error, mayBeWritten);
  }

  /** The current batch was surely not written: its records go again, in `parts` batches with new bytes. */
  reopen(parts: 1 | 2): void {
    const records = this.#end()
      .members.flatMap((member) => member.apart())
      .filter((record) => !record.isSettled);
    for (const record of records) record.batch = undefined;
    const half = Math.ceil(records.length / parts);
    const again = [records.slice(0, half), records.slice(half)].filter((part) => part.length > 0);
    this.#queue.unshift(...again.map((part) => OpenBatch.of(part)));
  }

  /** As reopen(1), for a broker that does not know the producer id any more. */
  renew(): void {
    const renewals = this.renewals + 1;
    this.reopen(1);
    this.renewals = renewals;
  }

  /** Ends what was not sent yet with an error. */
  failQueue(error: Error): void {
    for (const { members } of this.#queue.splice(0)) for (const member of members) member.fail(error, false);
  }

  /** Notes why everything here waits, for the error of a timeout. */
  obstruct(reason: unknown): void {
    for (const { members } of this.#queue) for (const member of members) member.obstacle = reason;
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
