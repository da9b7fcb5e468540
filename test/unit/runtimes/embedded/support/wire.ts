import { connect } from 'node:net';

/** Writes the fields of a Kafka request by hand, for what kafkajs can't or won't send. Not for flexible versions. */
export class Writer {
  private readonly parts: Buffer[] = [];

  int(bytes: 1 | 2 | 4 | 8, value: number): this {
    const buffer = Buffer.alloc(bytes);
    if (bytes === 8) buffer.writeBigInt64BE(BigInt(value));
    else buffer.writeIntBE(value, 0, bytes);
    this.parts.push(buffer);
    return this;
  }

  string(value: string | null): this {
    if (value === null) return this.int(2, -1);
    const bytes = Buffer.from(value);
    return this.int(2, bytes.length).bytes(bytes);
  }

  /** Bytes as they are, without their length. */
  bytes(bytes: Buffer): this {
    this.parts.push(bytes);
    return this;
  }

  array<T>(items: readonly T[], write: (item: T) => void): this {
    this.int(4, items.length);
    for (const item of items) write(item);
    return this;
  }

  done(): Buffer {
    return Buffer.concat(this.parts);
  }
}

/** Reads the fields of a response. */
export class Reader {
  private readonly bytes: Buffer;
  private at = 0;

  constructor(bytes: Buffer) {
    this.bytes = bytes;
  }

  int(bytes: 1 | 2 | 4): number {
    const value = this.bytes.readIntBE(this.at, bytes);
    this.at += bytes;
    return value;
  }

  string(): string | null {
    const length = this.int(2);
    if (length < 0) return null;
    this.at += length;
    return this.bytes.toString('utf8', this.at - length, this.at);
  }

  array<T>(read: () => T): T[] {
    return Array.from({ length: this.int(4) }, read);
  }
}

/** One request frame, size field included, with a header of version 1. */
export function requestFrame(key: number, version: number, body: Buffer): Buffer {
  const rest = Buffer.concat([
    new Writer().int(2, key).int(2, version).int(4, 1).string('test').done(),
    body,
  ]);
  return Buffer.concat([new Writer().int(4, rest.length).done(), rest]);
}

/** Sends bytes on a new connection. Resolves with the body of the first response, or undefined if there was none. */
export function exchange(port: number, bytes: Buffer, deadlineMs = 10_000): Promise<Buffer | undefined> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1', () => socket.write(bytes));
    let got = Buffer.alloc(0);
    socket.setTimeout(deadlineMs, () => {
      socket.destroy();
      reject(new Error(`neither an answer nor an end within ${deadlineMs} ms`));
    });
    socket.on('error', () => undefined); // 'close' follows
    socket.on('data', (data) => {
      got = Buffer.concat([got, data]);
      if (got.length < 4 || got.length < 4 + got.readUInt32BE(0)) return;
      resolve(got.subarray(8, 4 + got.readUInt32BE(0)));
      socket.destroy();
    });
    socket.on('close', () => resolve(undefined));
  });
}

/** An error as the broker answered it. */
export interface Answer {
  readonly code: number;
  readonly message: string | null;
}

/** What a topic is to be created with. */
export interface NewTopic {
  readonly name: string;
  readonly partitions?: number;
  readonly replication?: number;
  readonly configs?: Readonly<Record<string, string | null>>;
}

/** CreateTopics version 4; one answer per topic. */
export async function createTopics(
  port: number,
  topics: readonly NewTopic[],
  validateOnly = false,
): Promise<Answer[]> {
  const writer = new Writer();
  writer
    .array(topics, ({ name, partitions = 1, replication = 1, configs = {} }) => {
      writer.string(name).int(4, partitions).int(2, replication).int(4, 0);
      writer.array(Object.entries(configs), ([key, value]) => writer.string(key).string(value));
    })
    .int(4, 5000)
    .int(1, validateOnly ? 1 : 0);
  const reader = await answer(port, 19, 4, writer.done());
  return reader.array(() => {
    reader.string();
    return { code: reader.int(2), message: reader.string() };
  });
}

/** The operations of IncrementalAlterConfigs. */
export const OP = { set: 0, delete: 1, append: 2, subtract: 3 } as const;

/** IncrementalAlterConfigs version 0 on one topic. */
export async function alterTopic(
  port: number,
  topic: string,
  ops: readonly (readonly [key: string, op: number, value: string | null])[],
  validateOnly = false,
): Promise<Answer> {
  const writer = new Writer().int(4, 1).int(1, 2).string(topic);
  writer.array(ops, ([key, op, value]) => writer.string(key).int(1, op).string(value));
  const reader = await answer(port, 44, 0, writer.int(1, validateOnly ? 1 : 0).done());
  return reader.array(() => {
    const result = { code: reader.int(2), message: reader.string() };
    reader.int(1);
    reader.string();
    return result;
  })[0]!;
}

/** CreatePartitions version 1 on one topic. */
export async function createPartitions(port: number, topic: string, count: number): Promise<Answer> {
  const writer = new Writer().int(4, 1).string(topic).int(4, count).int(4, -1).int(4, 5000).int(1, 1);
  const reader = await answer(port, 37, 1, writer.done());
  return reader.array(() => {
    reader.string();
    return { code: reader.int(2), message: reader.string() };
  })[0]!;
}

/** The API keys that the broker's ApiVersions (version 0) names. */
export async function apiKeys(port: number): Promise<number[]> {
  const body = await exchange(port, requestFrame(18, 0, Buffer.alloc(0)));
  if (body === undefined) throw new Error('no answer to ApiVersions');
  const reader = new Reader(body);
  reader.int(2);
  return reader.array(() => {
    const key = reader.int(2);
    reader.int(4);
    return key;
  });
}

/** Sends a request and reads past the throttle time of its answer. */
async function answer(port: number, key: number, version: number, body: Buffer): Promise<Reader> {
  const bytes = await exchange(port, requestFrame(key, version, body));
  if (bytes === undefined) throw new Error(`no answer to API key ${key}`);
  const reader = new Reader(bytes);
  reader.int(4);
  return reader;
}
