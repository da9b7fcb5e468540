import type { ScanProblem, ScanProgress } from './query';

/** Who wants to hear how a scan goes on. */
export interface TallyListeners {
  /** Called after each answer of Kafka; may be called often. */
  readonly onProgress?: ((progress: ScanProgress) => void) | undefined;
  /** Called for each problem as it is met; the summary has them all again. */
  readonly onProblem?: ((problem: ScanProblem) => void) | undefined;
  /** Milliseconds that only go up; for tests. */
  readonly clock?: (() => number) | undefined;
}

/** No more problems than this are kept: a partition full of corrupt batches must not fill the memory. */
const mostProblems = 1000;

/** Counts what a scan did. */
export class Tally {
  scanned = 0;
  matched = 0;
  /** Bytes of keys, values and headers that were handed out. */
  payload = 0;
  /** Bytes of record batches that came over the wire. */
  bytes = 0;
  readonly #problems: ScanProblem[] = [];
  readonly #listeners: TallyListeners;
  readonly #clock: () => number;
  readonly #startedAt: number;

  constructor(listeners: TallyListeners) {
    this.#listeners = listeners;
    this.#clock = listeners.clock ?? (() => performance.now());
    this.#startedAt = this.#clock();
  }

  get problems(): readonly ScanProblem[] {
    return this.#problems;
  }

  progress(): ScanProgress {
    const elapsedMs = this.#clock() - this.#startedAt;
    return { scanned: this.scanned, matched: this.matched, bytes: this.bytes, elapsedMs };
  }

  tell(): void {
    this.#listeners.onProgress?.(this.progress());
  }

  readonly report = (partition: number, offset: number, message: string): void => {
    if (this.#problems.length >= mostProblems) return;
    const problem = { partition, offset, message };
    this.#problems.push(problem);
    this.#listeners.onProblem?.(problem);
  };
}
