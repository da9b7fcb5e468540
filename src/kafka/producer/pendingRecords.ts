import type { PendingRecord } from './pendingRecord';

/** All records without an outcome, and the one timer that ends those whose deadline has come. */
export class PendingRecords {
  readonly #records = new Set<PendingRecord>();
  #timer: NodeJS.Timeout | undefined;
  #timerAt = Infinity;
  #idle: (() => void)[] = [];

  add(record: PendingRecord): void {
    this.#records.add(record);
    if (record.deadline < this.#timerAt) this.#arm(record.deadline);
  }

  delete(record: PendingRecord): void {
    this.#records.delete(record);
    if (this.#records.size > 0) return;
    clearTimeout(this.#timer);
    this.#timerAt = Infinity;
    for (const resolve of this.#idle.splice(0)) resolve();
  }

  /** Resolves when every record that is here now has its outcome; later ones may prolong it. */
  idle(): Promise<void> {
    if (this.#records.size === 0) return Promise.resolve();
    return new Promise((resolve) => this.#idle.push(resolve));
  }

  cancelAll(cause: unknown): void {
    for (const record of [...this.#records]) record.cancel(cause);
  }

  #arm(deadline: number): void {
    clearTimeout(this.#timer);
    this.#timerAt = deadline;
    this.#timer = setTimeout(() => this.#expire(), Math.max(0, deadline - performance.now()));
  }

  #expire(): void {
    this.#timerAt = Infinity;
    const now = performance.now();
    let next = Infinity;
    for (const record of [...this.#records]) {
      if (record.deadline <= now) record.expire();
      else next = Math.min(next, record.deadline);
    }
    if (next < this.#timerAt) this.#arm(next);
  }
}
