import { Emitter, type Event } from '../base/event';
import { type Disposable, DisposableStore } from '../base/lifecycle';
import type { Logger } from '../base/logger';
import { KafkaManagerError } from '../contract/errors';
import { ClusterSession } from './clusterSession';
import type { ClusterStatus } from './clusterStatus';
import type { ClusterDescription } from './kafkaTypes';
import type {
  BrokerRuntime,
  KafkaConnector,
  KafkaGateway,
  RunningBroker,
  RuntimeCheck,
  StartProgress,
} from './ports';
import type { ClusterProfile } from './profile';

export interface ClusterManagerOptions {
  /** The first is active; none where nothing is set up yet. */
  readonly profiles: readonly ClusterProfile[];
  readonly runtimes: readonly BrokerRuntime[];
  readonly connector: KafkaConnector;
  readonly logger: Logger;
  /** Longest time of a start until ready in ms; 90,000 where left out (a first Java start formats its storage). */
  readonly startDeadlineMs?: number;
}

/**
 * The cluster profiles, which of them is active, and the state of each. Every door (terminal, REST, tree, palette)
 * calls these methods and hears the same events. A cluster id left out means the active one.
 */
export class ClusterManager implements Disposable {
  readonly #store = new DisposableStore();
  readonly #didChangeStatus = this.#store.add(new Emitter<ClusterStatus>());
  readonly #didProgress = this.#store.add(new Emitter<StartProgress & { readonly id: string }>());
  readonly #didChangeProfiles = this.#store.add(new Emitter<void>());
  readonly #sessions = new Map<string, ClusterSession>();
  readonly #runtimes: ReadonlyMap<string, BrokerRuntime>;
  readonly #logger: Logger;
  readonly #connector: KafkaConnector;
  readonly #startDeadlineMs: number;
  #activeId: string | undefined;

  constructor(options: ClusterManagerOptions) {
    this.#connector = options.connector;
    this.#startDeadlineMs = options.startDeadlineMs ?? 90_000;
    this.#logger = options.logger.child('cluster');
    this.#runtimes = new Map(options.runtimes.map((runtime) => [runtime.kind, runtime]));
    for (const profile of options.profiles) this.put(profile);
  }

  /** Fires when a profile came, changed or went, and when another one became active. */
  get onDidChangeProfiles(): Event<void> {
    return this.#didChangeProfiles.event;
  }

  get onDidChangeStatus(): Event<ClusterStatus> {
    return this.#didChangeStatus.event;
  }

  get onDidProgress(): Event<StartProgress & { readonly id: string }> {
    return this.#didProgress.event;
  }

  /** The cluster that is meant where none is named; undefined where there is none. */
  get activeId(): string | undefined {
    return this.#activeId;
  }

  /** The id of the cluster that is meant. @throws CLUSTER_NOT_FOUND */
  idOf(cluster: string | undefined): string {
    return this.#session(cluster).profile.id;
  }

