import { WireError } from './api';

/** From this size on bytes are kept as they are: to write them on their own costs less than to copy them. */
const OWN_PIECE_BYTES = 16 * 1024;

/**
 * Writes Kafka's primitive types into a buffer that grows; large bytes stay where they are.
 * https://kafka.apache.org/protocol.html#protocol_types
 */
export class WireWriter {
  readonly #done: Uint8Array[] = [];
  #bytes: Buffer;
  /** Where the piece that is being written begins in the buffer, and how far it has come. */
  #from = 0;
  #at = 0;

  /** @param capacity bytes to begin with */
  constructor(capacity = 256) {
    this.#bytes = Buffer.allocUnsafe(capacity);
  }

  /** What has been written so far: in one piece where nothing in it is large. */
  get written(): Buffer {
    const open = this.#bytes.subarray(this.#from, this.#at);
    return this.#done.length === 0 ? open : Buffer.concat([...this.#done, open]);
  }

  /** The same in the pieces that it lies in; what was given as large bytes is not copied. */
  get pieces(): readonly Uint8Array[] {
    return [...this.#done, this.#bytes.subarray(this.#from, this.#at)];
  }

  bool(value: boolean): void {
    this.int8(value ? 1 : 0);
  }

  int8(value: number): void {
    this.#grow(1);
    this.#at = this.#bytes.writeInt8(value, this.#at);
  }

  int16(value: number): void {
    this.#grow(2);
    this.#at = this.#bytes.writeInt16BE(value, this.#at);
  }

  int32(value: number): void {
    this.#grow(4);
    this.#at = this.#bytes.writeInt32BE(value, this.#at);
  }

  /** @throws WireError where the number is no integer within ±2^53 */
  int64(value: number): void {
    if (!Number.isSafeInteger(value)) throw new WireError(`${value} is no exact 64-bit integer`);
    const high = Math.floor(value / 4_294_967_296);
    this.int32(high);
    this.int32((value - high * 4_294_967_296) | 0);
  }

  bigint64(value: bigint): void {
    this.#grow(8);
    this.#at = this.#bytes.writeBigInt64BE(value, this.#at);
  }

  uvarint(value: number): void {
    this.#grow(5);
    let rest = value;
    while (rest > 0x7f) {
      this.#bytes[this.#at++] = (rest & 0x7f) | 0x80;
      rest >>>= 7;
    }
    this.#bytes[this.#at++] = rest;
  }

  /** @param value 22 characters of base64url, as Kafka writes UUIDs */
  uuid(value: string): void {
    const bytes = Buffer.from(value, 'base64url');
    if (bytes.length !== 16) throw new WireError(`"${value}" is no UUID in Kafka's notation`);
    this.raw(bytes);
  }

  string(flexible: boolean, value: string): void {
    const length = Buffer.byteLength(value);
    if (flexible) this.uvarint(length + 1);
    else if (length > 0x7fff) throw new WireError(`a string of ${length} bytes is too long`);
    else this.int16(length);
    this.#grow(length);
    this.#at += this.#bytes.write(value, this.#at);
  }

  nullableString(flexible: boolean, value: string | null): void {
    if (value !== null) this.string(flexible, value);
    else if (flexible) this.uvarint(0);
    else this.int16(-1);
  }

  bytes(flexible: boolean, value: Uint8Array): void {
    this.#length(flexible, value.length);
    this.raw(value);
  }

  nullableBytes(flexible: boolean, value: Uint8Array | null): void {
    if (value === null) this.#length(flexible, -1);
    else this.bytes(flexible, value);
  }

  array<T>(
    flexible: boolean,
    values: readonly T[],
    write: (writer: WireWriter, value: T, version: number) => void,
    version: number,
  ): void {
    this.#length(flexible, values.length);
    for (const value of values) write(this, value, version);
  }

  nullableArray<T>(
    flexible: boolean,
    values: readonly T[] | null,
    write: (writer: WireWriter, value: T, version: number) => void,
    version: number,
  ): void {
    if (values === null) this.#length(flexible, -1);
    else this.array(flexible, values, write, version);
  }

  /** The byte in front of a struct that may be null. */
  nullStruct(isNull: boolean): void {
    this.int8(isNull ? -1 : 1);
  }

  noTags(): void {
    this.int8(0);
  }

  /** Tagged fields in ascending order of their tags; undefined ones are left out. */
  tags(fields: readonly (readonly [tag: number, write: (writer: WireWriter) => void] | undefined)[]): void {
    const present = fields.filter((field) => field !== undefined);
    this.uvarint(present.length);
    for (const [tag, write] of present) {
      const body = new WireWriter();
      write(body);
      this.uvarint(tag);
      const bytes = body.written;
      this.uvarint(bytes.length);
      this.raw(bytes);
    }
  }

  raw(value: Uint8Array): void {
    if (value.length >= OWN_PIECE_BYTES) {
      this.#done.push(this.#bytes.subarray(this.#from, this.#at), value);
      this.#from = this.#at;
      return;
    }
    this.#grow(value.length);
    this.#bytes.set(value, this.#at);
    this.#at += value.length;
  }

  #length(flexible: boolean, length: number): void {
    if (flexible) this.uvarint(length + 1);
    else this.int32(length);
  }

  #grow(count: number): void {
    const wanted = this.#at + count;
    if (wanted <= this.#bytes.length) return;
    const open = this.#bytes.subarray(this.#from, this.#at);
    const larger = Buffer.allocUnsafe(Math.max(open.length + count, this.#bytes.length * 2));
    larger.set(open);
    this.#bytes = larger;
    this.#from = 0;
    this.#at = open.length;
  }
}
