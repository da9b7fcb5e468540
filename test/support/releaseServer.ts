import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { createServer, request, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { connect, type AddressInfo, type Socket } from 'node:net';

/** How the server treats the next requests for the archive. */
export interface ReleaseBehaviour {
  ranges: boolean;
  /** Whether it tells the size of a body. */
  lengths: boolean;
  etag: string;
  /** Bytes of a body after which the connection is cut, for that many requests. */
  cuts: number[];
  /** Status of all answers, where not the usual one. */
  status: number | undefined;
  /** After this many bytes of a body nothing more comes. */
  stallAfter: number | undefined;
}

/** A request that arrived. */
export interface SeenRequest {
  readonly url: string;
  readonly range: string | undefined;
  readonly ifRange: string | undefined;
}

/** A mirror of Kafka's releases on loopback, with one archive and its checksum. */
export class ReleaseServer {
  readonly behaviour: ReleaseBehaviour = {
    ...{ ranges: true, lengths: true, etag: '"one"', cuts: [], status: undefined, stallAfter: undefined },
  };
  readonly seen: SeenRequest[] = [];
  /** Text of the checksum file; that of the archive where undefined. */
  checksum: string | undefined;
  readonly #server: Server;
  readonly #name: string;
  archive: Buffer;

  private constructor(name: string, archive: Buffer) {
    this.#name = name;
    this.archive = archive;
    this.#server = createServer((incoming, answer) => this.#answer(incoming, answer));
  }

  static async start(name: string, archive: Buffer): Promise<ReleaseServer> {
    const release = new ReleaseServer(name, archive);
    release.#server.listen(0, '127.0.0.1');
    await once(release.#server, 'listening');
    return release;
  }

  get base(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}/kafka/`;
  }

  /** Requests for the archive itself. */
  get downloads(): SeenRequest[] {
    return this.seen.filter(({ url }) => url.endsWith('.tgz'));
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    this.#server.close();
    await once(this.#server, 'close');
  }

  #answer(incoming: IncomingMessage, answer: ServerResponse): void {
    const { range } = incoming.headers;
    const ifRange = incoming.headers['if-range'] as string | undefined;
    this.seen.push({ url: incoming.url ?? '', range, ifRange });
    const { status, etag, ranges, lengths } = this.behaviour;
    if (status !== undefined) {
      answer.writeHead(status).end('no');
      return;
    }
    if (incoming.url?.endsWith('.sha512') === true) {
      const hash = createHash('sha512').update(this.archive).digest('hex').toUpperCase();
      answer.end(this.checksum ?? `${this.#name}: ${hash.match(/.{8}/g)!.join(' ')}\n`);
      return;
    }
    const from = ranges && ifRange === etag ? Number(/^bytes=(\d+)-$/.exec(range ?? '')?.[1] ?? 0) : 0;
    const body = this.archive.subarray(from);
    answer.writeHead(from > 0 ? 206 : 200, {
      ETag: etag,
      ...(lengths ? { 'Content-Length': body.length } : {}),
      ...(from > 0
        ? { 'Content-Range': `bytes ${from}-${this.archive.length - 1}/${this.archive.length}` }
        : {}),
    });
    const cut = this.behaviour.cuts.shift();
    if (cut !== undefined) answer.write(body.subarray(0, cut), () => answer.destroy());
    else if (this.behaviour.stallAfter !== undefined)
      answer.write(body.subarray(0, this.behaviour.stallAfter));
    else answer.end(body);
  }
}

/** A forward proxy on loopback: CONNECT, and requests in absolute form. Notes what it was asked for. */
export class ForwardProxy {
  readonly asked: string[] = [];
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();

  private constructor() {
    this.#server = createServer((incoming, answer) => {
      this.asked.push(`${incoming.method!} ${incoming.url!}`);
      const { 'proxy-authorization': authorization, ...headers } = incoming.headers;
      if (authorization !== undefined) this.asked.push(authorization);
      const onward = request(incoming.url!, { method: incoming.method!, headers }, (reply) => {
        answer.writeHead(reply.statusCode!, reply.headers);
        reply.pipe(answer);
      });
      onward.on('error', () => answer.destroy());
      onward.end();
    });
    this.#server.on('connect', (incoming: IncomingMessage, socket: Socket) => {
      this.asked.push(`CONNECT ${incoming.url!}`);
      const [host, port] = incoming.url!.split(':');
      const target = connect(Number(port), host === 'kafka.test' ? '127.0.0.1' : host!);
      for (const one of [socket, target]) {
        this.#sockets.add(one);
        one.on('error', () => {});
        one.once('close', () => {
          socket.destroy();
          target.destroy();
        });
      }
      target.once('connect', () => {
        socket.write('HTTP/1.1 200 Connection established\r\n\r\n');
        socket.pipe(target);
        target.pipe(socket);
      });
    });
  }

  static async start(): Promise<ForwardProxy> {
    const proxy = new ForwardProxy();
    proxy.#server.listen(0, '127.0.0.1');
    await once(proxy.#server, 'listening');
    return proxy;
  }

  get address(): string {
    return `127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    for (const socket of this.#sockets) socket.destroy();
    this.#server.close();
    await once(this.#server, 'close');
  }
}
