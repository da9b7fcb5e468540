/**
 * Reads the varints of records from a section. It never reads outside: what lies behind the end counts as 0, and the
 * caller compares `at` with the end that it knows.
 */
export class RecordCursor {
  readonly bytes: Buffer;
  at: number;

  constructor(bytes: Buffer, at = 0) {
    this.bytes = bytes;
    this.at = at;
  }

  /** A zigzag varint of at most 32 bits. */
  int(): number {
    const bytes = this.bytes;
    let byte = bytes[this.at++]!;
    let value = byte & 127;
    for (let shift = 7; byte > 127 && shift < 35; shift += 7) {
      byte = bytes[this.at++]!;
      value |= (byte & 127) << shift;
    }
    return (value >>> 1) ^ -(value & 1);
  }

  /** A zigzag varint of at most 64 bits; exact within ±2^52. */
  long(): number {
    const bytes = this.bytes;
    let byte = bytes[this.at++]!;
    let value = byte & 127;
    for (let factor = 128; byte > 127 && factor < 2 ** 70; factor *= 128) {
      byte = bytes[this.at++]!;
      value += (byte & 127) * factor;
    }
    return value % 2 === 1 ? -(value + 1) / 2 : value / 2;
  }
}
