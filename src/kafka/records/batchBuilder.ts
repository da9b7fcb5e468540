import type { CompressionName, RecordHeader } from '../../core/kafkaTypes';
import { CRC_FROM, HEADER_BYTES, LENGTH_END, TRANSACTIONAL } from './batchHeader';
import { codecId, compress, compressAside } from './codecs';
import { crc32c } from './crc32c';

/** What is in a record. */
export interface RecordContent {
  readonly key: Uint8Array | null;
  readonly value: Uint8Array | null;
  readonly headers?: readonly RecordHeader[];
}

/** A record on its way into a batch. */
export interface RecordToWrite extends RecordContent {
  /** ms since 1970. */
  readonly timestamp: number;
}

/** Who writes the batch; -1 everywhere for a producer without an id. */
export interface BatchIdentity {
  readonly producerId: bigint;
  readonly producerEpoch: number;
  /** Sequence number of the first record. */
  readonly baseSequence: number;
  /** Whether the batch belongs to the producer's open transaction (KIP-98). */
  readonly isTransactional?: boolean;
}

export const NO_IDENTITY: BatchIdentity = { producerId: -1n, producerEpoch: -1, baseSequence: -1 };

/** Longest varint of 64 bits, and what zigzag numbers of 32 bits are made from. */
const VARINT_MAX = 10;
const INT31 = 0x4000_0000;
/** Up to here a loop copies faster than a call. */
const SHORT_BYTES = 16;
const NO_HEADERS: readonly RecordHeader[] = [];
const EMPTY = Buffer.alloc(0);

/** Collects records into one record batch (format v2, https://kafka.apache.org/documentation/#recordbatch). */
export class BatchBuilder {
  readonly #limit: number;
  #bytes: Buffer;
  #at = HEADER_BYTES;
  #count = 0;
  #baseTimestamp = 0;
  #maxTimestamp = -1;
  /** The records as they will be sent, once they are compressed. */
  #compressed: Buffer | undefined;
  #isCompressed = false;

  /**
   * @param limitBytes size beyond which no further record fits; the first one always does
   * @param room bytes to begin with, or what to write them into: who knows how many there will be saves copies
   */
  constructor(limitBytes: number, room: number | Buffer = Math.min(limitBytes, 1024)) {
    this.#limit = limitBytes;
    this.#bytes = typeof room === 'number' ? Buffer.allocUnsafe(Math.max(room, HEADER_BYTES)) : room;
  }

  get count(): number {
    return this.#count;
  }

  /** Size so far in bytes, before compression. */
  get sizeInBytes(): number {
    return this.#at;
  }

  /** The records so far, before compression; a view. */
  get records(): Buffer {
    return this.#bytes.subarray(HEADER_BYTES, this.#at);
  }

  /** What it has written into, for somebody else: neither the builder nor its batch may be used any more. */
  release(): Buffer {
    const bytes = this.#bytes;
    this.#bytes = EMPTY;
    return bytes;
  }

  /** Whether the records have the form in which they will be sent. */
  get isCompressed(): boolean {
    return this.#isCompressed;
  }

  /** Whether the record may join without passing the limit. */
  fits(record: RecordToWrite): boolean {
    return this.#count === 0 || this.#at + maxRecordBytes(record) <= this.#limit;
  }

  add(record: RecordToWrite): void {
    this.addAt(record, record.timestamp);
  }

