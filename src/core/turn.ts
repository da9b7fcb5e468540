/** Longest stretch of work in ms after which others get their turn: less than half of the 20 ms that nobody should block for. */
const STRETCH_MS = 8;

/**
 * Keeps work over many records from blocking the event loop. Ask `isOver` after each record and `await pass()` where it
 * is; a record for itself costs no promise.
 */
export class Turn {
  #began = performance.now();
  #looks = 0;

  get isOver(): boolean {
    return performance.now() - this.#began >= STRETCH_MS;
  }

  /** As `isOver`, for work of less than a microsecond: most of the time it does not even look at the clock. */
  isOverSoon(muchWasDone = false): boolean {
    if (!muchWasDone && ++this.#looks < 64) return false;
    this.#looks = 0;
    return this.isOver;
  }

  /** Lets others work, then begins anew. */
  async pass(): Promise<void> {
    await new Promise((resolve) => setImmediate(resolve));
    this.#began = performance.now();
  }
}
