import { setMaxListeners } from 'node:events';
import type { Disposable } from '../../base/lifecycle';

/** Longest delay of a timer; beyond it Node fires at once. */
const longestTimerMs = 2 ** 31 - 1;

/** What ends a scan from outside: the caller's signal or a deadline. {@link signal} ends running calls for both. */
export class ScanStop implements Disposable {
  readonly #controller = new AbortController();
  readonly #outer: AbortSignal | undefined;
  readonly #timer: NodeJS.Timeout | undefined;
  #reason: 'cancelled' | 'deadline' | undefined;

  /** @param deadlineMs ms from now; no deadline where left out. */
  constructor(outer: AbortSignal | undefined, deadlineMs: number | undefined) {
    this.#outer = outer;
    // Each running call listens, and a read of many partitions has many.
    setMaxListeners(0, this.#controller.signal);
    if (deadlineMs !== undefined) {
      this.#timer = setTimeout(() => this.#stop('deadline'), Math.min(deadlineMs, longestTimerMs));
    }
    if (outer?.aborted) this.#onAbort();
    else outer?.addEventListener('abort', this.#onAbort, { once: true });
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /** Why the scan has to stop, or undefined while it may go on. */
  get reason(): 'cancelled' | 'deadline' | undefined {
    return this.#reason;
  }

  /** Runs `work`; undefined where it ended because the scan has to stop. */
  async guard<T>(work: () => Promise<T>): Promise<T | undefined> {
    if (this.#reason) return undefined;
    try {
      return await work();
    } catch (error) {
      if (this.signal.aborted) return undefined;
      throw error;
    }
  }

  /** Ends what still runs, such as a fetch that was sent ahead. */
  dispose(): void {
    clearTimeout(this.#timer);
    this.#outer?.removeEventListener('abort', this.#onAbort);
    this.#controller.abort();
  }

  readonly #onAbort = (): void => this.#stop('cancelled');

  #stop(reason: 'cancelled' | 'deadline'): void {
    this.#reason ??= reason;
    this.#controller.abort();
  }
}
