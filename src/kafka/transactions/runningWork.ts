/** Counts what is on its way, so that somebody can wait for the end of all of it. */
export class RunningWork {
  #count = 0;
  #waiting: (() => void)[] = [];

  get isIdle(): boolean {
    return this.#count === 0;
  }

  /** Hands the result of `work` on. */
  async run<T>(work: Promise<T>): Promise<T> {
    this.#count++;
    try {
      return await work;
    } finally {
      if (--this.#count === 0) for (const resolve of this.#waiting.splice(0)) resolve();
    }
  }

  /** Resolves when nothing is on its way. */
  idle(): Promise<void> {
    if (this.#count === 0) return Promise.resolve();
    return new Promise((resolve) => this.#waiting.push(resolve));
  }
}
