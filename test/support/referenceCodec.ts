import fc from 'fast-check';

/** A field of Kafka's message definitions (common/message/README.md in Kafka's sources), as far as it matters here. */
interface Field {
  readonly name: string;
  readonly type: string;
  readonly versions: string;
  readonly nullableVersions?: string;
  readonly taggedVersions?: string;
  readonly flexibleVersions?: string;
  readonly tag?: number;
  readonly fields?: readonly Field[];
}

export interface MessageDefinition {
  readonly apiKey: number;
  readonly name: string;
  readonly validVersions: string;
  readonly flexibleVersions: string;
  readonly fields: readonly Field[];
  readonly commonStructs?: readonly { readonly name: string; readonly fields: readonly Field[] }[];
}

export type Value = Record<string, unknown>;

const bigints = ['ProducerId', 'V3AndBelowProducerId', 'TotalBytes', 'UsableBytes'];

function has(versions: string | undefined, version: number): boolean {
  if (versions === undefined || versions === 'none') return false;
  const from = parseInt(versions);
  const to = versions.endsWith('+') ? Infinity : parseInt(versions.split('-')[1] ?? String(from));
  return version >= from && version <= to;
}

/**
 * A slow and plain codec that interprets Kafka's definitions while it runs: what the generated code is held against.
 * It shares nothing with the generator.
 */
export class ReferenceCodec {
  private readonly message: MessageDefinition;
  private readonly version: number;
  readonly #flexible: boolean;

  constructor(message: MessageDefinition, version: number) {
    this.message = message;
    this.version = version;
    this.#flexible = has(message.flexibleVersions, version);
  }

  /** Values of this message that have exactly the fields of the version. */
  arbitrary(): fc.Arbitrary<Value> {
    return this.#anyStruct(this.message.fields);
  }

  encode(value: Value): Buffer {
    return Buffer.from(this.#encodeStruct(this.message.fields, value));
  }

  decode(bytes: Buffer): Value {
    const at = { bytes, position: 0 };
    const value = this.#decodeStruct(this.message.fields, at);
    if (at.position !== bytes.length) throw new Error(`${bytes.length - at.position} bytes are left over`);
    return value;
  }

  #present(fields: readonly Field[]): readonly Field[] {
    return fields.filter((field) => has(field.versions, this.version));
  }

