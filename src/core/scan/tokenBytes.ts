/** Bytes of the checksum at the end of a token. */
const CHECK_BYTES = 4;

/** Writes whole numbers and texts into a token of base64url characters, with a checksum. */
export class TokenWriter {
  readonly #bytes: number[] = [];

  /** @param value a whole number from 0 to 2^53 - 1; takes a byte for each 7 bits */
  number(value: number): void {
    let rest = value;
    for (; rest >= 0x80; rest = Math.floor(rest / 0x80)) this.#bytes.push((rest % 0x80) | 0x80);
    this.#bytes.push(rest);
  }

  text(value: string): void {
    const bytes = Buffer.from(value, 'utf8');
    this.number(bytes.byteLength);
    for (const byte of bytes) this.#bytes.push(byte);
  }

  token(): string {
    const body = Buffer.from(this.#bytes);
    const check = Buffer.alloc(CHECK_BYTES);
    check.writeUInt32BE(fnv1a(body));
    return Buffer.concat([body, check]).toString('base64url');
  }
}

/** Reads what {@link TokenWriter} wrote. Everything throws a RangeError where the token is another one. */
export class TokenReader {
  readonly #body: Buffer;
  #at = 0;

  constructor(token: string) {
    const bytes = Buffer.from(token, 'base64url');
    // Buffer skips characters that are no base64url, and spare bits at the end.
    if (bytes.byteLength <= CHECK_BYTES || bytes.toString('base64url') !== token) {
      throw new RangeError('no base64url');
    }
    this.#body = bytes.subarray(0, -CHECK_BYTES);
    if (fnv1a(this.#body) !== bytes.readUInt32BE(this.#body.byteLength)) throw new RangeError('damaged');
  }

  number(): number {
    let value = 0;
    for (let scale = 1; ; scale *= 0x80) {
      const byte = this.#body[this.#at++];
      if (byte === undefined) throw new RangeError('too short');
      value += (byte & 0x7f) * scale;
      if (!Number.isSafeInteger(value)) throw new RangeError('a number beyond 2^53');
      if (byte < 0x80) return value;
    }
  }

  text(): string {
    const length = this.number();
    if (length > this.#body.byteLength - this.#at) throw new RangeError('too short');
    return this.#body.toString('utf8', this.#at, (this.#at += length));
  }

  /** There is nothing more to come. */
  end(): void {
    if (this.#at !== this.#body.byteLength) throw new RangeError('too long');
  }
}

/** FNV-1a of 32 bits: finds damage, and is no protection against forgery (a position gives nobody more than a query). */
function fnv1a(bytes: Uint8Array): number {
  let hash = 0x811c9dc5;
  for (const byte of bytes) hash = Math.imul(hash ^ byte, 0x01000193);
  return hash >>> 0;
}
