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
    const byte = this.bytes[this.at++]!;
    return byte < 128 ? (byte >>> 1) ^ -(byte & 1) : this.#longerInt(byte);
  }

  /** A zigzag varint of at most 64 bits; exact within ±2^52. */
  long(): number {
    const first = this.bytes[this.at++]!;
    return first < 128 ? (first >>> 1) ^ -(first & 1) : this.#longerLong(first);
  }

  #longerInt(first: number): number {
    const bytes = this.bytes;
    let byte = first;
    let value = byte & 127;
    for (let shift = 7; byte > 127 && shift < 35; shift += 7) {
      byte = bytes[this.at++]!;
      value |= (byte & 127) << shift;
    }
    return (value >>> 1) ^ -(value & 1);
  }

  #longerLong(first: number): number {
    const bytes = this.bytes;
    let byte = first;
    let value = byte & 127;
    for (let factor = 128; byte > 127 && factor < 2 ** 70; factor *= 128) {
      byte = bytes[this.at++]!;
      value += (byte & 127) * factor;
    }
    return value % 2 === 1 ? -(value + 1) / 2 : value / 2;
  }
}
