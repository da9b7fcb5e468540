import type { Socket } from 'node:net';
import path from 'node:path';
import { abortable, delay, withTimeout } from '../../base/async';
import { Emitter } from '../../base/event';
import type { Event } from '../../base/event';
import type { Disposable } from '../../base/lifecycle';
import { KafkaManagerError } from '../../contract/errors';
import { supervisorMessageSchema } from '../../contract/supervisor';
import type {
  BrokerLaunchPlan,
  SupervisedUsage,
  SupervisorAnswer,
  SupervisorFailure,
  SupervisorMessage,
  SupervisorRequest,
  SupervisorState,
} from '../../contract/supervisor';
import { supervisorProtocol } from '../../contract/supervisorProtocol';
import { connectEndpoint } from './endpoint';
import { readJsonLines, toJsonLine } from './jsonLines';
import { spawnSupervisor } from './spawnSupervisor';

/** ms that a supervisor has for its first message. */
const helloTimeoutMs = 10_000;
/** ms in which a supervisor that has closed its connection ends. */
const endTimeoutMs = 1_000;
/** A supervisor that ends just when we come is met at most a few times in a row. */
const maxAttempts = 10;

/** Another supervisor has the folder, or this one was just ending. */
class NotServed extends Error {
  override readonly name = 'NotServed';
  readonly isTaken: boolean;

  constructor(message: string, isTaken = false) {
    super(message);
    this.isTaken = isTaken;
  }
}

/** A request without its id. */
type Body = SupervisorRequest extends infer R ? (R extends unknown ? Omit<R, 'id'> : never) : never;

interface Waiting {
  readonly resolve: (answer: SupervisorAnswer) => void;
  readonly reject: (error: Error) => void;
}

/** Our connection to the supervisor of one profile's folder, and with it our part of the lease. */
export class SupervisorClient implements Disposable {
  readonly #socket: Socket;
  readonly #waiting = new Map<number, Waiting>();
  readonly #hello: Promise<void>;
  readonly #onState = new Emitter<SupervisorState>();
  readonly #onLog = new Emitter<readonly string[]>();
  readonly #onClose = new Emitter<undefined>();
  #state: SupervisorState = { state: 'idle' };
  #nextId = 1;
  #followers = 0;
  #settleHello: Waiting = { resolve: () => {}, reject: () => {} };

  /** Fires with every change of the broker's state. */
  readonly onDidChangeState = this.#onState.event;
  /** Fires with new lines while {@link followLogs} is on. */
  readonly onDidLog = this.#onLog.event;
  /** Fires once when the connection has ended, also by {@link dispose}. */
  readonly onDidClose = this.#onClose.event;