  profiles(): readonly ClusterProfile[] {
    return [...this.#sessions.values()].map((session) => session.profile);
  }

  /**
   * Adds a profile, or changes the one of its id: what is new counts from its next start on. The first one becomes active.
   * @throws RUNTIME_UNAVAILABLE; INVALID_CONFIGURATION where the runtime of a profile would change
   */
  put(profile: ClusterProfile): void {
    const existing = this.#sessions.get(profile.id);
    if (existing) existing.changeProfile(profile);
    else {
      const session = new ClusterSession({
        profile,
        runtime: this.#runtime(profile),
        connector: this.#connector,
        logger: this.#logger,
        startDeadlineMs: this.#startDeadlineMs,
      });
      this.#sessions.set(profile.id, this.#store.add(session));
      session.onDidChange((status) => this.#didChangeStatus.fire(status));
      session.onDidProgress((step) => this.#didProgress.fire({ ...step, id: profile.id }));
      this.#activeId ??= profile.id;
    }
    this.#didChangeProfiles.fire();
  }

  /** Lets go of a cluster and forgets it; its data stays. The first of the others becomes active where it was. */
  async remove(id: string): Promise<void> {
    const session = this.#session(id);
    try {
      await session.release();
    } finally {
      this.#sessions.delete(id);
      this.#store.delete(session);
      if (this.#activeId === id) this.#activeId = this.#sessions.keys().next().value;
      this.#didChangeProfiles.fire();
    }
  }

  /** Makes another profile the active one. @throws CLUSTER_NOT_FOUND */
  activate(id: string): void {
    const next = this.idOf(id);
    if (next === this.#activeId) return;
    this.#activeId = next;
    this.#didChangeProfiles.fire();
    this.#didChangeStatus.fire(this.status(id));
  }

  /** Joins the cluster's broker where it runs already; starts nothing. The status tells whether it did. */
  async attach(id?: string): Promise<ClusterStatus> {
    await this.#session(id).attach();
    return this.status(id);
  }

  status(id?: string): ClusterStatus {
    return this.#session(id).status;
  }

  /** Brokers and controller, asked of the cluster. @throws CLUSTER_NOT_RUNNING */
  describe(id?: string, signal?: AbortSignal): Promise<ClusterDescription> {
    return this.use(id, (gateway) => gateway.describeCluster(signal));
  }

  /** Whether the profile's runtime can be used here. */
  async check(id?: string, signal?: AbortSignal): Promise<RuntimeCheck> {
    return this.checkRuntime(this.#session(id).profile, signal);
  }

  /** Whether a runtime could be used here for a cluster that is not set up yet. */
  async checkRuntime(profile: ClusterProfile, signal?: AbortSignal): Promise<RuntimeCheck> {
    return this.#runtime(profile).check(profile, signal);
  }

  /** Starts the cluster, or connects to it; answers when it is ready. @throws CLUSTER_START_FAILED, RUNTIME_UNAVAILABLE */
  start(id?: string): Promise<ClusterStatus> {
    return this.#session(id).start();
  }

  async stop(id?: string): Promise<ClusterStatus> {
    await this.#session(id).stop();
    return this.status(id);
  }

  async restart(id?: string): Promise<ClusterStatus> {
    await this.#session(id).stop();
    return this.#session(id).start();
  }

  /** Stops the cluster and deletes all its data. */
  async reset(id?: string): Promise<ClusterStatus> {
    await this.#session(id).reset();
    return this.status(id);
  }

  /** Lets go of every cluster: a broker that nobody else holds is stopped. */
  async releaseAll(): Promise<void> {
    const results = await Promise.allSettled(
      [...this.#sessions.values()].map((session) => session.release()),
    );
    for (const result of results) {
      if (result.status === 'rejected') this.#logger.error('releasing a cluster failed', result.reason);
    }
  }

  /** The broker of a running cluster, for its log and resource use. */
  broker(id?: string): RunningBroker | undefined {
    return this.#session(id).broker;
  }

  /** Runs work on the cluster's connection. @throws CLUSTER_NOT_RUNNING, CLUSTER_NOT_FOUND */
  async use<T>(id: string | undefined, work: (gateway: KafkaGateway) => Promise<T>): Promise<T> {
    return this.#session(id).use(work);
  }

  dispose(): void {
    this.#store.dispose();
  }

  #session(id: string | undefined = this.#activeId): ClusterSession {
    if (id === undefined) {
      throw new KafkaManagerError('CLUSTER_NOT_FOUND', 'No cluster is set up yet.', {
        remedy: 'Start Kafka, or add a cluster that runs already.',
      });
    }
    const session = this.#sessions.get(id);
    if (!session) throw new KafkaManagerError('CLUSTER_NOT_FOUND', `There is no cluster "${id}".`);
    return session;
  }

  #runtime(profile: ClusterProfile): BrokerRuntime {
    const runtime = this.#runtimes.get(profile.runtime);
    if (!runtime) {
      throw new KafkaManagerError(
        'RUNTIME_UNAVAILABLE',
        `The runtime "${profile.runtime}" is not available here.`,
      );
    }
    return runtime;
  }
}
