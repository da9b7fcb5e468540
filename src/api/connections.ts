import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import type { Socket } from 'node:net';
import { KafkaManagerError } from '../contract/errors';
import type { Clock } from '../core/ports';
import { failureReply } from './failure';
import { SECURITY_HEADERS } from './securityHeaders';
import { randomUUID } from 'node:crypto';

/** A request and what it is answered with. */
interface Exchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
}

/** Connections of all addresses together: counted, answered where no request could be read, and ended at the end. */
export class Connections {
  readonly #sockets = new Set<Socket>();
  readonly #answering = new WeakMap<Duplex, Set<Exchange>>();
  readonly #max: number;
  readonly #clock: Clock;

  /** @param max connections at the same time; further ones are closed at once */
  constructor(max: number, clock: Clock) {
    this.#max = max;
    this.#clock = clock;
  }

  /** Watches a server's connections. */
  watch(server: Server): void {
    server.on('connection', (socket: Socket) => {
      if (this.#sockets.size >= this.#max) {
        socket.destroy();
        return;
      }
      this.#sockets.add(socket);
      socket.on('close', () => this.#sockets.delete(socket));
    });
    const note = (request: IncomingMessage, response: ServerResponse): void => this.#note(request, response);
    server.on('request', note).on('checkContinue', note).on('checkExpectation', note);
    server.on('clientError', (error: NodeJS.ErrnoException, socket: Duplex) => this.#answer(error, socket));
    // Tunnels are for proxies.
    server.on('connect', (_request, socket: Duplex) => socket.destroy());
  }

  /** Closes all of them, also in the middle of an answer. */
  destroyAll(): void {
    for (const socket of this.#sockets) socket.destroy();
  }

  #note(request: IncomingMessage, response: ServerResponse): void {
    const exchange: Exchange = { request, response };
    const exchanges = this.#answering.get(request.socket) ?? new Set();
    this.#answering.set(request.socket, exchanges.add(exchange));
    response.on('close', () => exchanges.delete(exchange));
  }

  /** Whether an answer that belongs to an earlier request has begun or is still to come. */
  #isAnswering(socket: Duplex): boolean {
    const exchanges = [...(this.#answering.get(socket) ?? [])];
    // The request that is only half read is the very one that failed.
    return exchanges.some(({ request, response }) => response.headersSent || request.complete);
  }

  /**
   * node:http could not read a request: the failure is said in the form of all others, and the connection closed. In the
   * middle of another answer it would be taken for a part of that, so the connection is only closed there.
   */
  #answer(error: NodeJS.ErrnoException, socket: Duplex): void {
    if (!socket.writable || error.code === 'ECONNRESET' || this.#isAnswering(socket)) {
      socket.destroy();
      return;
    }
    const { status, body } = failureReply(toFailure(error), randomUUID(), this.#clock.now());
    const text = JSON.stringify(body);
    const headers = Object.entries({
      ...SECURITY_HEADERS,
      'Content-Type': 'application/json',
      'Content-Length': Buffer.byteLength(text),
      Connection: 'close',
    });
    const head = headers.map(([name, value]) => `${name}: ${value}\r\n`).join('');
    socket.end(`HTTP/1.1 ${status} ${REASONS[status] ?? 'Error'}\r\n${head}\r\n${text}`);
  }
}

const REASONS: Readonly<Record<number, string>> = {
  400: 'Bad Request',
  408: 'Request Timeout',
  431: 'Request Header Fields Too Large',
};

function toFailure(cause: NodeJS.ErrnoException): KafkaManagerError {
  if (cause.code === 'ERR_HTTP_REQUEST_TIMEOUT') return new KafkaManagerError('REQUEST_TIMEOUT');
  if (cause.code === 'HPE_HEADER_OVERFLOW') return new KafkaManagerError('HEADERS_TOO_LARGE');
  return new KafkaManagerError('MALFORMED_REQUEST', 'This is no HTTP/1.1 request.', {
    remedy: 'Send plain HTTP/1.1, without TLS.',
  });
}
