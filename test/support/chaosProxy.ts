import { once } from 'node:events';
import { connect, createServer } from 'node:net';
import type { AddressInfo, Server, Socket } from 'node:net';
import { messages } from './messages';

const PRODUCE = 0;
const METADATA = 3;
const HOST = Buffer.from('127.0.0.1');

/** What goes wrong with a request. */
export const CHAOS = ['lose answer', 'cut before', 'cut inside', 'cut behind', 'swallow answer'] as const;

/**
 * The broker gets it and the connection breaks instead of its answer; the connection breaks before it, inside of it, or
 * just behind it, whether the broker has read it or not; its answer never comes, on a connection that stays.
 */
export type Chaos = (typeof CHAOS)[number];

/**
 * A TCP proxy in front of one broker that breaks and delays at random, the same for the same seed and requests. It gives
 * its own port for the broker's in Metadata, so that no client finds a way round it.
 */
export class ChaosProxy {
  /** Chances by which requests are broken; all calm where it is empty. */
  chances: Partial<Record<Chaos, number>> = {};
  /** Longest delay of a message in ms, either direction. */
  maxDelayMs = 0;
  /** How often each thing went wrong. */
  readonly counts = new Map<Chaos, number>();
  /** Most swallowed answers: each costs the client all of its patience. */
  maxSwallowed = 1;
  readonly #random: () => number;
  readonly #brokerPort: number;
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();

  private constructor(server: Server, brokerPort: number, seed: number) {
    this.#server = server;
    this.#brokerPort = brokerPort;
    this.#random = mulberry32(seed);
  }

  static async listen(brokerPort: number, seed: number): Promise<ChaosProxy> {
    const server = createServer();
    const proxy = new ChaosProxy(server, brokerPort, seed);
    server.on('connection', (client) => proxy.#accept(client));
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return proxy;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  async dispose(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    this.#server.close();
    await once(this.#server, 'close');
  }

  #accept(client: Socket): void {
    const broker = connect(this.#brokerPort, '127.0.0.1');
    const breakOff = (): void => {
      client.destroy();
      broker.destroy();
    };
    for (const socket of [client, broker]) {
      this.#sockets.add(socket);
      socket.on('error', breakOff);
      socket.on('close', () => {
        this.#sockets.delete(socket);
        breakOff();
      });
    }
    /** Correlation ids whose answers are not to pass, or are those of Metadata. */
    const asked = new Map<number, Chaos | 'metadata'>();
    const toBroker = this.#delayed((frame) => {
      const chaos = this.#choose(frame.readInt16BE(4));
      if (chaos) this.counts.set(chaos, (this.counts.get(chaos) ?? 0) + 1);
      else if (frame.readInt16BE(4) === METADATA) asked.set(frame.readInt32BE(8), 'metadata');
      if (chaos === 'cut before') breakOff();
      else if (chaos === 'cut inside') broker.write(frame.subarray(0, frame.length >> 1), breakOff);
      else if (chaos === 'cut behind') broker.write(frame, breakOff);
      else {
        if (chaos) asked.set(frame.readInt32BE(8), chaos);
        broker.write(frame);
      }
    });
    const toClient = this.#delayed((frame) => {
      const about = asked.get(frame.readInt32BE(4));
      asked.delete(frame.readInt32BE(4));
      if (about === 'metadata') this.#redirect(frame);
      if (about === 'lose answer') breakOff();
      else if (about !== 'swallow answer') client.write(frame);
    });
    client.on('data', messages(toBroker));
    broker.on('data', messages(toClient));
  }

  #choose(api: number): Chaos | undefined {
    let at = this.#random();
    for (const chaos of CHAOS) {
      // Questions break too, though less often: they are what leads the way back.
      const chance = (this.chances[chaos] ?? 0) * (api === PRODUCE ? 1 : 0.3);
      if (at < chance) {
        const isTooMany = chaos === 'swallow answer' && (this.counts.get(chaos) ?? 0) >= this.maxSwallowed;
        return isTooMany ? undefined : chaos;
      }
      at -= chance;
    }
    return undefined;
  }

  /** Hands messages on later, in their order. */
  #delayed(handOn: (frame: Buffer) => void): (frame: Buffer) => void {
    let last = Promise.resolve();
    return (frame) => {
      const ms = this.#random() < 0.3 ? this.#random() * this.maxDelayMs : 0;
      if (ms === 0) last = last.then(() => handOn(frame));
      else
        last = last.then(() => new Promise((resolve) => setTimeout(resolve, ms))).then(() => handOn(frame));
    };
  }

  /** Puts our port in the place of the broker's. */
  #redirect(frame: Buffer): void {
    for (let at = frame.indexOf(HOST); at >= 0; at = frame.indexOf(HOST, at + 1)) {
      const port = at + HOST.length;
      if (frame.readInt32BE(port) === this.#brokerPort) frame.writeInt32BE(this.port, port);
    }
  }
}

/** Small random numbers in [0, 1) that a seed determines. */
export function mulberry32(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t = (t + Math.imul(t ^ (t >>> 7), t | 61)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 0x1_0000_0000;
  };
}
