import type { CompressionName } from '../../core/kafkaTypes';
import { BatchBuilder, type BatchIdentity } from '../records/batchBuilder';
import { HEADER_BYTES } from '../records/batchHeader';
import { canCompress } from '../records/codecs';
import type { Pending, SendOptions } from './pending';
import type { GroupSink, PendingGroup } from './pendingGroup';
import type { PendingRecord } from './pendingRecord';

/** Records that will go in one batch, whose sequence number is not known yet. */
export class OpenBatch {
  readonly #records: PendingRecord[] = [];
  /** Its only member where there is one. */
  #group: PendingGroup | undefined;
  readonly compression: CompressionName;
  /** When it may be sent though it is not full, on the scale of performance.now(). */
  readyAt = Infinity;
  #maxBytes = HEADER_BYTES;
  #isShut = false;
  #encoded: BatchBuilder | undefined;
  #preparing: Promise<void> | undefined;

  constructor(compression: CompressionName) {
    this.compression = compression;
  }

  /** A batch for records of a bulk write alone, which it encodes when they come. */
  static grouped(group: PendingGroup, readyAt: number): OpenBatch {
    const batch = new OpenBatch(group.options.compression);
    batch.#group = group;
    batch.#encoded = group.builder;
    batch.readyAt = readyAt;
    return batch;
  }

  /** A batch of records that were in one before, which takes no more. */
  static of(records: readonly PendingRecord[]): OpenBatch {
    const batch = new OpenBatch(records[0]!.options.compression);
    for (const record of records) batch.add(record, 0);
    batch.#isShut = true;
    return batch;
  }

  /** Whether the record may join: a first one always may, also one that is larger than a batch should be. */
  takes({ options, maxBytes }: PendingRecord): boolean {
    if (this.#isShut || this.#group || options.compression !== this.compression) return false;
    return this.#records.length === 0 || this.#maxBytes + maxBytes <= options.batchBytes;
  }

  /** The group of a bulk write, where it takes a record of so many bytes at most. */
  groupFor(maxBytes: number, options: SendOptions, sink: GroupSink, now: number): PendingGroup | undefined {
    const group = this.#group;
    return !this.#isShut && group?.takes(maxBytes, options, sink, now) === true ? group : undefined;
  }

  get members(): readonly Pending[] {
    return this.#group ? [this.#group] : this.#records;
  }

  /** @param readyAt how long it may wait for others, on the scale of performance.now() */
  add(record: PendingRecord, readyAt: number): void {
    this.#records.push(record);
    this.#maxBytes += record.maxBytes;
    if (readyAt < this.readyAt) this.readyAt = readyAt;
  }

  get isPrepared(): boolean {
    return this.#encoded?.isCompressed === true;
  }

  /**
   * Does what can be done before the sequence number is known: encodes and compresses. No record joins any more. Gives a
   * promise where compressing takes longer than the event loop should be held up.
   */
  prepare(): Promise<void> | undefined {
    if (this.isPrepared) return undefined;
    this.#isShut = true;
    this.#encoded ??= this.#encode();
    this.#preparing ??= this.#encoded.compress(this.compression);
    return this.#preparing;
  }

  /**
   * Fixes the bytes. undefined where all records were withdrawn. What was not prepared, since records were withdrawn
   * meanwhile, goes uncompressed where it can't be compressed at once.
   */
  close(identity: BatchIdentity): ClosedBatch | undefined {
    this.#isShut = true;
    const { members } = this;
    if (!members.every((member) => !member.isSettled)) {
      const wanted = this.#records.filter((record) => !record.isSettled);
      return wanted.length === 0 ? undefined : OpenBatch.of(wanted).close(identity);
    }
    this.#encoded ??= this.#encode();
    const compression = this.isPrepared || canCompress(this.compression) ? this.compression : 'none';
    return new ClosedBatch(members, compression, identity, this.#encoded.finish(identity, compression));
  }

  #encode(): BatchBuilder {
    const builder = new BatchBuilder(Infinity, this.#maxBytes);
    for (const record of this.#records) builder.addAt(record.record, record.timestamp);
    return builder;
  }
}

/**
 * A batch whose bytes and sequence number are fixed: exactly these bytes are sent until the broker has answered for
 * them, since only so can it tell a repetition from something new (KIP-98).
 */
export class ClosedBatch {
  readonly members: readonly Pending[];
  /** Of records. */
  readonly count: number;
  readonly identity: BatchIdentity;
  readonly compression: CompressionName;
  readonly bytes: Buffer;
  /** True while a request with it has no answer yet. */
  inFlight = false;
  /** True once the answer to a request with it was lost or left that open: a broker may have written it. */
  uncertain = false;
  /** True once no answer came for a request with it: that one may still be on its way. */
  isAstray = false;
  /** What the broker last answered, where it did not take the batch. */
  refusal: Error | undefined;

  constructor(
    members: readonly Pending[],
    compression: CompressionName,
    identity: BatchIdentity,
    bytes: Buffer,
  ) {
    this.members = members;
    this.count = members.reduce((sum, { count }) => sum + count, 0);
    this.compression = compression;
    this.identity = identity;
    this.bytes = bytes;
    for (const member of members) member.batch = this;
  }

  get mayBeWritten(): boolean {
    return this.inFlight || this.uncertain;
  }

  /** Whether anybody still waits for it. */
  get isWanted(): boolean {
    return this.members.some((member) => !member.isSettled);
  }
}
