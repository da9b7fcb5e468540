import { Sequencer } from '../base/async';
import { Emitter, type Event } from '../base/event';
import { type Disposable, DisposableStore } from '../base/lifecycle';
import { KafkaManagerError, toManagerError } from '../contract/errors';
import { type BrokerStartOptions, joinBroker, type ReadyBroker, startBroker } from './brokerStart';
import {
  type ClusterState,
  type ClusterStatus,
  exitSentence,
  lastLogOf,
  type Why,
  whyOf,
} from './clusterStatus';
import type { BrokerExit, KafkaGateway, RunningBroker, StartProgress } from './ports';
import type { ClusterProfile } from './profile';

export interface ClusterSessionOptions extends BrokerStartOptions {
  readonly profile: ClusterProfile;
}

/** A broker that answers sooner is joined without a word, in ms. */
const SHOW_JOINING_MS = 200;

/** A broker that is held, with the connection to it. */
interface Live extends ReadyBroker {
  readonly store: DisposableStore;
}

/** A start that is under way or waits for its turn. */
interface RunningStart {
  readonly done: Promise<ClusterStatus>;
  readonly cancel: AbortController;
}

/** One cluster of one profile: its state machine, its broker and the connection to it. */
export class ClusterSession implements Disposable {
  readonly #options: ClusterSessionOptions;
  #profile: ClusterProfile;
  readonly #store = new DisposableStore();
  readonly #didChange = this.#store.add(new Emitter<ClusterStatus>());
  readonly #didProgress = this.#store.add(new Emitter<StartProgress>());
  #state: ClusterState = 'stopped';
  #why: Why = {};
  #live: Live | undefined;
  #start: RunningStart | undefined;
  /** Ends the waiting for a broker that is just being joined. */
  #joining: AbortController | undefined;
  #isDisposed = false;
  /** One transition at a time, in the order in which they were asked for. */
  readonly #transitions = new Sequencer();

  constructor(options: ClusterSessionOptions) {
    this.#options = options;
    this.#profile = options.profile;
  }

  get profile(): ClusterProfile {
    return this.#profile;
  }

  /** Takes over what has changed; it counts from the next start on. @throws INVALID_CONFIGURATION for another runtime */
  changeProfile(profile: ClusterProfile): void {
    if (profile.runtime !== this.#profile.runtime) {
      throw new KafkaManagerError(
        'INVALID_CONFIGURATION',
        `Cluster "${this.#profile.name}" is of the runtime ${this.#profile.runtime}, which can not be changed.`,
        { remedy: 'Add another cluster for the other runtime.' },
      );
    }
    this.#profile = profile;
    this.#didChange.fire(this.status);
  }

  /** Fires after each change of the state. */
  get onDidChange(): Event<ClusterStatus> {
    return this.#didChange.event;
  }

  /** Steps of a running start, for people. */
  get onDidProgress(): Event<StartProgress> {
    return this.#didProgress.event;
  }

  get status(): ClusterStatus {
    const { id, name, runtime } = this.profile;
    const broker = this.#live?.broker;
    return {
      id,
      name,
      runtime,
      state: this.#state,
      ...this.#why,
      ...(broker && {
        bootstrap: broker.connection.bootstrap,
        version: broker.version,
        startedAt: broker.startedAt,
        ...(broker.pid !== undefined && { pid: broker.pid }),
      }),
    };
  }

  /** The broker that is held, while it runs. */
  get broker(): RunningBroker | undefined {
    return this.#live?.broker;
  }

