import type { Socket } from 'node:net';
import ConnectionPool from 'kafkajs/src/network/connectionPool';

/** Versions of an API that a broker speaks, inclusive. */
export interface VersionRange {
  readonly minVersion: number;
  readonly maxVersion: number;
}

export interface TransportOptions {
  readonly host: string;
  readonly port: number;
  readonly clientId: string;
  /** kafkajs' sasl object. It is changed by kafkajs: give a fresh one. */
  readonly sasl: object | undefined;
  /** Longest wait for one TCP and TLS handshake in ms. */
  readonly connectTimeoutMs: number;
  /** Opens a socket; calls onConnect when TCP, and TLS where it is used, stands. */
  readonly openSocket: (onConnect: () => void) => Socket;
}

/** One request as bytes. */
export interface RawRequest {
  readonly name: string;
  readonly key: number;
  readonly version: number;
  /** What follows the client id in the message, in pieces. Not to be changed before there is an answer. */
  readonly payload: readonly Uint8Array[];
  /** False for requests that Kafka never answers. */
  readonly answered: boolean;
}

/** kafkajs writes what it does to its log before it throws the same as an error: once is enough. */
const silent = { namespace: () => silent, debug() {}, info() {}, warn() {}, error() {} };

/** SaslAuthenticate: since Kafka 1.0, SASL travels in requests of its own (KIP-152). */
const saslAuthenticateKey = 36;

/** kafkajs keeps the second socket for Fetch. */
const fetchKey = 1;

/** What goes before the login and in it: ApiVersions, SaslHandshake, SaslAuthenticate. */
const unauthenticatedKeys: readonly number[] = [18, 17, saslAuthenticateKey];

/** Size, API, version, correlation id and length of the client id. */
const headerBytes = 14;

/** A pool in which two first calls at once share one connection; kafkajs' own opens two sockets and leaks one. */
class SharingPool extends ConnectionPool {
  readonly #connecting = new Map<number, Promise<unknown>>();

  override async getConnection(index = 0): Promise<ConnectionPool['pool'][number]> {
    const connection = this.pool[index]!;
    if (connection.isConnected()) return connection;
    let connecting = this.#connecting.get(index);
    if (!connecting) {
      connecting = connection.connect().finally(() => this.#connecting.delete(index));
      this.#connecting.set(index, connecting);
    }
    await connecting;
    return connection;
  }
}

/**
 * The sockets to one broker: one for Fetch, which may be parked there, and one for all the rest. The only place that
 * touches kafkajs' private parts: its connection pool with TLS, SASL and re-authentication, but none of its messages,
 * metadata or retries. Pinned to kafkajs 2.2.4; test/unit/kafka/internals.test.ts guards what is assumed here.
 */
export class Transport {
  readonly #pool: SharingPool;
  readonly #clientId: Buffer;
  #closed: Error | undefined;

  constructor(options: TransportOptions) {
    this.#clientId = Buffer.from(options.clientId);
    this.#pool = new SharingPool({
      host: options.host,
      port: options.port,
      clientId: options.clientId,
      ssl: undefined,
      sasl: options.sasl,
      connectionTimeout: options.connectTimeoutMs,
      // Our callers have deadlines of their own; kafkajs would look at its own ten times a second per socket.
      requestTimeout: options.connectTimeoutMs,
      enforceRequestTimeout: false,
      logger: silent,
      socketFactory: ({ onConnect }) => options.openSocket(onConnect),
    });
    for (const connection of this.#pool.pool) stopIdleTimer(connection.requestQueue);
  }

  /** Whether the socket for everything but Fetch stands. */
  get isConnected(): boolean {
    return this.#pool.pool[0]!.isConnected();
  }

  /** Opens the first socket: TCP and TLS, no Kafka yet. */
  async connect(): Promise<void> {
    this.#throwIfClosed();
    await this.#pool.getConnection(0);
  }

  /** Does SASL on the first socket, where it is configured; the second does it before its first request. */
  async authenticate(versions: ReadonlyMap<number, VersionRange>): Promise<void> {
    this.#throwIfClosed();
    this.#pool.setVersions(Object.fromEntries(versions));
    this.#pool.setSupportAuthenticationProtocol(versions.has(saslAuthenticateKey));
    const connection = await this.#pool.getConnection(0);
    await connection.authenticate();
  }

