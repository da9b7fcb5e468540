import type { Server } from 'node:http';
import { getRequestListener } from '@hono/node-server';
import { delay } from '../base/async';
import { Emitter, type Event } from '../base/event';
import { type Disposable, DisposableStore } from '../base/lifecycle';
import type { Logger } from '../base/logger';
import { KafkaManagerError } from '../contract/errors';
import type { ApiKey } from './apiKey';
import { createApp } from './app';
import { Connections } from './connections';
import { holdFollower } from './followers';
import { Guard, type GuardedRequest } from './guard';
import { type ApiLimits, DEFAULT_LIMITS } from './limits';
import { FOLLOW_PATH, followerNonce, followPeer, isOurs, type Peer } from './peer';
import { bindPort } from './portBinding';
import type { ApiServices } from './services';

/** What this process does for the API, and where the API is. */
export interface ApiRole {
  /** serving: this process answers. following: another of ours does, and this one takes over when that ends. */
  readonly role: 'serving' | 'following';
  readonly port: number;
  /** Without a slash at its end; a literal address, so that no name is resolved. */
  readonly url: string;
  /** Ports before it that other programs have. */
  readonly taken: readonly number[];
}

export interface ApiServerOptions extends Omit<ApiServices, 'prove' | 'heartbeatMs'> {
  readonly key: ApiKey;
  /** Only processes of one scope follow each other; the terminal uses its cluster. */
  readonly scope?: string;
  /** First port to try, 8000 where left out; 0 lets the system choose. */
  readonly port?: number;
  /** Ports to try in all, upward from the first; 100 where left out. */
  readonly attempts?: number;
  readonly limits?: Partial<ApiLimits>;
  /** More authorities to answer to, for example that of a tunnel. */
  readonly authorities?: readonly string[];
}

/** How long running answers may still take when the server closes, in ms. */
const CLOSE_MS = 500;
/** Pause before the port is looked at again when the server that was followed has gone, in ms. */
const TAKEOVER_MS = 50;

/**
 * The REST API on 127.0.0.1 and ::1. Of several processes of one user, one serves and the others follow it.
 */
export class ApiServer implements Disposable {
  readonly #options: ApiServerOptions;
  readonly #limits: ApiLimits;
  readonly #logger: Logger;
  readonly #store = new DisposableStore();
  readonly #didChangeRole = this.#store.add(new Emitter<ApiRole>());
  readonly #connections: Connections;
  readonly #guard: Guard;
  readonly #closing = new AbortController();
  #servers: readonly Server[] = [];
  #role: ApiRole | undefined;
  #following: Promise<void> | undefined;

  constructor(options: ApiServerOptions) {
    this.#options = options;
    this.#limits = { ...DEFAULT_LIMITS, ...options.limits };
    this.#logger = options.logger.child('api');
    this.#connections = new Connections(this.#limits.maxConnections, options.clock);
    const app = createApp({
      ...options,
      logger: this.#logger,
      heartbeatMs: this.#limits.heartbeatMs,
      prove: (nonce) => this.#prove(nonce),
    });
    // Its own listener, and nothing global replaced: other extensions live in the same process.
    const bindings = new WeakMap<object, Pick<GuardedRequest, 'trace'>>();
    const listener = getRequestListener(
      (request, { incoming }) => app.fetch(request, { trace: bindings.get(incoming)?.trace }),
      { overrideGlobalObjects: false },
    );
    this.#guard = this.#store.add(
      new Guard({
        key: options.key,
        limits: this.#limits,
        logger: this.#logger,
        clock: options.clock,
        ...(options.authorities && { authorities: options.authorities }),
        isTrusted: (path, authorization) => this.#followerNonce(path, authorization) !== undefined,
        handler: (guarded) => {
          const nonce = this.#followerNonce(guarded.path, guarded.request.headers.authorization);
          if (nonce !== undefined) {
            holdFollower(guarded, this.#prove(nonce), this.#limits.heartbeatMs);
            return undefined;
          }
          bindings.set(guarded.request, guarded);
          return listener(Object.assign(guarded.request, { rawBody: guarded.body }), guarded.response);
        },
      }),
    );
  }

