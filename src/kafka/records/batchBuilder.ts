import type { CompressionName, RecordHeader } from '../../core/kafkaTypes';
import { CRC_FROM, HEADER_BYTES, LENGTH_END, TRANSACTIONAL } from './batchHeader';
import { codecId, compress } from './codecs';
import { crc32c } from './crc32c';

/** A record on its way into a batch. */
export interface RecordToWrite {
  readonly key: Uint8Array | null;
  readonly value: Uint8Array | null;
  readonly headers?: readonly RecordHeader[];
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

/** Longest varint of 64 bits. */
const VARINT_MAX = 10;

/** Collects records into one record batch (format v2, https://kafka.apache.org/documentation/#recordbatch). */
export class BatchBuilder {
  readonly #limit: number;
  #bytes: Buffer;
  #at = HEADER_BYTES;
  #count = 0;
  #baseTimestamp = 0;
  #maxTimestamp = -1;

  /** @param limitBytes size beyond which no further record fits; the first one always does */
  constructor(limitBytes: number) {
    this.#limit = limitBytes;
    this.#bytes = Buffer.allocUnsafe(Math.min(limitBytes, 1024));
  }

  get count(): number {
    return this.#count;
  }

  /** Size so far in bytes, before compression. */
  get sizeInBytes(): number {
    return this.#at;
  }

  /** Whether the record may join without passing the limit. */
  fits(record: RecordToWrite): boolean {
    return this.#count === 0 || this.#at + maxRecordBytes(record) <= this.#limit;
  }

  add(record: RecordToWrite): void {
    const { key, value, headers = [], timestamp } = record;
    if (this.#count === 0) this.#baseTimestamp = timestamp;
    this.#maxTimestamp = Math.max(this.#maxTimestamp, timestamp);
    this.#reserve(maxRecordBytes(record));
    const timestampDelta = timestamp - this.#baseTimestamp;
    // The length stands in front of what it counts: write behind the room of a 32-bit varint, then close the gap.
    const start = this.#at;
    const bodyFrom = start + 5;
    this.#at = bodyFrom;
    this.#bytes[this.#at++] = 0;
    this.#varint(timestampDelta);
    this.#varint(this.#count);
    this.#data(key);
    this.#data(value);
    this.#varint(headers.length);
    for (const header of headers) {
      this.#text(header.key);
      this.#data(header.value);
    }
    const length = this.#at - bodyFrom;
    this.#at = start;
    this.#varint(length);
    this.#bytes.copyWithin(this.#at, bodyFrom, bodyFrom + length);
    this.#at += length;
    this.#count++;
  }

  /**
   * The finished batch. The builder is used up.
   * @throws KafkaManagerError UNSUPPORTED_COMPRESSION
   */
  finish(identity: BatchIdentity = NO_IDENTITY, compression: CompressionName = 'none'): Buffer {
    let batch = this.#bytes.subarray(0, this.#at);
    if (compression !== 'none') {
      const records = compress(compression, batch.subarray(HEADER_BYTES));
      batch = Buffer.concat([batch.subarray(0, HEADER_BYTES), records]);
    }
    batch.writeBigInt64BE(0n, 0);
    batch.writeInt32BE(batch.length - LENGTH_END, 8);
    batch.writeInt32BE(-1, LENGTH_END);
    batch[16] = 2;
    batch.writeInt16BE(
      codecId(compression) | (identity.isTransactional === true ? TRANSACTIONAL : 0),
      CRC_FROM,
    );
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

  /** Zigzag, also of numbers beyond 32 bits. */
  #varint(value: number): void {
    let rest = value < 0 ? -2 * value - 1 : 2 * value;
    for (; rest > 127; rest = Math.floor(rest / 128)) this.#bytes[this.#at++] = (rest % 128) | 128;
    this.#bytes[this.#at++] = rest;
  }

  #data(value: Uint8Array | null): void {
    if (value === null) {
      this.#varint(-1);
      return;
    }
    this.#varint(value.length);
    this.#bytes.set(value, this.#at);
    this.#at += value.length;
  }

  #text(value: string): void {
    this.#varint(Buffer.byteLength(value));
    this.#at += this.#bytes.write(value, this.#at);
  }
}

/** Upper bound of what a record takes in a batch, in bytes. */
export function maxRecordBytes(record: RecordToWrite): number {
  // Length and attributes, two deltas, two lengths, number of headers.
  let bytes = 6 + 2 * VARINT_MAX + 3 * 5 + (record.key?.length ?? 0) + (record.value?.length ?? 0);
  for (const { key, value } of record.headers ?? [])
    bytes += 10 + Buffer.byteLength(key) + (value?.length ?? 0);
  return bytes;
}
