/** Topics, partitions and tagged fields of one Produce request together; a client has one entry per partition. */
export const MAX_PRODUCE_ENTRIES = 100_000;

const MAX_VERSION = 13;
const FLEXIBLE = 9; // the first version with compact fields and tags
const TOPIC_IDS = 13; // the first version that names topics by id
const TRANSACTIONAL = 3; // the first version with a transactional id

const HEADER_BEFORE_CLIENT_ID = 12; // size field, API key, version, correlation id
const UUID_BYTES = 16;

class Malformed extends Error {}

/** Walks over the fields of a Produce frame, and keeps nothing of them. */
class Walker {
  private at = HEADER_BEFORE_CLIENT_ID;
  private entries = 0;

  private readonly frame: Buffer;

  constructor(frame: Buffer) {
    this.frame = frame;
  }

  skip(bytes: number): void {
    if (bytes < 0 || bytes > this.frame.length - this.at) throw new Malformed('a field ends behind its end');
    this.at += bytes;
  }

  int(bytes: 2 | 4): number {
    this.skip(bytes);
    return this.frame.readIntBE(this.at - bytes, bytes);
  }

  varint(): number {
    let value = 0;
    for (let shift = 0; shift < 35; shift += 7) {
      this.skip(1);
      const byte = this.frame.readUInt8(this.at - 1);
      value += (byte & 0x7f) * 2 ** shift;
      if (byte < 0x80) return value;
    }
    throw new Malformed('a number does not end');
  }

  /** Skips a string or bytes; null is fine. `sizeBytes` is the size of the length before it, if not compact. */
  bytes(compact: boolean, sizeBytes: 2 | 4): void {
    this.skip(Math.max(0, compact ? this.varint() - 1 : this.int(sizeBytes)));
  }

  /** Runs `each` for every element of an array. */
  array(compact: boolean, each: () => void): void {
    this.repeat(compact ? this.varint() - 1 : this.int(4), each);
  }

  tags(): void {
    this.repeat(this.varint(), () => {
      this.varint();
      this.skip(this.varint());
    });
  }

  private repeat(count: number, each: () => void): void {
    this.entries += Math.max(0, count);
    if (this.entries > MAX_PRODUCE_ENTRIES) {
      throw new Malformed(`more than ${MAX_PRODUCE_ENTRIES} topics, partitions and tagged fields`);
    }
    for (let i = 0; i < count; i++) each();
  }
}

/**
 * Says what is wrong with a Produce request (size field included), or undefined if its arrays are what they
 * claim. The broker makes room for an array before it reads it, 64 bytes and more per claimed element.
 */
export function produceFault(frame: Buffer): string | undefined {
  const version = frame.readInt16BE(6);
  if (version < 0 || version > MAX_VERSION) return `a Produce request of version ${version}`;
  try {
    walk(new Walker(frame), version);
    return undefined;
  } catch (error) {
    if (error instanceof Malformed) return `a malformed Produce request: ${error.message}`;
    throw error;
  }
}

/** The message formats are those of ProduceRequest.json and RequestHeader.json in Apache Kafka 4.3. */
function walk(walker: Walker, version: number): void {
  const compact = version >= FLEXIBLE;
  const endOfStruct = (): void => {
    if (compact) walker.tags();
  };
  walker.bytes(false, 2); // client id
  endOfStruct();
  if (version >= TRANSACTIONAL) walker.bytes(compact, 2);
  walker.skip(6); // acks, timeout
  walker.array(compact, () => {
    if (version >= TOPIC_IDS) walker.skip(UUID_BYTES);
    else walker.bytes(compact, 2);
    walker.array(compact, () => {
      walker.skip(4); // partition
      walker.bytes(compact, 4); // records
      endOfStruct();
    });
    endOfStruct();
  });
  endOfStruct();
}
