import { gzipSync } from 'node:zlib';
import { crc32c } from '../../../src/kafka/records/crc32c';
import { compress, decompress } from '../../../src/kafka/records/codecs';

/** Bytes before the records of a batch, and where fields of it lie (https://kafka.apache.org/documentation/#recordbatch). */
export const batchFields = {
  baseOffset: 0,
  length: 8,
  magic: 16,
  crc: 17,
  attributes: 21,
  lastOffsetDelta: 23,
  baseTimestamp: 27,
  maxTimestamp: 35,
  producerId: 43,
  count: 57,
  records: 61,
} as const;

/** The record batches that stand one behind the other in bytes, each as a copy. */
export function splitBatches(bytes: Buffer): Buffer[] {
  const batches: Buffer[] = [];
  for (let at = 0; at < bytes.length;) {
    const end = at + 12 + bytes.readInt32BE(at + batchFields.length);
    batches.push(Buffer.from(bytes.subarray(at, end)));
    at = end;
  }
  return batches;
}

/** The batch with its length and checksum put right, so that nothing but what is inside can give a lie away. */
export function sealed(batch: Buffer): Buffer {
  batch.writeInt32BE(batch.length - 12, batchFields.length);
  batch.writeUInt32BE(crc32c(batch, batchFields.attributes), batchFields.crc);
  return batch;
}

/** A batch with this header (its first 61 bytes) and these bytes as its compressed records. */
export function withStored(batch: Buffer, stored: Uint8Array): Buffer {
  return sealed(Buffer.concat([batch.subarray(0, batchFields.records), stored]));
}

/** The uncompressed records of a batch that is in order. */
export function sectionOf(batch: Buffer): Buffer {
  return decompress(codecOf(batch), batch.subarray(batchFields.records));
}

/** The number of the batch's compression. */
export function codecOf(batch: Buffer): number {
  return batch[batchFields.attributes + 1]! & 7;
}

/** The batch with other uncompressed records, in the compression that it has. */
export function withSection(batch: Buffer, section: Buffer): Buffer {
  return withStored(batch, packed(codecOf(batch), section));
}

/** Bytes in a compression, also zstd where Node can't write it: then in blocks that are only stored. */
function packed(codec: number, section: Buffer): Buffer {
  switch (codec) {
    case 1:
      return gzipSync(section, { level: 1 });
    case 2:
      return compress('snappy', section);
    case 3:
      return compress('lz4', section);
    case 4:
      return zstdStored(section);
    default:
      return section;
  }
}

/** A zstd frame (RFC 8878 §3.1.1) of raw blocks, window 1 MiB. */
function zstdStored(section: Buffer): Buffer {
  const parts: Buffer[] = [Buffer.from('28b52ffd0050', 'hex')];
  for (let at = 0; at === 0 || at < section.length; at += 131_072) {
    const block = section.subarray(at, at + 131_072);
    const header = Buffer.alloc(3);
    header.writeUIntLE((block.length << 3) | (at + 131_072 >= section.length ? 1 : 0), 0, 3);
    parts.push(header, block);
  }
  return Buffer.concat(parts);
}
