import { Sequencer } from '../base/async';
import { Emitter, type Event } from '../base/event';
import { type Disposable, DisposableStore } from '../base/lifecycle';
import type { Logger } from '../base/logger';
import { type KafkaManagerError, toManagerError } from '../contract/errors';
import type { ClusterManager } from './clusterManager';
import type { ClusterStatus } from './clusterStatus';
import type { StateStore } from './ports';
import type { ClusterProfile } from './profile';
import { PROFILES_KEY, type ProfileStore } from './profileStore';
import { type ProfileDefaults, resolveProfile } from './resolveProfile';
import type { ProfileSecrets, SavedProfile } from './savedProfile';
import { isProcessAlive, StartMarks } from './startMarks';

/** State that several windows share: tells which key was written, by this window or by another. */
export interface SharedStateStore extends StateStore {
  readonly onDidChange: Event<string>;
}

export interface ClusterRegistryOptions {
  readonly clusters: ClusterManager;
  readonly store: ProfileStore;
  readonly state: SharedStateStore;
  /** Read at each start. */
  readonly defaults: () => ProfileDefaults;
  readonly logger: Logger;
  /** Starts that are under way, of all windows; replaced by tests. */
  readonly marks?: StartMarks;
}

const ACTIVE_KEY = 'active';
/** Written when a cluster of ours came up or went, so that the other windows look. */
const TURN_PREFIX = 'turn.';
/** Whether an external cluster is to be connected to when a window opens. */
const CONNECTED_PREFIX = 'connected.';

/**
 * Keeps the clusters of this window in step with what is saved and with the other windows: profiles, which one is
 * active, and brokers of ours that another window has started or stopped, all windows show alike. A connection to an
 * external cluster, and a start that has failed, are each window's own.
 */
export class ClusterRegistry implements Disposable {
  readonly #options: ClusterRegistryOptions;
  readonly #store = new DisposableStore();
  readonly #didFailUnasked = this.#store.add(new Emitter<string>());
  readonly #work = new Sequencer();
  readonly #saved = new Map<string, SavedProfile>();
  /** What each cluster was last seen as, so that only changes are told to the others. */
  readonly #seen = new Map<string, ClusterStatus['state']>();
  readonly #marks: StartMarks;
  /** Clusters that this window is just starting. */
  readonly #starting = new Set<string>();
  readonly #ended = new AbortController();

