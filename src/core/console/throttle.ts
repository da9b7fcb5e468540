import type { Disposable } from '../../base/lifecycle';

/** Does something soon, but not more often than every `pauseMs`. */
export class Throttle implements Disposable {
  readonly #pauseMs: number;
  readonly #work: () => void;
  #timer: NodeJS.Timeout | undefined;
  #last = -Infinity;
  #disposed = false;

  constructor(pauseMs: number, work: () => void) {
    this.#pauseMs = pauseMs;
    this.#work = work;
  }

  /** At once where the pause is over, else when it is. */
  soon(): void {
    if (this.#timer || this.#disposed) return;
    const waitMs = this.#last + this.#pauseMs - performance.now();
    if (waitMs <= 0) this.now();
    else this.#timer = setTimeout(() => this.now(), waitMs);
  }

  /** At once, whatever was before: for the last word. */
  now(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    if (this.#disposed) return;
    this.#last = performance.now();
    this.#work();
  }

  dispose(): void {
    this.#disposed = true;
    clearTimeout(this.#timer);
  }
}