  /** @param timestamp of the record, ms since 1970 */
  addAt(record: RecordContent, timestamp: number): void {
    const { key, value, headers = NO_HEADERS } = record;
    if (this.#count === 0) this.#baseTimestamp = timestamp;
    if (timestamp > this.#maxTimestamp) this.#maxTimestamp = timestamp;
    const timestampDelta = timestamp - this.#baseTimestamp;
    let length = 1 + varintSize(timestampDelta) + varintSize(this.#count) + dataSize(key) + dataSize(value);
    length += varintSize(headers.length);
    for (let i = 0; i < headers.length; i++) {
      const name = Buffer.byteLength(headers[i]!.key);
      length += varintSize(name) + name + dataSize(headers[i]!.value);
    }
    this.#reserve(varintSize(length) + length);
    const bytes = this.#bytes;
    let at = putVarint(bytes, this.#at, length);
    bytes[at++] = 0;
    at = putVarint(bytes, at, timestampDelta);
    at = putVarint(bytes, at, this.#count);
    at = putData(bytes, at, key);
    at = putData(bytes, at, value);
    at = putVarint(bytes, at, headers.length);
    for (let i = 0; i < headers.length; i++) {
      at = putText(bytes, at, headers[i]!.key);
      at = putData(bytes, at, headers[i]!.value);
    }
    this.#at = at;
    this.#count++;
  }

  /**
   * Compresses the records, after which none may be added. Gives a promise where that is done beside the event loop
   * since it takes long.
   * @throws KafkaManagerError UNSUPPORTED_COMPRESSION
   */
  compress(compression: CompressionName): Promise<void> | undefined {
    if (this.#isCompressed) return undefined;
    if (compression !== 'none') {
      const records = this.#bytes.subarray(HEADER_BYTES, this.#at);
      const aside = compressAside(compression, records);
      if (aside) {
        return aside.then((compressed) => {
          this.#compressed = compressed;
          this.#isCompressed = true;
        });
      }
      this.#compressed = compress(compression, records);
    }
    this.#isCompressed = true;
    return undefined;
  }

  /**
   * The finished batch. The builder is used up.
   * @throws KafkaManagerError UNSUPPORTED_COMPRESSION
   */
  finish(identity: BatchIdentity = NO_IDENTITY, compression: CompressionName = 'none'): Buffer {
    let batch = this.#bytes.subarray(0, this.#at);
    if (compression !== 'none') {
      this.#compressed ??= compress(compression, batch.subarray(HEADER_BYTES));
      batch = Buffer.concat([batch.subarray(0, HEADER_BYTES), this.#compressed]);
    }
    batch.writeBigInt64BE(0n, 0);
    batch.writeInt32BE(batch.length - LENGTH_END, 8);
    batch.writeInt32BE(-1, LENGTH_END);
    batch[16] = 2;
    const transactional = identity.isTransactional === true ? TRANSACTIONAL : 0;
    batch.writeInt16BE(codecId(compression) | transactional, CRC_FROM);
    batch.writeInt32BE(this.#count - 1, 23);
    batch.writeBigInt64BE(BigInt(this.#baseTimestamp), 27);
    batch.writeBigInt64BE(BigInt(this.#maxTimestamp), 35);
    batch.writeBigInt64BE(identity.producerId, 43);
    batch.writeInt16BE(identity.producerEpoch, 51);
    batch.writeInt32BE(identity.baseSequence, 53);
    batch.writeInt32BE(this.#count, 57);
    batch.writeUInt32BE(crc32c(batch, CRC_FROM), 17);
    return batch;
  }

  #reserve(count: number): void {
    const wanted = this.#at + count;
    if (wanted <= this.#bytes.length) return;
    const larger = Buffer.allocUnsafe(Math.max(wanted, this.#bytes.length * 2));
    this.#bytes.copy(larger, 0, 0, this.#at);
    this.#bytes = larger;
  }
}

/** Zigzag, also of numbers beyond 32 bits. Gives where it ends, as the next two do. */
function putVarint(bytes: Buffer, start: number, value: number): number {
  let at = start;
  if (value >= -INT31 && value < INT31) {
    let rest = (value << 1) ^ (value >> 31);
    for (; rest > 127; rest >>>= 7) bytes[at++] = (rest & 127) | 128;
    bytes[at++] = rest;
  } else {
    let rest = zigzag(value);
    for (; rest > 127; rest = Math.floor(rest / 128)) bytes[at++] = (rest % 128) | 128;
    bytes[at++] = rest;
  }
  return at;
}

function putData(bytes: Buffer, start: number, value: Uint8Array | null): number {
  if (value === null) return putVarint(bytes, start, -1);
  const { length } = value;
  const at = putVarint(bytes, start, length);
  if (length > SHORT_BYTES) bytes.set(value, at);
  else for (let i = 0; i < length; i++) bytes[at + i] = value[i]!;
  return at + length;
}

function putText(bytes: Buffer, start: number, value: string): number {
  const at = putVarint(bytes, start, Buffer.byteLength(value));
  return at + bytes.write(value, at);
}

/** Upper bound of what a record takes in a batch, in bytes. */
export function maxRecordBytes(record: RecordContent | RecordToWrite): number {
  const { key, value, headers = NO_HEADERS } = record;
  // Length and attributes, two deltas, number of headers.
  let bytes = 6 + VARINT_MAX + 5 + varintSize(headers.length) + dataSize(key) + dataSize(value);
  for (let i = 0; i < headers.length; i++) {
    bytes += 5 + Buffer.byteLength(headers[i]!.key) + dataSize(headers[i]!.value);
  }
  return bytes;
}

function zigzag(value: number): number {
  return value < 0 ? -2 * value - 1 : 2 * value;
}

/** Bytes of the varint of a number. */
function varintSize(value: number): number {
  if (value >= -64 && value < 64) return 1;
  if (value >= -8192 && value < 8192) return 2;
  let size = 1;
  for (let rest = zigzag(value); rest > 127; rest = Math.floor(rest / 128)) size++;
  return size;
}

/** Bytes of a key or value with its length in front. */
function dataSize(data: Uint8Array | null): number {
  return data === null ? 1 : varintSize(data.length) + data.length;
}