  #nested(type: string, field: Field): readonly Field[] | undefined {
    return field.fields ?? this.message.commonStructs?.find(({ name }) => name === type)?.fields;
  }

  #anyStruct(fields: readonly Field[]): fc.Arbitrary<Value> {
    return fc.record(
      Object.fromEntries(this.#present(fields).map((field) => [camel(field.name), this.#anyField(field)])),
      { noNullPrototype: true },
    );
  }

  #anyField(field: Field): fc.Arbitrary<unknown> {
    const base = field.type.replace('[]', '');
    const one = this.#anyOne(base, field);
    const value = field.type.startsWith('[]') ? fc.array(one, { maxLength: 3 }) : one;
    return has(field.nullableVersions, this.version) ? fc.option(value) : value;
  }

  #anyOne(base: string, field: Field): fc.Arbitrary<unknown> {
    const nested = this.#nested(base, field);
    if (nested) return this.#anyStruct(nested);
    switch (base) {
      case 'bool':
        return fc.boolean();
      case 'int8':
        return fc.integer({ min: -128, max: 127 });
      case 'int16':
        return fc.integer({ min: -32768, max: 32767 });
      case 'int32':
        return fc.integer();
      case 'int64':
        return bigints.includes(field.name)
          ? fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n })
          : fc.maxSafeInteger();
      case 'uuid':
        return fc
          .uint8Array({ minLength: 16, maxLength: 16 })
          .map((b) => Buffer.from(b).toString('base64url'));
      case 'string':
        return fc.string({ unit: 'binary', maxLength: 200 });
      default:
        return fc.uint8Array({ maxLength: 200 }).map((b) => Buffer.from(b));
    }
  }

  #encodeStruct(fields: readonly Field[], value: Value): number[] {
    const tagged = this.#flexible
      ? this.#present(fields).filter((f) => has(f.taggedVersions, this.version))
      : [];
    const plain = this.#present(fields).filter((field) => !tagged.includes(field));
    const out = plain.flatMap((field) => this.#encodeField(field, value[camel(field.name)]));
    if (!this.#flexible) return out;
    // With a tag that nobody knows, as a newer broker may send it.
    out.push(...uvarint(tagged.length + 1));
    for (const field of tagged) {
      const body = this.#encodeField(field, value[camel(field.name)]);
      out.push(...uvarint(field.tag!), ...uvarint(body.length), ...body);
    }
    return [...out, ...uvarint(3000), ...uvarint(2), 1, 2];
  }

  #encodeField(field: Field, value: unknown): number[] {
    const base = field.type.replace('[]', '');
    if (field.type.startsWith('[]')) {
      if (value === null) return this.#length(-1, 4);
      const items = value as unknown[];
      return [
        ...this.#length(items.length, 4),
        ...items.flatMap((item) => this.#encodeOne(base, field, item)),
      ];
    }
    const nullable = this.#nested(base, field) && has(field.nullableVersions, this.version);
    if (nullable) return value === null ? [255] : [1, ...this.#encodeOne(base, field, value)];
    return this.#encodeOne(base, field, value);
  }

  #encodeOne(base: string, field: Field, value: unknown): number[] {
    const nested = this.#nested(base, field);
    if (nested) return this.#encodeStruct(nested, value as Value);
    const width = { bool: 1, int8: 1, int16: 2, int32: 4, int64: 8 }[base];
    if (width) return integer(BigInt(value as number | bigint | boolean), width);
    if (base === 'uuid') return [...Buffer.from(value as string, 'base64url')];
    const lengthWidth = base === 'string' ? 2 : 4;
    if (value === null) return this.#length(-1, lengthWidth);
    const bytes = base === 'string' ? Buffer.from(value as string) : (value as Buffer);
    return [...this.#length(bytes.length, lengthWidth), ...bytes];
  }

  #length(length: number, width: number): number[] {
    return this.#flexible ? uvarint(length + 1) : integer(BigInt(length), width);
  }

  #decodeStruct(fields: readonly Field[], at: Cursor): Value {
    const tagged = this.#flexible
      ? this.#present(fields).filter((f) => has(f.taggedVersions, this.version))
      : [];
    const plain = this.#present(fields).filter((field) => !tagged.includes(field));
    const value: Value = Object.fromEntries(
      plain.map((field) => [camel(field.name), this.#decodeField(field, at)]),
    );
    if (!this.#flexible) return value;
    for (let count = readUvarint(at); count > 0; count--) {
      const tag = readUvarint(at);
      readUvarint(at);
      const field = tagged.find((candidate) => candidate.tag === tag);
      if (!field) throw new Error(`tag ${tag} is not in the definition`);
      value[camel(field.name)] = this.#decodeField(field, at);
    }
    return value;
  }

  #decodeField(field: Field, at: Cursor): unknown {
    const base = field.type.replace('[]', '');
    if (field.type.startsWith('[]')) {
      const length = this.#readLength(at, 4);
      return length < 0 ? null : Array.from({ length }, () => this.#decodeOne(base, field, at));
    }
    const nullable = this.#nested(base, field) && has(field.nullableVersions, this.version);
    if (nullable && readInteger(at, 1) < 0n) return null;
    return this.#decodeOne(base, field, at);
  }

  #decodeOne(base: string, field: Field, at: Cursor): unknown {
    const nested = this.#nested(base, field);
    if (nested) return this.#decodeStruct(nested, at);
    const width = { bool: 1, int8: 1, int16: 2, int32: 4, int64: 8 }[base];
    if (width) {
      const number = readInteger(at, width);
      return base === 'bool' ? number !== 0n : bigints.includes(field.name) ? number : Number(number);
    }
    if (base === 'uuid') return take(at, 16).toString('base64url');
    const length = this.#readLength(at, base === 'string' ? 2 : 4);
    if (length < 0) return null;
    return base === 'string' ? take(at, length).toString() : take(at, length);
  }

  #readLength(at: Cursor, width: number): number {
    return this.#flexible ? readUvarint(at) - 1 : Number(readInteger(at, width));
  }
}

interface Cursor {
  readonly bytes: Buffer;
  position: number;
}

const camel = (name: string): string => name.charAt(0).toLowerCase() + name.slice(1);

function integer(value: bigint, width: number): number[] {
  const unsigned = BigInt.asUintN(width * 8, value);
  return Array.from({ length: width }, (_, i) => Number((unsigned >> BigInt((width - 1 - i) * 8)) & 255n));
}

function uvarint(value: number): number[] {
  return value < 128 ? [value] : [(value % 128) + 128, ...uvarint(Math.floor(value / 128))];
}

function take(at: Cursor, count: number): Buffer {
  if (at.position + count > at.bytes.length) throw new Error('the message ends early');
  at.position += count;
  return at.bytes.subarray(at.position - count, at.position);
}

function readInteger(at: Cursor, width: number): bigint {
  const unsigned = take(at, width).reduce((sum, byte) => sum * 256n + BigInt(byte), 0n);
  return BigInt.asIntN(width * 8, unsigned);
}

function readUvarint(at: Cursor): number {
  const byte = take(at, 1)[0]!;
  return byte < 128 ? byte : byte - 128 + 128 * readUvarint(at);
}
