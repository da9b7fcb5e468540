import type { CompressionName } from '../../core/kafkaTypes';
import { BatchBuilder, type BatchIdentity } from '../records/batchBuilder';
import { HEADER_BYTES } from '../records/batchHeader';
import { canCompress } from '../records/codecs';
import type { PendingRecord } from './pendingRecord';

/** Records that will go in one batch, whose sequence number is not known yet. */
export class OpenBatch {
  readonly records: PendingRecord[] = [];
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

  /** A batch of records that were in one before, which takes no more. */
  static of(records: readonly PendingRecord[]): OpenBatch {
    const batch = new OpenBatch(records[0]!.options.compression);
    for (const record of records) batch.add(record, 0);
    batch.#isShut = true;
    return batch;
  }

  /** Whether the record may join: a first one always may, also one that is larger than a batch should be. */
  takes({ options, maxBytes }: PendingRecord): boolean {
    if (this.#isShut || options.compression !== this.compression) return false;
    return this.records.length === 0 || this.#maxBytes + maxBytes <= options.batchBytes;
  }

  /** @param readyAt how long it may wait for others, on the scale of performance.now() */
  add(record: PendingRecord, readyAt: number): void {
    this.records.push(record);
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
    this.#encoded ??= this.#encode();
    this.#preparing ??= this.#encoded.compress(this.compression);
    return this.#preparing;
  }

  /**
   * Fixes the bytes. undefined where all records were withdrawn. What was not prepared, since records were withdrawn
   * meanwhile, goes uncompressed where it can't be compressed at once.
   */
  close(identity: BatchIdentity): ClosedBatch | undefined {
    const wanted = this.records.every((record) => !record.isSettled)
      ? this.records
      : this.records.filter((record) => !record.isSettled);
    if (wanted.length === 0) return undefined;
    if (wanted.length < this.records.length) return OpenBatch.of(wanted).close(identity);
    this.#encoded ??= this.#encode();
    const compression = this.isPrepared || canCompress(this.compression) ? this.compression : 'none';
    return new ClosedBatch(wanted, compression, identity, this.#encoded.finish(identity, compression));
  }

  #encode(): BatchBuilder {
    this.#isShut = true;
    const builder = new BatchBuilder(Infinity, this.#maxBytes);
    for (const record of this.records) builder.addAt(record.record, record.timestamp);
    return builder;
  }
}

/**
 * A batch whose bytes and sequence number are fixed: exactly these bytes are sent until the broker has answered for
 * them, since only so can it tell a repetition from something new (KIP-98).
 */
export class ClosedBatch {
  readonly records: readonly PendingRecord[];
  readonly identity: BatchIdentity;
  readonly compression: CompressionName;
  readonly bytes: Buffer;
  /** True while a request with it has no answer yet. */
  inFlight = false;
  /** True once a request with it was lost: the broker may have written it. */
  uncertain = false;
  /** What the broker last answered, where it did not take the batch. */
  refusal: Error | undefined;

  constructor(
    records: readonly PendingRecord[],
    compression: CompressionName,
    identity: BatchIdentity,
    bytes: Buffer,
  ) {
    this.records = records;
    this.compression = compression;
    this.identity = identity;
    this.bytes = bytes;
    for (const record of records) record.batch = this;
  }

  get mayBeWritten(): boolean {
    return this.inFlight || this.uncertain;
  }

  /** Whether anybody still waits for it. */
  get isWanted(): boolean {
    return this.records.some((record) => !record.isSettled);
  }
}
