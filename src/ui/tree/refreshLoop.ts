import type { Disposable } from '../../base/lifecycle';

export interface RefreshLoopOptions {
  /** Asks for everything that is shown. It keeps its failures to itself. */
  readonly refresh: () => Promise<void>;
  /** Pause between two refreshes in ms, read before each; 0 is for only when asked to. */
  readonly intervalMs: () => number;
}

/** Events that come one upon the other within this time, ms, make one refresh. */
const BURST_MS = 40;

/**
 * The one owner of a view's refresh: at once after an event, after a pause without one, one at a time, and never while
 * the view is hidden. What happened in the meantime is caught up with when it is shown again.
 */
export class RefreshLoop implements Disposable {
  readonly #options: RefreshLoopOptions;
  #isVisible = false;
  /** Something happened that the last refresh does not know of. */
  #isStale = true;
  #endedAt = 0;
  #running: Promise<void> | undefined;
  #timer: NodeJS.Timeout | undefined;
  #isDisposed = false;

  constructor(options: RefreshLoopOptions) {
    this.#options = options;
  }

  /** Tells that the view is shown or hidden. */
  setVisible(isVisible: boolean): void {
    this.#isVisible = isVisible;
    this.#plan();
  }

  /** Tells that what is shown may have changed. */
  request(): void {
    // One that is planned for an earlier event is not put off: a steady stream of them would starve the view.
    if (this.#isStale && this.#timer !== undefined) return;
    this.#isStale = true;
    this.#plan();
  }

  /** Takes over another interval. */
  replan(): void {
    this.#plan();
  }

  /** Refreshes at once, also where the view is hidden; ends when that is done. */
  async now(): Promise<void> {
    this.#isStale = true;
    // One that is under way has not seen what made somebody ask.
    if (this.#running) await this.#running;
    if (this.#needsRun()) this.#run();
    await this.#running;
  }

  /** Ends with the refresh that is under way, or else with one that begins at once, also where the view is hidden. */
  async current(): Promise<void> {
    if (!this.#running) this.#run();
    await this.#running;
  }

  dispose(): void {
    this.#isDisposed = true;
    clearTimeout(this.#timer);
  }

  #needsRun(): boolean {
    return this.#isStale && !this.#isDisposed && this.#running === undefined;
  }

  #plan(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    if (!this.#isVisible || this.#isDisposed || this.#running) return;
    const pause = this.#pause();
    if (pause === undefined) return;
    this.#timer = setTimeout(() => this.#run(), pause);
  }

  /** ms until the next refresh; undefined where none is due. */
  #pause(): number | undefined {
    if (this.#isStale) return BURST_MS;
    const interval = this.#options.intervalMs();
    return interval > 0 ? Math.max(BURST_MS, this.#endedAt + interval - Date.now()) : undefined;
  }

  #run(): void {
    if (this.#isDisposed) return;
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#isStale = false;
    this.#running = this.#options.refresh().finally(() => {
      this.#running = undefined;
      this.#endedAt = Date.now();
      this.#plan();
    });
  }
}
