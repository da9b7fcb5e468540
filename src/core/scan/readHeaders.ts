import type { RecordHeader } from '../kafkaTypes';

const none: readonly RecordHeader[] = Object.freeze([]);

/**
 * The headers of a record whose bytes were checked before: their number, then key and value of each with their lengths,
 * all as zigzag varints (https://kafka.apache.org/documentation/#recordheader). Values are views of `bytes`.
 */
export function readHeaders(bytes: Buffer, start: number): readonly RecordHeader[] {
  let at = start;
  // Five bytes at most, as who checked them read them.
  const int = (): number => {
    let value = 0;
    for (let shift = 0; shift < 35; shift += 7) {
      const byte = bytes[at++]!;
      value |= (byte & 127) << shift;
      if (byte < 128) break;
    }
    return (value >>> 1) ^ -(value & 1);
  };
  const count = int();
  if (count === 0) return none;
  const headers: RecordHeader[] = [];
  for (let i = 0; i < count; i++) {
    const keyLength = int();
    const key = bytes.toString('utf8', at, at + keyLength);
    at += keyLength;
    const length = int();
    headers.push({ key, value: length < 0 ? null : bytes.subarray(at, at + length) });
    at += Math.max(length, 0);
  }
  return headers;
}
