import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Disposable } from '../base/lifecycle';
import type { Logger } from '../base/logger';
import { KafkaManagerError, toManagerError } from '../contract/errors';
import type { Clock } from '../core/ports';
import type { ApiKey } from './apiKey';
import { readBody } from './bodyReader';
import { failureReply } from './failure';
import { allowedAuthorities, checkHost } from './hostCheck';
import { checkKey, isOpenPath, isPlainPath } from './keyCheck';
import { KeyFailures } from './keyFailures';
import type { ApiLimits } from './limits';
import { checkMediaType, hasBody } from './mediaType';
import { checkOrigin } from './originCheck';
import { logRequest, type RequestTrace } from './requestLog';
import { SECURITY_HEADERS } from './securityHeaders';

/** A request that the guard let through, with its body read. */
export interface GuardedRequest {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  /** Path without query. */
  readonly path: string;
  readonly body: Buffer;
  readonly trace: RequestTrace;
}

export interface GuardOptions {
  readonly key: ApiKey;
  readonly limits: ApiLimits;
  readonly logger: Logger;
  readonly clock: Clock;
  /** More authorities to answer to, for example that of a tunnel. */
  readonly authorities?: readonly string[];
  /** Whether a request shows in another way than by the key that it knows it. */
  readonly isTrusted?: (path: string, authorization: string | undefined) => boolean;
  /** What stands behind the guard. */
  readonly handler: (request: GuardedRequest) => void | Promise<void>;
}

/**
 * Stands before the web framework and refuses what must not come near it, in this order: Host, Origin, media type,
 * key, size (SECURITY S1, S2, S5, S9). Nothing that happens in here is thrown at the listener (S14).
 */
export class Guard implements Disposable {
  readonly #options: GuardOptions;
  readonly #failures: KeyFailures;
  readonly #running = new Set<ServerResponse>();
  readonly #revoked: Disposable;
  readonly #authorities: Set<string>;
  #port = 0;
  #allowed: ReadonlySet<string> = new Set();

  constructor(options: GuardOptions) {
    this.#options = options;
    this.#authorities = new Set(options.authorities);
    this.#failures = new KeyFailures(options.clock, options.limits.maxKeyFailures);
    this.#revoked = options.key.onDidRevoke(() => this.#endAll());
  }

  /** Says at which port it stands, once that is known. */
  setPort(port: number): void {
    this.#port = port;
    this.#allowed = allowedAuthorities(port, [...this.#authorities]);
  }

  /** Answers to one more authority from now on: the exact one under which a tunnel of the editor shows this server. */
  allow(authority: string): void {
    this.#authorities.add(authority);
    this.setPort(this.#port);
  }

  /** Ends every answer that has begun and is not done. */
  endStreams(): void {
    for (const response of this.#running) if (response.headersSent) response.destroy();
  }

  /**
   * Ends all that the former key was let in for, whether its answer has begun or not. Open paths are not among them.
   */
  #endAll(): void {
    for (const response of this.#running) response.destroy();
  }

  /** Listener of node:http's `request` and `checkContinue` events. */
  readonly handle = (request: IncomingMessage, response: ServerResponse): void => {
    const trace: RequestTrace = {
      id: randomUUID(),
      method: request.method ?? '',
      route: '-',
      keyId: '-',
      startedAt: performance.now(),
    };
    // A client that goes away is no error; without a listener it would be one of the whole process.
    request.on('error', () => {});
    response.on('error', () => {});
    response.on('close', () => {
      this.#running.delete(response);
      logRequest(this.#options.logger, trace, response.writableFinished ? response.statusCode : 'aborted');
    });
    for (const [name, value] of Object.entries(SECURITY_HEADERS)) response.setHeader(name, value);
    response.setHeader('X-Request-Id', trace.id);
    this.#pass(request, response, trace).catch((error: unknown) =>
      this.#refuse(request, response, trace, error),
    );
  };

  dispose(): void {
    this.#revoked.dispose();
    this.endStreams();
  }

  async #pass(request: IncomingMessage, response: ServerResponse, trace: RequestTrace): Promise<void> {
    const { key, limits, handler, isTrusted } = this.#options;
    checkHost(request, this.#allowed);
    checkOrigin(request);
    checkUpgrade(request);
    checkMediaType(request);
    const path = (request.url ?? '').split('?', 1)[0] ?? '';
    if (!isOpenPath(path)) {
      const { authorization } = request.headers;
      if (!isTrusted?.(path, authorization)) checkKey(request, key, this.#failures);
      trace.keyId = key.id;
      this.#running.add(response);
    }
    if (!isPlainPath(path)) throw new KafkaManagerError('NOT_FOUND');
    const body = hasBody(request) ? await readBody(request, response, limits.maxBodyBytes) : Buffer.alloc(0);
    await handler({ request, response, path, body, trace });
  }

  #refuse(request: IncomingMessage, response: ServerResponse, trace: RequestTrace, error: unknown): void {
    const known = toManagerError(error);
    if (known.code === 'INTERNAL_ERROR') {
      this.#options.logger.error(`request ${trace.id} failed`, known.cause ?? known);
    }
    if (response.headersSent || response.destroyed) {
      response.destroy();
      return;
    }
    const { status, headers, body } = failureReply(known, trace.id, this.#options.clock.now());
    const text = Buffer.from(request.method === 'HEAD' ? '' : JSON.stringify(body));
    const unread = hasBody(request) && !request.complete;
    response.writeHead(status, {
      ...headers,
      'Content-Type': 'application/json',
      'Content-Length': text.length,
      ...(unread && { Connection: 'close' }),
    });
    if (unread) drainThenEnd(request, response, text, this.#options.limits.lingerMs);
    else response.end(text);
  }
}

/**
 * Answers at once, and closes only when the client has stopped sending or `lingerMs` have gone: closing a socket with
 * unread bytes resets it, and the client would lose the answer.
 */
function drainThenEnd(
  request: IncomingMessage,
  response: ServerResponse,
  text: Buffer,
  lingerMs: number,
): void {
  response.write(text);
  const end = (): void => {
    clearTimeout(timer);
    response.end();
  };
  const timer = setTimeout(end, lingerMs);
  request.once('end', end).once('close', end);
  request.on('data', () => {}).resume();
}

/** No other protocol is spoken here. An offer of HTTP/2, which some clients always make, may be passed over. */
function checkUpgrade(request: IncomingMessage): void {
  const { upgrade } = request.headers;
  if (upgrade !== undefined && upgrade.toLowerCase() !== 'h2c') {
    throw new KafkaManagerError('MALFORMED_REQUEST', 'This server does not change protocols.', {
      remedy: 'Send the request without an Upgrade header.',
    });
  }
}
