import type { ConsumedRecord } from '../kafkaTypes';
import type { RecordFilter } from './query';

/** The same bytes with Buffer's fast search. */
function asBuffer(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

/** Whether `bytes` hold `needle`, byte for byte. */
function holds(bytes: Uint8Array | null, needle: Uint8Array): boolean {
  if (bytes === null || bytes.byteLength < needle.byteLength) return false;
  return asBuffer(bytes).includes(asBuffer(needle));
}

/**
 * Whether a batch can hold a match: one search in its uncompressed bytes. A hit may still lie in a header or across two
 * fields, so {@link matches} has the last word.
 */
export function mayMatch(section: Uint8Array, filter: RecordFilter): boolean {
  return holds(section, filter.bytes);
}

/** Whether the filter lets the record through. */
export function matches(record: ConsumedRecord, filter: RecordFilter): boolean {
  return holds(record.value, filter.bytes) || holds(record.key, filter.bytes);
}

/** Bytes of the record's key, value and headers. */
export function sizeOf(record: ConsumedRecord): number {
  let size = (record.key?.byteLength ?? 0) + (record.value?.byteLength ?? 0);
  for (const header of record.headers) size += header.key.length + (header.value?.byteLength ?? 0);
  return size;
}