  /** Fires when this process begins to serve or to follow, also by taking over. */
  get onDidChangeRole(): Event<ApiRole> {
    return this.#didChangeRole.event;
  }

  /** undefined before listen() and after close(). */
  get role(): ApiRole | undefined {
    return this.#role;
  }

  /**
   * Serves at the first port that is free, or follows the process of ours that has it.
   * @throws KafkaManagerError PORT_IN_USE where all ports that were tried belong to others
   */
  async listen(): Promise<ApiRole> {
    const first = this.#options.port ?? 8000;
    const attempts = this.#options.attempts ?? 100;
    const taken: number[] = [];
    for (let i = 0; i < attempts && first + i <= 65_535; i++) {
      const port = first === 0 ? 0 : first + i;
      const bound = await bindPort(
        port,
        this.#limits,
        (server) => this.#prepare(server),
        (error) => this.#logger.error('a connection could not be accepted', error),
      );
      if ('servers' in bound) {
        if (this.#closing.signal.aborted) {
          for (const server of bound.servers) server.close();
          throw new KafkaManagerError('CANCELLED', 'The API was closed while it started.');
        }
        this.#servers = bound.servers;
        this.#guard.setPort(bound.port);
        return this.#change('serving', bound.port, taken);
      }
      const peer: Peer = { host: bound.takenOn, port: bound.port };
      await this.#options.key.refresh();
      if (await isOurs(peer, this.#options.key, this.#options.scope ?? '', this.#closing.signal)) {
        this.#following = this.#follow(peer);
        return this.#change('following', peer.port, taken);
      }
      taken.push(bound.port);
      this.#logger.warn(`port ${bound.port} is taken by another program on ${bound.takenOn}`);
    }
    throw new KafkaManagerError('PORT_IN_USE', `The API found no free port from ${first} on.`, {
      details: { taken: taken.slice(0, 20) },
    });
  }

  /** Answers to one more authority, for example that of a forwarded port (SECURITY S1). */
  allow(authority: string): void {
    this.#guard.allow(authority);
  }

  /** Ends all connections within a second. */
  async close(): Promise<void> {
    this.#closing.abort();
    this.#role = undefined;
    const closed = this.#servers.map(
      (server) => new Promise<void>((resolve) => server.close(() => resolve())),
    );
    this.#guard.endStreams();
    for (const server of this.#servers) server.closeIdleConnections();
    this.#servers = [];
    const timer = setTimeout(() => this.#connections.destroyAll(), CLOSE_MS);
    await Promise.all([...closed, this.#following]);
    clearTimeout(timer);
    this.#store.dispose();
  }

  dispose(): void {
    void this.close();
    this.#connections.destroyAll();
  }

  #prove(nonce: string): string {
    return this.#options.key.prove(nonce, this.#role?.port ?? 0, this.#options.scope);
  }

  #followerNonce(path: string, authorization: string | undefined): string | undefined {
    if (path !== FOLLOW_PATH) return undefined;
    const { key, scope = '' } = this.#options;
    return followerNonce(authorization, key, this.#role?.port ?? 0, scope);
  }

  #prepare(server: Server): void {
    this.#connections.watch(server);
    server.on('request', this.#guard.handle);
    // The guard sends "100 Continue" itself, once the body is welcome.
    server.on('checkContinue', this.#guard.handle);
    server.on('checkExpectation', this.#guard.handle);
  }

  #change(role: ApiRole['role'], port: number, taken: readonly number[]): ApiRole {
    const next: ApiRole = { role, port, url: `http://127.0.0.1:${port}`, taken };
    this.#role = next;
    this.#logger.info(`${role} at ${next.url}`);
    this.#didChangeRole.fire(next);
    return next;
  }

  /** Holds the connection; when it has ended, looks again at who has the port, until closed. */
  async #follow(peer: Peer): Promise<void> {
    const { signal } = this.#closing;
    await followPeer(peer, this.#options.key, this.#options.scope ?? '', signal);
    try {
      // All followers lose it at the same time: the first one to bind serves, the others follow that one.
      await delay(TAKEOVER_MS * (1 + Math.random()), signal);
      await this.listen();
    } catch (error) {
      if (!signal.aborted) this.#logger.error('the API could not be taken over', error);
    }
  }
}
