import zlib from 'node:zlib';
import { crc32c } from '../../../src/kafka/records/crc32c';

/** A record batch (format v2) that is written again and again, with other timestamps. */
export interface TemplateBatch {
  readonly records: number;
  /** A copy of the batch whose first record has this timestamp, in ms; the others follow as they were made. */
  at(timestamp: number): Buffer;
}

const headerBytes = 61;
const crcFrom = 21;
const zstdCodec = 4;

// @types/node is that of Node 20, which has no zstd.
const { zstdCompressSync } = zlib as { readonly zstdCompressSync?: (bytes: Buffer) => Buffer };

/** Builds a batch of values without keys of up to `batchBytes` before compression. */
export function templateBatch(
  values: () => Buffer,
  {
    batchBytes,
    stepMs,
    zstd,
  }: { readonly batchBytes: number; readonly stepMs: number; readonly zstd: boolean },
): TemplateBatch {
  const records: Buffer[] = [];
  let size = headerBytes;
  let lastDelta = 0;
  for (;;) {
    const delta = Math.floor(records.length * stepMs);
    const record = encodeRecord(records.length, delta, values());
    if (size + record.length > batchBytes) break;
    records.push(record);
    size += record.length;
    lastDelta = delta;
  }
  const plain = Buffer.concat(records);
  const body = zstd ? zstdCompressSync!(plain) : plain;
  const batch = Buffer.alloc(headerBytes + body.length);
  body.copy(batch, headerBytes);
  batch.writeInt32BE(batch.length - 12, 8);
  batch.writeInt32BE(-1, 12);
  batch[16] = 2;
  batch.writeInt16BE(zstd ? zstdCodec : 0, crcFrom);
  batch.writeInt32BE(records.length - 1, 23);
  batch.fill(0xff, 43, 57);
  batch.writeInt32BE(records.length, 57);
  return {
    records: records.length,
    at: (timestamp) => {
      const copy = Buffer.from(batch);
      copy.writeBigInt64BE(BigInt(timestamp), 27);
      copy.writeBigInt64BE(BigInt(timestamp + lastDelta), 35);
      copy.writeUInt32BE(crc32c(copy, crcFrom), 17);
      return copy;
    },
  };
}

function encodeRecord(index: number, delta: number, value: Buffer): Buffer {
  const nullKey = 1;
  const head = [0, ...varint(2 * delta), ...varint(2 * index), nullKey, ...varint(2 * value.length)];
  return Buffer.concat([
    Buffer.from([...varint(2 * (head.length + value.length + 1)), ...head]),
    value,
    Buffer.of(0),
  ]);
}

function varint(value: number): number[] {
  const bytes: number[] = [];
  let rest = value;
  for (; rest > 127; rest = Math.floor(rest / 128)) bytes.push((rest % 128) | 128);
  return [...bytes, rest];
}
