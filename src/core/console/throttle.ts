import type { Disposable } from '../../base/lifecycle';

/** What time it is, in ms, and what is to be done later. */
export interface ThrottleClock {
  now(): number;
  /** @returns what keeps it from being done */
  after(ms: number, work: () => void): () => void;
}

const realClock: ThrottleClock = {
  now: () => performance.now(),
  after: (ms, work) => {
    const timer = setTimeout(work, ms);
    return () => clearTimeout(timer);
  },
};

/** Does something soon, but not more often than every `pauseMs`. */
export class Throttle implements Disposable {
  readonly #pauseMs: number;
  readonly #work: () => void;
  readonly #clock: ThrottleClock;
  #cancel: (() => void) | undefined;
  #last = -Infinity;
  #disposed = false;

  constructor(pauseMs: number, work: () => void, clock: ThrottleClock = realClock) {
    this.#pauseMs = pauseMs;
    this.#work = work;
    this.#clock = clock;
  }

  /** At once where the pause is over, else when it is. */
  soon(): void {
    if (this.#cancel || this.#disposed) return;
    const waitMs = this.#last + this.#pauseMs - this.#clock.now();
    if (waitMs <= 0) this.now();
    else this.#cancel = this.#clock.after(waitMs, () => this.now());
  }

  /** At once, whatever was before: for the last word. */
  now(): void {
    this.#cancel?.();
    this.#cancel = undefined;
    if (this.#disposed) return;
    this.#last = this.#clock.now();
    this.#work();
  }

  dispose(): void {
    this.#disposed = true;
    this.#cancel?.();
  }
}