  private constructor(socket: Socket) {
    this.#socket = socket;
    this.#hello = new Promise<void>((resolve, reject) => {
      this.#settleHello = { resolve: () => resolve(), reject };
    });
    this.#hello.catch(() => {});
    socket.on('error', () => {});
    socket.once('end', () => socket.destroy());
    socket.once('close', () => this.#closed());
    readJsonLines(socket, (value) => this.#receive(value));
  }

  /**
   * Connects to the supervisor that runs for the folder; undefined where none does.
   * @throws KafkaManagerError TIMEOUT where it does not answer
   */
  static async attach(profileDir: string): Promise<SupervisorClient | undefined> {
    for (let attempt = 0; attempt < maxAttempts; attempt++) {
      const socket = await connectEndpoint(profileDir);
      if (!socket) return undefined;
      const client = new SupervisorClient(socket);
      try {
        await client.#greeted();
        return client;
      } catch (error) {
        client.dispose();
        if (!(error instanceof NotServed)) throw error;
      }
    }
    return undefined;
  }

  /**
   * A client whose broker listens: joins the one of the folder's supervisor, or spawns a supervisor that starts it by
   * the plan. The request goes out with the spawn, so that nothing waits for a round trip.
   * @param onSent called when the request is on its way: the broker's processes come up while the caller does other work
   * @throws KafkaManagerError what the start failed with; the reason of `signal` when aborted
   */
  static async ensure(
    profileDir: string,
    distDir: string,
    plan: BrokerLaunchPlan,
    signal?: AbortSignal,
    onSent?: () => void,
  ): Promise<SupervisorClient> {
    for (let attempt = 0; attempt < maxAttempts; attempt++) {
      signal?.throwIfAborted();
      const existing = await connectEndpoint(profileDir);
      const spawned = existing ? undefined : await spawnSupervisor(profileDir, distDir);
      const client = new SupervisorClient((existing ?? spawned?.socket)!);
      try {
        const started = client.#request({ type: 'start', plan });
        started.catch(() => {});
        onSent?.();
        await abortable(client.#greeted(), signal);
        await abortable(started, signal);
        return client;
      } catch (error) {
        if (signal?.aborted) await client.release();
        client.dispose();
        if (!(error instanceof NotServed)) throw error;
        // One that we meet may be just ending; our own ends without a word only when something is wrong with it.
        if (spawned && !error.isTaken) {
          // The timer keeps this process alive, which the child does not.
          const how = await Promise.race([
            spawned.ended,
            delay(endTimeoutMs).then(() => 'it closed its connection'),
          ]);
          throw notUp(profileDir, how, error);
        }
      }
    }
    throw notUp(profileDir, `${maxAttempts} times in a row`, undefined);
  }

  get state(): SupervisorState {
    return this.#state;
  }

  /** Whether the supervisor can still be asked. */
  get isConnected(): boolean {
    return !this.#socket.destroyed;
  }

  /** Resolves when the broker neither starts nor stops, or the connection has ended. */
  async settled(): Promise<void> {
    while (['starting', 'stopping'].includes(this.#state.state) && !this.#socket.destroyed) {
      await new Promise<void>((resolve) => {
        const subscriptions = [this.onDidChangeState, this.onDidClose].map((event: Event<unknown>) =>
          event(() => {
            subscriptions.forEach((subscription) => subscription.dispose());
            resolve();
          }),
        );
      });
    }
  }

  async usage(): Promise<SupervisedUsage | undefined> {
    return (await this.#request({ type: 'usage' })).usage;
  }

  /** The newest lines of the log; later ones come by {@link onDidLog} until {@link unfollowLogs} was called as often. */
  async followLogs(): Promise<readonly string[]> {
    this.#followers++;
    return (await this.#request({ type: 'logs', follow: true })).lines ?? [];
  }

  unfollowLogs(): void {
    this.#followers--;
    if (this.#followers === 0) this.#request({ type: 'logs', follow: false }).catch(() => {});
  }

  /** Stops the broker for everybody; resolves when it has ended. */
  async stop(): Promise<void> {
    await this.#request({ type: 'stop' });
  }

  /** Leaves; resolves when the broker has ended where this was the last client. The connection is of no use then. */
  async release(): Promise<void> {
    // A supervisor that has ended meanwhile has done what was asked for.
    await this.#request({ type: 'release' }).catch(() => {});
    this.dispose();
  }

  /** Closes the connection without a word: the grace time begins where this was the last client. */
  dispose(): void {
    this.#socket.destroy();
  }

  #request(body: Body): Promise<SupervisorAnswer> {
    const id = this.#nextId++;
    return new Promise((resolve, reject) => {
      if (this.#socket.destroyed) {
        reject(new NotServed('the connection has ended'));
        return;
      }
      this.#waiting.set(id, { resolve, reject });
      this.#socket.write(toJsonLine({ id, ...body }));
    });
  }

  #greeted(): Promise<void> {
    return withTimeout(
      this.#hello,
      helloTimeoutMs,
      () =>
        new KafkaManagerError('TIMEOUT', 'The supervisor of this cluster does not answer.', {
          remedy: 'End the process "supervisor.js" of this cluster, then start it again.',
        }),
    );
  }

  #receive(value: unknown): void {
    const parsed = supervisorMessageSchema.safeParse(value);
    if (!parsed.success) {
      this.#fail(new KafkaManagerError('INTERNAL_ERROR', 'The supervisor sent an unknown message.'));
      return;
    }
    this.#handle(parsed.data);
  }

  #handle(message: SupervisorMessage): void {
    switch (message.type) {
      case 'hello':
        if (message.protocol !== supervisorProtocol) {
          this.#fail(
            new KafkaManagerError(
              'CLUSTER_START_FAILED',
              'The broker of this cluster was started by another version of Local Kafka Manager.',
              { remedy: `Close the other windows, or end process ${message.pid}; then start it again.` },
            ),
          );
          return;
        }
        this.#state = message.state;
        this.#settleHello.resolve({});
        break;
      case 'taken':
        this.#fail(new NotServed('another supervisor has the folder', true));
        break;
      case 'fatal':
        this.#fail(toError(message.error));
        break;
      case 'state':
        this.#state = message.state;
        this.#onState.fire(message.state);
        break;
      case 'log':
        this.#onLog.fire(message.lines);
        break;
      case 'reply': {
        const waiting = this.#waiting.get(message.id);
        this.#waiting.delete(message.id);
        if ('error' in message) waiting?.reject(toError(message.error));
        else waiting?.resolve(message.answer);
        break;
      }
    }
  }

  #fail(error: Error): void {
    this.#settleHello.reject(error);
    for (const waiting of this.#waiting.values()) waiting.reject(error);
    this.#waiting.clear();
    this.#socket.destroy();
  }

  #closed(): void {
    this.#fail(new NotServed('the supervisor has closed the connection'));
    this.#onClose.fire(undefined);
    for (const emitter of [this.#onState, this.#onLog, this.#onClose]) emitter.dispose();
  }
}

function notUp(profileDir: string, how: string, cause: unknown): KafkaManagerError {
  return new KafkaManagerError(
    'CLUSTER_START_FAILED',
    `The supervisor of the broker did not stay up: ${how}.`,
    {
      remedy: `See ${path.join(profileDir, 'supervisor.log')} for why.`,
      cause,
    },
  );
}

function toError(failure: SupervisorFailure): KafkaManagerError {
  const { code, message, lastLog } = failure;
  return new KafkaManagerError(code, message, lastLog ? { details: { last_log: lastLog } } : {});
}
