import { once } from 'node:events';
import { connect, createServer } from 'node:net';
import type { AddressInfo, Server, Socket } from 'node:net';

const PRODUCE = 0;

/** What happens to a request on its way. */
export type Fault =
  | 'none'
  /** The broker gets it and answers; the connection breaks before the answer has passed. */
  | 'lose answer'
  /** Half of it gets through, then the connection breaks. */
  | 'cut request';

/** A TCP proxy in front of a broker that breaks connections around Produce requests, or those of other APIs. */
export class FaultyProxy {
  /** Decides by the number of the request of these APIs, from 1 on. */
  fault: (request: number) => Fault = () => 'none';
  /** Keys of the APIs whose requests are counted and may be broken. */
  apis: readonly number[] = [PRODUCE];
  produced = 0;
  lostAnswers = 0;
  cutRequests = 0;
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  #brokerPort = 0;

  private constructor(server: Server) {
    this.#server = server;
  }

  static async listen(): Promise<FaultyProxy> {
    const server = createServer();
    const proxy = new FaultyProxy(server);
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
    const lost = new Set<number>();
    client.on(
      'data',
      frames((frame) => {
        // Length, then API key, version and correlation id.
        const fault = this.apis.includes(frame.readInt16BE(4)) ? this.fault(++this.produced) : 'none';
        if (fault === 'lose answer') lost.add(frame.readInt32BE(8));
        if (fault !== 'cut request') {
          broker.write(frame);
          return;
        }
        this.cutRequests++;
        broker.write(frame.subarray(0, frame.length >> 1), breakOff);
      }),
    );
    broker.on(
      'data',
      frames((frame) => {
        if (!lost.has(frame.readInt32BE(4))) {
          client.write(frame);
          return;
        }
        this.lostAnswers++;
        breakOff();
      }),
    );
  }
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
