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
  /** At least one; the first is active. */
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
  readonly #sessions = new Map<string, ClusterSession>();
  readonly #runtimes: ReadonlyMap<string, BrokerRuntime>;
  readonly #logger: Logger;
  #activeId: string;

  constructor(options: ClusterManagerOptions) {
    const [first] = options.profiles;
    if (!first) throw new RangeError('at least one cluster profile is needed');
    this.#activeId = first.id;
    this.#logger = options.logger.child('cluster');
    this.#runtimes = new Map(options.runtimes.map((runtime) => [runtime.kind, runtime]));
    for (const profile of options.profiles) {
      const session = new ClusterSession({
        profile,
        runtime: this.#runtime(profile),
        connector: options.connector,
        logger: this.#logger,
        startDeadlineMs: options.startDeadlineMs ?? 90_000,
      });
      this.#sessions.set(profile.id, this.#store.add(session));
      this.#store.add(session.onDidChange((status) => this.#didChangeStatus.fire(status)));
      this.#store.add(session.onDidProgress((step) => this.#didProgress.fire({ ...step, id: profile.id })));
    }
  }

  get onDidChangeStatus(): Event<ClusterStatus> {
    return this.#didChangeStatus.event;
  }

  get onDidProgress(): Event<StartProgress & { readonly id: string }> {
    return this.#didProgress.event;
  }

  get activeId(): string {
    return this.#activeId;
  }

  profiles(): readonly ClusterProfile[] {
    return [...this.#sessions.values()].map((session) => session.profile);
  }

  /** Makes another profile the active one. @throws CLUSTER_NOT_FOUND */
  activate(id: string): void {
    this.#activeId = this.#session(id).profile.id;
    this.#didChangeStatus.fire(this.status(id));
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
    const { profile } = this.#session(id);
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

  #session(id: string = this.#activeId): ClusterSession {
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