  /**
   * Starts the broker, or attaches to it; answers when it is ready. Two callers wait for one start, a running cluster
   * answers at once, and one that is just stopping is started afterwards. A failed start undoes what it made.
   */
  start(): Promise<ClusterStatus> {
    if (this.#live) return Promise.resolve(this.status);
    if (this.#start) return this.#start.done;
    const cancel = new AbortController();
    const start: RunningStart = {
      cancel,
      done: this.#transitions
        .run(() => this.#doStart(cancel.signal))
        .finally(() => {
          if (this.#start === start) this.#start = undefined;
        }),
    };
    this.#start = start;
    return start.done;
  }

  /**
   * Joins the broker where it runs already, for example after a window reload; else nothing changes. One that is just being
   * launched is waited for: the state is `starting` meanwhile.
   */
  async attach(): Promise<void> {
    if (this.#live || this.#start || this.#isDisposed) return;
    await this.#transitions.run(async () => {
      if (this.#live || this.#start || this.#isDisposed) return;
      const before = { state: this.#state, why: this.#why };
      const cancel = new AbortController();
      this.#joining = cancel;
      const waiting = setTimeout(() => this.#set('starting', { isJoined: true }), SHOW_JOINING_MS);
      try {
        const joined = await joinBroker(this.#options, this.profile, cancel.signal);
        if (joined) this.#hold(joined);
      } catch (error) {
        // Whoever stopped it or let go of it meanwhile tells what became of it.
        if (!cancel.signal.aborted) throw error;
      } finally {
        this.#joining = undefined;
        clearTimeout(waiting);
        if (this.#state === 'starting') this.#set(before.state, before.why);
      }
    });
  }

  /** Stops the broker for everybody, also one that is just starting. The state is `failed` where that fails. */
  stop(): Promise<void> {
    return this.#end(async (broker) => {
      await broker?.stop();
      // One that this window does not hold (any more) may still be coming up, also for another window.
      if (!broker) await this.#options.runtime.stop(this.profile);
    });
  }

  /** Leaves the broker to others who hold it; stopped if there are none. */
  release(): Promise<void> {
    return this.#end(async (broker) => broker?.release());
  }

  /** Stops the broker and deletes its data; nothing can start it in between. */
  async reset(): Promise<void> {
    const stopped = this.stop();
    await this.#transitions.run(async () => {
      await stopped;
      await this.#options.runtime.reset(this.profile);
    });
  }

  /**
   * Runs one piece of work on the connection and keeps the state true: a broker that can't be reached makes the cluster
   * degraded, the next answer makes it running again.
   * @throws CLUSTER_NOT_RUNNING
   */
  async use<T>(work: (gateway: KafkaGateway) => Promise<T>): Promise<T> {
    const live = this.#live;
    if (!live) {
      throw new KafkaManagerError('CLUSTER_NOT_RUNNING', `Cluster "${this.profile.name}" is not running.`);
    }
    try {
      const result = await work(live.gateway);
      this.#recovered(live);
      return result;
    } catch (error) {
      const known = toManagerError(error);
      if (known.code === 'KAFKA_CONNECTION_ERROR') {
        if (this.#live === live && this.#state === 'running') {
          this.#set('degraded', whyOf(known));
        }
      } else if (known.code !== 'TIMEOUT' && known.code !== 'CANCELLED' && known.code !== 'INTERNAL_ERROR') {
        this.#recovered(live);
      }
      throw known;
    }
  }

  dispose(): void {
    this.#isDisposed = true;
    this.#joining?.abort();
    this.#start?.cancel.abort();
    this.#letGo()?.broker.dispose();
    this.#store.dispose();
  }

  async #doStart(signal: AbortSignal): Promise<ClusterStatus> {
    // Joined while this start waited for its turn.
    if (this.#live) return this.status;
    try {
      signal.throwIfAborted();
      this.#set('starting', {});
      this.#hold(await startBroker(this.#options, this.profile, (step) => this.#progress(step), signal));
      return this.status;
    } catch (error) {
      const known = toManagerError(error);
      const { logger } = this.#options;
      if (signal.aborted) logger.info(`the start of cluster ${this.profile.id} was cancelled`);
      else logger.error(`cluster ${this.profile.id} did not start`, known);
      // Who cancelled it sets the state, when nothing is left of it.
      if (!signal.aborted) this.#set('failed', { ...whyOf(known), ...lastLogOf(known) });
      throw known;
    }
  }

  #hold({ broker, gateway }: ReadyBroker): void {
    const store = new DisposableStore();
    store.add(gateway);
    this.#live = { broker, gateway, store };
    store.add(broker.onDidExit((exit) => this.#exited(broker, exit)));
    this.#set('running', {});
  }

  #exited(broker: RunningBroker, exit: BrokerExit): void {
    if (this.#live?.broker !== broker) return;
    this.#letGo();
    broker.dispose();
    if (exit.expected) this.#set('stopped', { reason: 'It was stopped from another terminal or window.' });
    else {
      this.#options.logger.error(`broker of ${this.profile.id}: ${exitSentence(exit)}`);
      this.#set('failed', {
        reason: exitSentence(exit),
        remedy: 'Start it again: every acknowledged record is still there. Its last log lines may tell why.',
        lastLog: exit.lastLog,
      });
    }
  }

  /** Takes the broker out of use at once, and ends it when its turn has come. */
  #end(how: (broker: RunningBroker | undefined) => Promise<void>): Promise<void> {
    const isComingUp = this.#start !== undefined || this.#joining !== undefined;
    this.#start?.cancel.abort();
    this.#start = undefined;
    this.#joining?.abort();
    const live = this.#letGo();
    if (live || isComingUp) this.#set('stopping', {});
    return this.#transitions.run(async () => {
      const broker = (live ?? this.#letGo())?.broker;
      try {
        await how(broker);
        if (this.#state !== 'stopped') this.#set('stopped', {});
      } catch (error) {
        const known = toManagerError(error);
        this.#set('failed', { ...whyOf(known), reason: `Stopping failed: ${known.message}` });
        throw known;
      } finally {
        broker?.dispose();
      }
    });
  }

  #letGo(): Live | undefined {
    const live = this.#live;
    this.#live = undefined;
    live?.store.dispose();
    return live;
  }

  #recovered(live: Live): void {
    if (this.#live === live && this.#state === 'degraded') this.#set('running', {});
  }

  #progress(step: StartProgress): void {
    if (this.#state !== 'starting') return;
    this.#didProgress.fire(step);
    this.#set('starting', { reason: step.message });
  }

  #set(state: ClusterState, why: Why): void {
    if (state !== this.#state) this.#options.logger.info(`cluster ${this.profile.id}: ${state}`);
    this.#state = state;
    this.#why = why;
    this.#didChange.fire(this.status);
  }
}