  /**
   * Sends a request and gives the answer's bytes behind the correlation id. Where none is expected, nothing, as soon as
   * the system has taken the request: else who sends faster than the network would fill the memory. kafkajs' own way to do
   * this copies the request three times.
   */
  async send(request: RawRequest): Promise<Buffer | undefined> {
    this.#throwIfClosed();
    const { key, name, version, answered } = request;
    const connection = await this.#pool.getConnection(socketOf(key));
    if (!connection.isAuthenticated() && !unauthenticatedKeys.includes(key)) await connection.authenticate();
    connection.failIfNotConnected();
    const correlationId = connection.nextCorrelationId();
    const header = requestHeader(request, correlationId, this.#clientId);
    let written: Promise<void> | undefined;
    const { payload } = await new Promise<{ payload: Buffer | null }>((resolve, reject) =>
      connection.requestQueue.push({
        entry: { apiKey: key, apiName: name, apiVersion: version, correlationId, resolve, reject },
        expectResponse: answered,
        requestTimeout: null,
        sendRequest: () => {
          written = writeAll(connection.socket!, header, request.payload, !answered);
        },
      }),
    );
    await written;
    return payload ?? undefined;
  }

  /** Ends the socket that an API uses and fails what waits there for an answer. The next call connects anew. */
  drop(key: number, reason: Error): void {
    this.#end(this.#pool.pool[socketOf(key)]!, reason);
  }

  /** Ends both sockets for good. */
  close(reason: Error): void {
    this.#closed = reason;
    for (const connection of this.#pool.pool) this.#end(connection, reason);
  }

  #end(connection: ConnectionPool['pool'][number], reason: Error): void {
    connection.rejectRequests(reason);
    // With an error, since only that tells kafkajs to stop its connect timer.
    connection.socket?.destroy(reason);
  }

  #throwIfClosed(): void {
    if (this.#closed) throw this.#closed;
  }
}

function socketOf(key: number): 0 | 1 {
  return key === fetchKey ? 1 : 0;
}

/** Request header 1 with the size of the whole message in front. https://kafka.apache.org/protocol.html#protocol_messages */
function requestHeader(
  { key, version, payload }: RawRequest,
  correlationId: number,
  clientId: Buffer,
): Buffer {
  const header = Buffer.allocUnsafe(headerBytes + clientId.length);
  const size = payload.reduce((sum, piece) => sum + piece.length, header.length - 4);
  header.writeInt32BE(size, 0);
  header.writeInt16BE(key, 4);
  header.writeInt16BE(version, 6);
  header.writeInt32BE(correlationId, 8);
  header.writeInt16BE(clientId.length, 12);
  header.set(clientId, headerBytes);
  return header;
}

/** As one system call where the pieces are many. Gives a promise for its end where that is asked for. */
function writeAll(
  socket: Socket,
  header: Buffer,
  payload: readonly Uint8Array[],
  withEnd: boolean,
): Promise<void> | undefined {
  socket.cork();
  socket.write(header);
  for (const piece of payload) socket.write(piece);
  const end = withEnd ? flushed(socket) : undefined;
  socket.uncork();
  return end;
}

/** Resolves when all that was written so far has left, in the order of the writes; rejects where the socket ends before. */
function flushed(socket: Socket): Promise<void> {
  const end = new Promise<void>((resolve, reject) =>
    socket.write(new Uint8Array(0), (error) => {
      // Node tells of no error where the socket was destroyed while the system was writing.
      if (error || socket.destroyed) reject(error ?? socket.errored ?? new Error('Closed connection'));
      else resolve();
    }),
  );
  // Nobody may wait for it yet.
  end.catch(() => {});
  return end;
}

/** kafkajs 2.2.4 wakes up each millisecond for every open socket, with nothing to send (tulios/kafkajs#1704). */
function stopIdleTimer(queue: ConnectionPool['pool'][number]['requestQueue']): void {
  const schedule = queue.scheduleCheckPendingRequests.bind(queue);
  queue.scheduleCheckPendingRequests = () => {
    if (queue.pending.length > 0 || queue.throttledUntil > Date.now()) schedule();
  };
}