  constructor(options: ClusterRegistryOptions) {
    this.#options = options;
    const { state } = options;
    this.#marks =
      options.marks ?? new StartMarks({ state, clock: Date, pid: process.pid, isAlive: isProcessAlive });
    this.#store.add(options.clusters.onDidChangeStatus((status) => this.#tellOthers(status)));
    this.#store.add(
      options.state.onDidChange((key) => {
        this.#inTurn(() => this.#othersChanged(key));
      }),
    );
  }

  /** Fires with the id of a cluster that this window started by itself, without success: nobody else tells of it. */
  get onDidFailUnasked(): Event<string> {
    return this.#didFailUnasked.event;
  }

  /** The saved profiles in the order of their making. */
  profiles(): readonly SavedProfile[] {
    return [...this.#saved.values()];
  }

  /** The saved profile of a cluster. */
  profile(id: string): SavedProfile | undefined {
    return this.#saved.get(id);
  }

  /** Reads what is saved. Starts and joins nothing. */
  async load(): Promise<void> {
    await this.#work.run(() => this.#reload());
  }

  /**
   * Joins the brokers that run already, and connects to the active cluster where it was connected before: what a window
   * shows after a reload is what it showed before. A start that a window left behind is begun again. One that can't be
   * joined is logged, and shown as it is.
   */
  async restore(): Promise<void> {
    await Promise.all(this.profiles().map((profile) => this.#restoreOne(profile)));
  }

  /** Starts a cluster without being asked by its user, as when a window opens. A failure is told by an event. */
  async startUnasked(id: string): Promise<void> {
    try {
      await this.#options.clusters.start(id);
    } catch (error) {
      this.#failed(id, error);
      if (!this.#ended.signal.aborted) this.#didFailUnasked.fire(id);
    }
  }

  /**
   * Saves a profile, new or changed, and its secrets.
   * @throws VALIDATION_ERROR, nothing is changed then; RUNTIME_UNAVAILABLE where it is saved, but of no use here
   */
  save(profile: SavedProfile, secrets?: ProfileSecrets): Promise<void> {
    return this.#work.run(async () => {
      await this.#options.store.save(profile, secrets);
      const failure = (await this.#reload()).get(profile.id);
      if (failure) throw failure;
    });
  }

  /**
   * Stops a broker of ours, also one that is to keep running: nobody could do so afterwards. Then forgets the cluster's
   * profile and secrets. Its data stays. @throws where the stop fails; nothing is forgotten then
   */
  remove(id: string): Promise<void> {
    return this.#work.run(async () => {
      const { clusters, store, state } = this.#options;
      const saved = this.#saved.get(id);
      if (saved && saved.runtime !== 'external') await clusters.stop(id);
      await store.remove(id);
      await state.set(TURN_PREFIX + id, undefined);
      await state.set(CONNECTED_PREFIX + id, undefined);
      await this.#marks.end(id);
      await this.#reload();
    });
  }

  /** Makes a cluster the active one, in all windows. @throws CLUSTER_NOT_FOUND */
  activate(id: string): Promise<void> {
    return this.#work.run(async () => {
      this.#options.clusters.activate(id);
      await this.#options.state.set(ACTIVE_KEY, id);
    });
  }

  /** Takes over defaults that have changed; they count from the next start on. */
  refresh(): Promise<void> {
    return this.#work.run(() => {
      for (const profile of this.#saved.values()) this.#options.clusters.put(this.#resolve(profile));
      return Promise.resolve();
    });
  }

  dispose(): void {
    this.#ended.abort();
    this.#store.dispose();
  }

  async #restoreOne({ id, runtime }: SavedProfile): Promise<void> {
    const { clusters, state } = this.#options;
    if (runtime !== 'external') {
      await this.#attach(id);
      await this.#takeUpStart(id);
    } else if (id === clusters.activeId && (await state.get(CONNECTED_PREFIX + id)) === true) {
      await clusters.start(id).catch((error: unknown) => this.#failed(id, error));
    }
  }

  async #takeUpStart(id: string): Promise<void> {
    const { clusters, logger } = this.#options;
    const isDown = (): boolean => this.#saved.has(id) && clusters.status(id).state === 'stopped';
    try {
      if (!isDown() || !(await this.#marks.takeUp(id, this.#ended.signal)) || !isDown()) return;
      logger.info(`cluster ${id} was being started when its window closed: it is started again`);
      await this.startUnasked(id);
    } catch (error) {
      this.#failed(id, error);
    }
  }

  /** Takes over what is saved; gives what kept single profiles from being taken over. */
  async #reload(): Promise<ReadonlyMap<string, KafkaManagerError>> {
    const { clusters, store, state, logger } = this.#options;
    const saved = await store.list();
    const ids = new Set(saved.map(({ id }) => id));
    const failures = new Map<string, KafkaManagerError>();
    for (const profile of saved) {
      const before = this.#saved.get(profile.id);
      if (JSON.stringify(before) === JSON.stringify(profile)) continue;
      // It was removed and made anew before we looked.
      if (before && before.runtime !== profile.runtime) await this.#forget(profile.id);
      this.#saved.set(profile.id, profile);
      try {
        clusters.put(this.#resolve(profile));
      } catch (error) {
        this.#saved.delete(profile.id);
        failures.set(profile.id, toManagerError(error));
        logger.warn(`cluster ${profile.id} can not be shown: ${toManagerError(error).message}`);
      }
    }
    for (const id of [...this.#saved.keys()]) if (!ids.has(id)) await this.#forget(id);
    const active = await state.get(ACTIVE_KEY);
    if (typeof active === 'string' && this.#saved.has(active)) clusters.activate(active);
    return failures;
  }

  async #forget(id: string): Promise<void> {
    this.#saved.delete(id);
    await this.#options.clusters.remove(id).catch((error: unknown) => {
      this.#options.logger.warn(`cluster ${id} could not be let go of: ${toManagerError(error).message}`);
    });
    this.#seen.delete(id);
  }

  #resolve(saved: SavedProfile): ClusterProfile {
    const { store, defaults } = this.#options;
    return resolveProfile(saved, store, defaults());
  }

  #tellOthers({ id, runtime, state: now, startedAt, isJoined }: ClusterStatus): void {
    // What another window starts is told of by that one.
    if (isJoined) return;
    this.#markStart(id, runtime !== 'external' && now === 'starting');
    const before = this.#seen.get(id);
    if (before === now) return;
    this.#seen.set(id, now);
    const { state } = this.#options;
    const cameOrWent = now === 'running' || now === 'stopped' || now === 'failed';
    if (!cameOrWent || (before === undefined && now === 'stopped') || before === 'degraded') return;
    this.#inTurn(async () => {
      // A removal ends the cluster as well: nothing is written of it any more.
      if (!this.#saved.has(id)) return;
      if (runtime !== 'external')
        await state.set(TURN_PREFIX + id, { state: now, startedAt: startedAt ?? null });
      // One that fails is connected to again when the window opens the next time.
      else if (now !== 'failed') await state.set(CONNECTED_PREFIX + id, now === 'running' ? true : undefined);
    });
  }

  #markStart(id: string, isStarting: boolean): void {
    if (isStarting === this.#starting.has(id)) return;
    if (isStarting) this.#starting.add(id);
    else this.#starting.delete(id);
    this.#inTurn(() => (isStarting ? this.#marks.begin(id) : this.#marks.end(id)));
  }

  #othersChanged(key: string): Promise<unknown> {
    if (key === PROFILES_KEY || key === ACTIVE_KEY) return this.#reload();
    // Joining may wait for a broker that is just starting: not in turn.
    if (key.startsWith(TURN_PREFIX)) void this.#attach(key.slice(TURN_PREFIX.length));
    return Promise.resolve();
  }

  async #attach(id: string): Promise<void> {
    if (this.#ended.signal.aborted || !this.#saved.has(id)) return;
    const { clusters } = this.#options;
    const { state } = clusters.status(id);
    if (state !== 'stopped' && state !== 'failed') return;
    await clusters.attach(id).catch((error: unknown) => this.#failed(id, error));
  }

  #failed(id: string, error: unknown): void {
    if (this.#ended.signal.aborted) return;
    this.#options.logger.warn(
      `cluster ${id} could not be joined or started: ${toManagerError(error).message}`,
    );
  }

  #inTurn(task: () => Promise<unknown>): void {
    void this.#work.run(task).catch((error: unknown) => {
      if (!this.#ended.signal.aborted)
        this.#options.logger.error('the clusters could not be kept in step', error);
    });
  }
}
