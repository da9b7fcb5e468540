import { once } from 'node:events';
import { connect, createServer } from 'node:net';
import type { AddressInfo, Server, Socket } from 'node:net';
import { batchFields } from './storedBatch';

const FETCH = 1;
/** Of the Fetch answers that are understood here: from 12 on the format is flexible, from 13 on topics have ids. */
const VERSION = 13;

/** Makes another batch of one that a real broker sent, or gives it back. */
export type Damage = (partition: number, batch: Buffer) => Buffer;

/** A fake of a hostile broker: a real one behind a proxy that damages record batches in its Fetch answers. */
export class HostileBroker {
  damage: Damage = (_, batch) => batch;
  /** Fetch answers that went through. */
  answers = 0;
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  #brokerPort = 0;

  private constructor(server: Server) {
    this.#server = server;
  }

  static async listen(): Promise<HostileBroker> {
    const server = createServer();
    const proxy = new HostileBroker(server);
    server.on('connection', (client) => proxy.#accept(client));
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return proxy;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  set brokerPort(port: number) {
    this.#brokerPort = port;
  }

  async dispose(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    this.#server.close();
    await once(this.#server, 'close');
  }

  #accept(client: Socket): void {
    const broker = connect(this.#brokerPort, '127.0.0.1');
    for (const socket of [client, broker]) {
      this.#sockets.add(socket);
      const breakOff = (): void => {
        client.destroy();
        broker.destroy();
      };
      socket.on('error', breakOff);
      socket.on('close', () => {
        this.#sockets.delete(socket);
        breakOff();
      });
    }
    /** Correlation ids of Fetch requests under way. */
    const fetches = new Set<number>();
    client.on(
      'data',
      frames((frame) => {
        // Other readers use other versions, and get what the broker sends.
        if (frame.readInt16BE(4) === FETCH && frame.readInt16BE(6) === VERSION) {
          fetches.add(frame.readInt32BE(8));
        }
        broker.write(frame);
      }),
    );
    broker.on(
      'data',
      frames((frame) => {
        if (!fetches.delete(frame.readInt32BE(4))) {
          client.write(frame);
          return;
        }
        this.answers++;
        client.write(damaged(frame, this.damage));
      }),
    );
  }
}

/** A Fetch answer (version 13) with other record batches in it. */
function damaged(frame: Buffer, damage: Damage): Buffer {
  const out: Buffer[] = [];
  let copied = 0;
  // Length, correlation id, tags of the header, throttle time, error, session.
  let at = 4 + 4 + 1 + 4 + 2 + 4;
  const varint = (): number => {
    let value = 0;
    for (let shift = 0; ; shift += 7) {
      const byte = frame[at++]!;
      value |= (byte & 127) << shift;
      if (byte < 128) return value;
    }
  };
  const tags = (): void => {
    for (let left = varint(); left > 0; left--) {
      varint();
      const size = varint();
      at += size;
    }
  };
  for (let topics = varint() - 1; topics > 0; topics--) {
    // The id of the topic.
    at += 16;
    for (let partitions = varint() - 1; partitions > 0; partitions--) {
      const partition = frame.readInt32BE(at);
      // Partition, error, high watermark, last stable offset, log start.
      at += 4 + 2 + 8 + 8 + 8;
      const aborted = varint() - 1;
      for (let left = aborted; left > 0; left--) {
        at += 16;
        tags();
      }
      at += 4;
      const from = at;
      const size = varint() - 1;
      const records = frame.subarray(at, at + Math.max(0, size));
      at += records.length;
      if (records.length > 0) {
        const changed = inEach(records, (batch) => damage(partition, batch));
        out.push(frame.subarray(copied, from), varintOf(changed.length + 1), changed);
        copied = at;
      }
      tags();
    }
    tags();
  }
  const whole = Buffer.concat([...out, frame.subarray(copied)]);
  whole.writeInt32BE(whole.length - 4, 0);
  return whole;
}

/** The last batch of an answer may be cut off and stays as it is. */
function inEach(records: Buffer, change: (batch: Buffer) => Buffer): Buffer {
  const batches: Buffer[] = [];
  let at = 0;
  while (at + batchFields.records <= records.length) {
    const end = at + 12 + records.readInt32BE(at + batchFields.length);
    if (end > records.length) break;
    batches.push(change(Buffer.from(records.subarray(at, end))));
    at = end;
  }
  return Buffer.concat([...batches, records.subarray(at)]);
}

function varintOf(value: number): Buffer {
  const bytes: number[] = [];
  let rest = value;
  for (; rest > 127; rest >>>= 7) bytes.push((rest & 127) | 128);
  return Buffer.from([...bytes, rest]);
}

/** Cuts a stream of bytes into Kafka's messages, length included. */
function frames(onFrame: (frame: Buffer) => void): (chunk: Buffer) => void {
  let rest = Buffer.alloc(0);
  return (chunk) => {
    rest = Buffer.concat([rest, chunk]);
    while (rest.length >= 4 && rest.length >= 4 + rest.readInt32BE(0)) {
      const length = 4 + rest.readInt32BE(0);
      onFrame(rest.subarray(0, length));
      rest = rest.subarray(length);
    }
  };
}
