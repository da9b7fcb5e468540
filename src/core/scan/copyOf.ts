import type { ConsumedRecord } from '../kafkaTypes';

/** The record with bytes of its own in place of views, so that it does not hold what it was read from. */
export function copyOf(record: ConsumedRecord): ConsumedRecord {
  const { partition, offset, timestamp } = record;
  return {
    partition,
    offset,
    timestamp,
    key: bytesOf(record.key),
    value: bytesOf(record.value),
    headers: record.headers.map(({ key, value }) => ({ key, value: bytesOf(value) })),
  };
}

function bytesOf(bytes: Uint8Array | null): Uint8Array | null {
  return bytes && new Uint8Array(bytes);
}
