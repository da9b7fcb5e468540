/** How long a reader works at most before it lets others have the event loop, in ms. */
const turnMs = 8;
/** Records between two looks at the clock. */
const recordsPerLook = 64;

/** Sees to it that a long read leaves the event loop to others every few milliseconds. */
export class Breather {
  #since = performance.now();
  #records = 0;

  /** Whether it is time for {@link breathe}; asked for each record, or where much was done at once. */
  isDue(muchWasDone = false): boolean {
    if (!muchWasDone && ++this.#records < recordsPerLook) return false;
    this.#records = 0;
    return performance.now() - this.#since > turnMs;
  }

  /** Lets what waits in the event loop have its turn, such as answers that have arrived. */
  async breathe(): Promise<void> {
    await new Promise((resolve) => setImmediate(resolve));
    this.#since = performance.now();
  }
}
