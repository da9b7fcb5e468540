import type { Turn } from '../../core/turn';
import { WireError } from './api';

/**
 * Reads Kafka's primitive types from one message. Nothing is believed: a length that leads past the end of the message
 * throws before anything is read or allocated.
 * https://kafka.apache.org/protocol.html#protocol_types
 */
export class WireReader {
  readonly #bytes: Buffer;
  #at = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  /** Bytes that have not been read. */
  get remaining(): number {
    return this.#bytes.length - this.#at;
  }

  bool(): boolean {
    return this.int8() !== 0;
  }

  int8(): number {
    const at = this.#take(1);
    return (this.#bytes[at]! << 24) >> 24;
  }

  int16(): number {
    const at = this.#take(2);
    const b = this.#bytes;
    return ((b[at]! << 24) >> 16) | b[at + 1]!;
  }

  int32(): number {
    const at = this.#take(4);
    const b = this.#bytes;
    return (b[at]! << 24) | (b[at + 1]! << 16) | (b[at + 2]! << 8) | b[at + 3]!;
  }

  /** @throws WireError beyond ±2^53, where a number would not be exact */
  int64(): number {
    const high = this.int32();
    const value = high * 4_294_967_296 + (this.int32() >>> 0);
    if (!Number.isSafeInteger(value))
      throw new WireError(`a 64-bit number is beyond 2^53 at byte ${this.#at - 8}`);
    return value;
  }

  /** For 64-bit numbers that need not be small, such as producer ids. */
  bigint64(): bigint {
    return this.#bytes.readBigInt64BE(this.#take(8));
  }

  /** Unsigned varint of at most 32 bits. */
  uvarint(): number {
    let value = 0;
    for (let shift = 0; shift < 35; shift += 7) {
      const byte = this.#bytes[this.#take(1)]!;
      value |= (byte & 0x7f) << shift;
      if (byte < 0x80) return value >>> 0;
    }
    throw new WireError(`a varint has no end at byte ${this.#at}`);
  }

  /** A UUID as Kafka writes it: 22 characters of base64url. */
  uuid(): string {
    const at = this.#take(16);
    return this.#bytes.toString('base64url', at, at + 16);
  }

  string(flexible: boolean): string {
    return this.nullableString(flexible) ?? this.#noNull();
  }

  nullableString(flexible: boolean): string | null {
    const length = flexible ? this.uvarint() - 1 : this.int16();
    if (length < 0) return null;
    const at = this.#take(length);
    return this.#bytes.toString('utf8', at, at + length);
  }

  /** A view of the message's bytes, not a copy. */
  bytes(flexible: boolean): Buffer {
    return this.nullableBytes(flexible) ?? this.#noNull();
  }

  nullableBytes(flexible: boolean): Buffer | null {
    const length = flexible ? this.uvarint() - 1 : this.int32();
    if (length < 0) return null;
    const at = this.#take(length);
    return this.#bytes.subarray(at, at + length);
  }

  array<T>(flexible: boolean, read: (reader: WireReader, version: number) => T, version: number): T[] {
    return this.nullableArray(flexible, read, version) ?? this.#noNull();
  }

  nullableArray<T>(
    flexible: boolean,
    read: (reader: WireReader, version: number) => T,
    version: number,
  ): T[] | null {
    const length = this.#arrayLength(flexible);
    if (length < 0) return null;
    const items: T[] = [];
    for (let i = 0; i < length; i++) items.push(read(this, version));
    return items;
  }

  /** As `array`, leaving the event loop to others where it takes long. */
  async arrayInTurns<T>(
    flexible: boolean,
    read: (reader: WireReader, version: number) => T,
    version: number,
    turn: Turn,
  ): Promise<T[]> {
    return (await this.nullableArrayInTurns(flexible, read, version, turn)) ?? this.#noNull();
  }

  async nullableArrayInTurns<T>(
    flexible: boolean,
    read: (reader: WireReader, version: number) => T,
    version: number,
    turn: Turn,
  ): Promise<T[] | null> {
    const length = this.#arrayLength(flexible);
    if (length < 0) return null;
    const items: T[] = [];
    for (let i = 0; i < length; i++) {
      items.push(read(this, version));
      if (turn.isOverSoon()) await turn.pass();
    }
    return items;
  }

  /** The byte in front of a struct that may be null. */
  isNullStruct(): boolean {
    return this.int8() < 0;
  }

  skipTags(): void {
    this.tags(() => false);
  }

  /** Reads tagged fields: `read` answers false for a tag that it doesn't know, which is skipped. */
  tags(read: (tag: number) => boolean): void {
    for (let count = this.uvarint(); count > 0; count--) {
      const tag = this.uvarint();
      const size = this.uvarint();
      if (size > this.remaining) throw this.#endsEarly(size);
      const end = this.#at + size;
      if (read(tag) && this.#at !== end) throw new WireError(`tagged field ${tag} lies about its size`);
      this.#at = end;
    }
  }

  /** @throws WireError where something is left over: then the message was misread */
  end(): void {
    if (this.remaining > 0)
      throw new WireError(`the message is ${this.remaining} bytes longer than its layout`);
  }

  /** Number of elements; negative for null. */
  #arrayLength(flexible: boolean): number {
    const length = flexible ? this.uvarint() - 1 : this.int32();
    // Every element takes a byte at least.
    if (length > this.remaining) throw this.#endsEarly(length);
    return length;
  }

  #take(count: number): number {
    const at = this.#at;
    if (count > this.#bytes.length - at) throw this.#endsEarly(count);
    this.#at = at + count;
    return at;
  }

  #endsEarly(wanted: number): WireError {
    return new WireError(
      `the message ends early: ${wanted} bytes wanted at byte ${this.#at}, ${this.remaining} left`,
    );
  }

  #noNull(): never {
    throw new WireError(`null where none is allowed, before byte ${this.#at}`);
  }
}
