/** Bytes that one step takes in. */
const STEP = 16;

/** Table k holds the checksum of a byte that is followed by k zero bytes ("slicing by 16"). */
function makeTables(): readonly Int32Array[] {
  const tables = Array.from({ length: STEP }, () => new Int32Array(256));
  for (let byte = 0; byte < 256; byte++) {
    let crc = byte;
    for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? 0x82f63b78 ^ (crc >>> 1) : crc >>> 1;
    tables[0]![byte] = crc;
  }
  for (let byte = 0; byte < 256; byte++) {
    for (let k = 1; k < STEP; k++) {
      const shorter = tables[k - 1]![byte]!;
      tables[k]![byte] = tables[0]![shorter & 255]! ^ (shorter >>> 8);
    }
  }
  return tables;
}

type Table = Int32Array;
const [t0, t1, t2, t3, t4, t5, t6, t7, t8, t9, t10, t11, t12, t13, t14, t15] = makeTables() as [
  ...[Table, Table, Table, Table, Table, Table, Table, Table],
  ...[Table, Table, Table, Table, Table, Table, Table, Table],
];

/** CRC-32C (Castagnoli) of the bytes in [from, to), the checksum of record batches; 0 to 2^32 - 1. */
export function crc32c(bytes: Uint8Array, from = 0, to = bytes.length): number {
  let crc = -1;
  let at = from;
  for (; at < to && ((bytes.byteOffset + at) & 3) !== 0; at++)
    crc = t0[(crc ^ bytes[at]!) & 255]! ^ (crc >>> 8);
  const steps = Math.floor((to - at) / STEP);
  if (steps > 0 && isLittleEndian) {
    crc = wholeSteps(crc, new Int32Array(bytes.buffer, bytes.byteOffset + at, steps * 4));
    at += steps * STEP;
  }
  for (; at < to; at++) crc = t0[(crc ^ bytes[at]!) & 255]! ^ (crc >>> 8);
  return ~crc >>> 0;
}

/** The words are read as the machine has them. */
const isLittleEndian = new Uint8Array(new Int32Array([1]).buffer)[0] === 1;

/** Four words at a time, which are read faster than 16 bytes. */
function wholeSteps(start: number, words: Int32Array): number {
  let crc = start;
  for (let i = 0; i < words.length; i += 4) {
    const a = crc ^ words[i]!;
    const b = words[i + 1]!;
    const c = words[i + 2]!;
    const d = words[i + 3]!;
    crc =
      t15[a & 255]! ^
      t14[(a >>> 8) & 255]! ^
      t13[(a >>> 16) & 255]! ^
      t12[a >>> 24]! ^
      t11[b & 255]! ^
      t10[(b >>> 8) & 255]! ^
      t9[(b >>> 16) & 255]! ^
      t8[b >>> 24]! ^
      t7[c & 255]! ^
      t6[(c >>> 8) & 255]! ^
      t5[(c >>> 16) & 255]! ^
      t4[c >>> 24]! ^
      t3[d & 255]! ^
      t2[(d >>> 8) & 255]! ^
      t1[(d >>> 16) & 255]! ^
      t0[d >>> 24]!;
  }
  return crc;
}
