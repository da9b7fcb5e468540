import { KafkaManagerError } from '../../contract/errors';
import type { RecordRows } from '../../core/scan/recordRows';
import type { RecordBatch } from '../../core/scan/recordSource';
import {
  CODEC_MASK,
  CONTROL,
  HEADER_BYTES,
  LOG_APPEND_TIME,
  TRANSACTIONAL,
  hasRightChecksum,
  type BatchHeader,
} from './batchHeader';
import { readRows } from './batchRows';
import { decompress, wantsRightBytes } from './codecs';
import { corruptRecords } from './corruptRecords';

/** How strictly batches are read. */
export interface BatchReadOptions {
  /** Compare the checksum before anything of the batch is believed; off where left out, as in librdkafka. */
  readonly checkCrc?: boolean;
  /** Most bytes that one batch may decompress to; see {@link mostDecompressed} where left out. */
  readonly maxDecompressedBytes?: number;
  /** High watermark that came with the batches, to hold their offsets against. */
  readonly highWatermark?: number;
  /** Whether the broker must have sent the first batch whole; see `walkBatches`. */
  readonly isWhole?: boolean;
}

/**
 * Most bytes that a batch may decompress to: far beyond what a producer puts into one, whose size before compression
 * counts against its limits, and still few enough that a merge can hold one batch of each partition.
 */
function mostDecompressed(storedBytes: number): number {
  return Math.min(256 * 1024 * 1024, Math.max(64 * 1024 * 1024, 4 * storedBytes));
}

/** A record batch of a Fetch answer. It keeps views of the answer's bytes: copy what outlives the scan. */
export class BatchView implements RecordBatch {
  readonly partition: number;
  readonly baseOffset: number;
  readonly nextOffset: number;
  readonly count: number;
  readonly sizeInBytes: number;
  readonly maxTimestamp: number;
  readonly #header: BatchHeader;
  readonly #options: BatchReadOptions;
  #section: Buffer | undefined;
  #rows: RecordRows | undefined;

  constructor(partition: number, header: BatchHeader, options: BatchReadOptions) {
    this.partition = partition;
    this.baseOffset = header.baseOffset;
    this.nextOffset = header.nextOffset;
    this.count = header.count;
    this.sizeInBytes = header.end - header.start;
    this.maxTimestamp = header.maxTimestamp;
    this.#header = header;
    this.#options = options;
  }

  get isControl(): boolean {
    return (this.#header.attributes & CONTROL) !== 0;
  }

  get isTransactional(): boolean {
    return (this.#header.attributes & TRANSACTIONAL) !== 0;
  }

  get producerId(): bigint {
    return this.#header.producerId;
  }

  section(): Buffer {
    return (this.#section ??= this.#guarded(() => this.#decompress()));
  }

  rows(): RecordRows {
    return (this.#rows ??= this.#guarded(() => this.#read()));
  }

  release(): void {
    this.#section = this.#rows = undefined;
  }

  #read(): RecordRows {
    const { baseOffset, nextOffset, baseTimestamp, maxTimestamp, attributes, count } = this.#header;
    const appendTime = attributes & LOG_APPEND_TIME ? maxTimestamp : undefined;
    const { partition } = this;
    return readRows(this.section(), { partition, baseOffset, nextOffset, baseTimestamp, appendTime, count });
  }

  #decompress(): Buffer {
    const { bytes, start, end, attributes } = this.#header;
    const stored = bytes.subarray(start + HEADER_BYTES, end);
    // A batch that compaction has emptied keeps its header only, and the codec's number with it.
    if (this.count === 0) return stored.subarray(0, 0);
    if (wantsRightBytes(attributes & CODEC_MASK) && !hasRightChecksum(this.#header)) {
      throw new Error('its checksum is wrong');
    }
    const { maxDecompressedBytes = mostDecompressed(stored.length) } = this.#options;
    return decompress(attributes & CODEC_MASK, stored, maxDecompressedBytes);
  }

  #guarded<T>(work: () => T): T {
    try {
      return work();
    } catch (error) {
      if (error instanceof KafkaManagerError) throw error;
      const reason = error instanceof Error ? error.message : String(error);
      throw corruptRecords(this.partition, this.baseOffset, reason, error);
    }
  }
}

/** A batch that can't be read, in its place among the others: only who looks into it gets the error. */
export class UnreadableBatch implements RecordBatch {
  readonly partition: number;
  readonly baseOffset: number;
  readonly nextOffset: number;
  readonly count = 0;
  readonly sizeInBytes: number;
  readonly maxTimestamp = -1;
  readonly #error: Error;

  constructor(
    partition: number,
    range: Pick<RecordBatch, 'baseOffset' | 'nextOffset' | 'sizeInBytes'>,
    error: Error,
  ) {
    this.partition = partition;
    this.baseOffset = range.baseOffset;
    this.nextOffset = range.nextOffset;
    this.sizeInBytes = range.sizeInBytes;
    this.#error = error;
  }

  section(): never {
    throw this.#error;
  }

  rows(): never {
    throw this.#error;
  }
}
