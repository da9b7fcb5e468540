import type { ConsumedRecord } from '../../core/kafkaTypes';
import type { RecordBatch } from '../../core/scan/recordSource';
import {
  CODEC_MASK,
  CONTROL,
  CRC_FROM,
  HEADER_BYTES,
  LOG_APPEND_TIME,
  TRANSACTIONAL,
  type BatchHeader,
} from './batchHeader';
import { decompress } from './codecs';
import { corruptRecords } from './corruptRecords';
import { crc32c } from './crc32c';
import { decodeRecords, type RecordContext } from './decodeRecords';

/** How strictly batches are read. */
export interface BatchReadOptions {
  /** Compare the checksum before anything of the batch is believed; off where left out, as in librdkafka. */
  readonly checkCrc?: boolean;
  /** Most bytes that one batch may decompress to; 256 MiB where left out. */
  readonly maxDecompressedBytes?: number;
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
  readonly #from: number;
  readonly #options: BatchReadOptions;
  #section: Buffer | undefined;

  /** @param from records below this offset are left out: an answer begins with the batch that holds the asked one */
  constructor(partition: number, header: BatchHeader, from: number, options: BatchReadOptions) {
    this.partition = partition;
    this.baseOffset = header.baseOffset;
    this.nextOffset = header.nextOffset;
    this.count = header.count;
    this.sizeInBytes = header.end - header.start;
    this.maxTimestamp = header.maxTimestamp;
    this.#header = header;
    this.#from = from;
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

  records(): readonly ConsumedRecord[] {
    const section = this.section();
    return this.#guarded(() => decodeRecords(section, this.context, this.#from));
  }

  /** What is needed to decode single records of the section later. */
  get context(): RecordContext {
    const { baseOffset, baseTimestamp, maxTimestamp, attributes, count } = this.#header;
    const appendTime = attributes & LOG_APPEND_TIME ? maxTimestamp : undefined;
    return { partition: this.partition, baseOffset, baseTimestamp, appendTime, count };
  }

  #decompress(): Buffer {
    const { bytes, start, end, attributes } = this.#header;
    if (
      this.#options.checkCrc === true &&
      crc32c(bytes, start + CRC_FROM, end) !== bytes.readUInt32BE(start + 17)
    ) {
      throw new Error('its checksum is wrong');
    }
    const stored = bytes.subarray(start + HEADER_BYTES, end);
    // A batch that compaction has emptied keeps its header only, and the codec's number with it.
    if (this.count === 0) return stored.subarray(0, 0);
    return decompress(attributes & CODEC_MASK, stored, this.#options.maxDecompressedBytes);
  }

  #guarded<T>(work: () => T): T {
    try {
      return work();
    } catch (error) {
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

  records(): never {
    throw this.#error;
  }
}
