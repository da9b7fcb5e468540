import { RingBuffer } from '../base/ringBuffer';
import { Emitter, type Event } from '../base/event';
import { backoffMs } from '../base/retry';
import { type Disposable, DisposableStore, toDisposable } from '../base/lifecycle';
import { toManagerError } from '../contract/errors';
import type { ClusterManager } from './clusterManager';
import type { BrokerInfo } from './kafkaTypes';
import type { Clock } from './ports';

export type HealthLevel = 'healthy' | 'degraded' | 'unhealthy' | 'unknown';

/** One look at a cluster. */
export interface HealthProbe {
  /** ms since 1970. */
  readonly at: number;
  /** How long the answer took, in ms. */
  readonly tookMs: number;
  readonly brokers: number | undefined;
  /** Why there was no answer. */
  readonly problem: string | undefined;
}

/** What is known of the health of a cluster. */
export interface ClusterHealth {
  readonly level: HealthLevel;
  readonly last: HealthProbe | undefined;
  /** Oldest first, at most 60. */
  readonly history: readonly HealthProbe[];
  /** The brokers by the last answer; none before it. */
  readonly brokers: readonly BrokerInfo[];
}

export interface HealthMonitorOptions {
  readonly clusters: Pick<
    ClusterManager,
    'activeId' | 'status' | 'profiles' | 'describe' | 'onDidChangeStatus' | 'onDidChangeProfiles'
  >;
  readonly clock: Clock;
  /** Pause between two looks in ms; 4,000 where left out. */
  readonly intervalMs?: number;
  /** How long a look may take in ms; 3,000 where left out. */
  readonly timeoutMs?: number;
}

/** What is kept of a cluster while it runs. */
interface Known {
  readonly history: RingBuffer<HealthProbe>;
  brokers: readonly BrokerInfo[];
}

const KEPT = 60;
/** Pause before the first look at a cluster in ms: what just came up has its answer at once. */
const FIRST_MS = 1_000;
/** Longest pause while a cluster does not answer, in ms. */
const LONGEST_MS = 30_000;

/**
 * Looks after the active cluster while somebody watches and it runs: one small Metadata call at a time. After failures it
 * asks again sooner, then less and less often, so that a cluster that is gone isn't hammered.
 */
export class HealthMonitor implements Disposable {
  readonly #options: Required<HealthMonitorOptions>;
  readonly #store = new DisposableStore();
  readonly #didChange = this.#store.add(new Emitter<string>());
  readonly #known = new Map<string, Known>();
  #watchers = 0;
  #timer: NodeJS.Timeout | undefined;
  #probing: AbortController | undefined;
  #failures = 0;
  /** The cluster that timer and failures are about. */
  #watched: string | undefined;

  constructor(options: HealthMonitorOptions) {
    this.#options = { intervalMs: 4_000, timeoutMs: 3_000, ...options };
    const { clusters } = this.#options;
    this.#store.add(
      clusters.onDidChangeStatus(({ id, state }) => {
        if (state === 'stopped' || state === 'starting' || state === 'failed') this.#known.delete(id);
        if (id === clusters.activeId) this.#plan();
      }),
    );
    this.#store.add(
      clusters.onDidChangeProfiles(() => {
        const ids = new Set(clusters.profiles().map(({ id }) => id));
        for (const id of this.#known.keys()) if (!ids.has(id)) this.#known.delete(id);
        // The looks at the former cluster say nothing of the next one.
        if (clusters.activeId !== this.#watched) this.#stop();
        this.#plan();
      }),
    );
  }

  /** Fires with the cluster's id after each look at it. */
  get onDidChange(): Event<string> {
    return this.#didChange.event;
  }

  health(id: string): ClusterHealth {
    const known = this.#known.get(id);
    const history = known?.history.toArray() ?? [];
    const { state } = this.#options.clusters.status(id);
    return {
      level: levelOf(state, history),
      last: history.at(-1),
      history,
      brokers: known?.brokers ?? [],
    };
  }

  /** Looks after the active cluster until the returned Disposable is disposed. */
  watch(): Disposable {
    this.#watchers++;
    this.#plan();
    return toDisposable(() => {
      this.#watchers--;
      this.#plan();
    });
  }

  dispose(): void {
    this.#watchers = 0;
    this.#stop();
    this.#store.dispose();
  }

  #isNeeded(): boolean {
    const { activeId, status } = this.#bound();
    if (this.#watchers === 0 || activeId === undefined) return false;
    const { state } = status(activeId);
    return state === 'running' || state === 'degraded';
  }

  #plan(): void {
    if (!this.#isNeeded()) {
      this.#stop();
      return;
    }
    if (this.#timer || this.#probing) return;
    this.#watched = this.#options.clusters.activeId;
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      void this.#probe();
    }, this.#pause());
    this.#timer.unref();
  }

  #pause(): number {
    const { intervalMs } = this.#options;
    if (this.#watched === undefined || !this.#known.has(this.#watched)) return Math.min(FIRST_MS, intervalMs);
    if (this.#failures === 0) return intervalMs;
    return backoffMs(this.#failures, { baseMs: intervalMs / 4, maxMs: LONGEST_MS });
  }

  async #probe(): Promise<void> {
    const { clock, timeoutMs } = this.#options;
    const { activeId: id, describe } = this.#bound();
    if (id === undefined) return;
    const probing = new AbortController();
    this.#probing = probing;
    const at = clock.now();
    const signal = AbortSignal.any([probing.signal, AbortSignal.timeout(timeoutMs)]);
    const result = await describe(id, signal).then(
      ({ brokers }) => ({ brokers, problem: undefined }),
      (error: unknown) => ({ brokers: undefined, problem: toManagerError(error).message }),
    );
    if (this.#probing !== probing) return;
    this.#probing = undefined;
    this.#failures = result.problem === undefined ? 0 : this.#failures + 1;
    let known = this.#known.get(id);
    if (!known) this.#known.set(id, (known = { history: new RingBuffer(KEPT), brokers: [] }));
    if (result.brokers) known.brokers = result.brokers;
    known.history.push({
      at,
      tookMs: clock.now() - at,
      brokers: result.brokers?.length,
      problem: result.problem,
    });
    this.#didChange.fire(id);
    this.#plan();
  }

  #stop(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#probing?.abort();
    this.#probing = undefined;
    this.#failures = 0;
  }

  #bound() {
    const { clusters } = this.#options;
    return {
      activeId: clusters.activeId,
      status: (id: string) => clusters.status(id),
      describe: (id: string, signal: AbortSignal) => clusters.describe(id, signal),
    };
  }
}

function levelOf(state: string, history: readonly HealthProbe[]): HealthLevel {
  if (state === 'failed') return 'unhealthy';
  if (state !== 'running' && state !== 'degraded') return 'unknown';
  const failed = history.slice(-3).filter(({ problem }) => problem !== undefined).length;
  if (state === 'degraded') return failed === 3 ? 'unhealthy' : 'degraded';
  if (history.length === 0) return 'healthy';
  return history.at(-1)?.problem === undefined ? 'healthy' : failed === 3 ? 'unhealthy' : 'degraded';
}
