import type { Pending } from './pending';
import { Endings } from './recordErrors';

/** Records of one timeout: linked in the order of their deadlines, since each came after the one before. */
interface Chain {
  first: Pending | undefined;
  last: Pending | undefined;
}

/**
 * All records without an outcome, and the one timer that ends those whose deadline has come. Linked through the records
 * themselves: joining and leaving cost nothing, however many there are.
 */
export class PendingRecords {
  readonly #chains = new Map<number, Chain>();
  #count = 0;
  #timer: NodeJS.Timeout | undefined;
  #timerAt = Infinity;
  #idle: (() => void)[] = [];

  add(record: Pending): void {
    const { timeoutMs } = record.options;
    let chain = this.#chains.get(timeoutMs);
    if (chain === undefined) {
      chain = { first: undefined, last: undefined };
      this.#chains.set(timeoutMs, chain);
    }
    const { last } = chain;
    record.previous = last;
    if (last === undefined) chain.first = record;
    else last.next = record;
    chain.last = record;
    this.#count++;
    if (record.deadline < this.#timerAt) this.#arm(record.deadline);
  }

  /** The record has its outcome. */
  delete(record: Pending): void {
    const { previous, next } = record;
    const chain = this.#chains.get(record.options.timeoutMs)!;
    if (previous === undefined) chain.first = next;
    else previous.next = next;
    if (next === undefined) chain.last = previous;
    else next.previous = previous;
    record.previous = undefined;
    record.next = undefined;
    if (chain.first === undefined) this.#chains.delete(record.options.timeoutMs);
    if (--this.#count > 0) return;
    clearTimeout(this.#timer);
    this.#timerAt = Infinity;
    for (const resolve of this.#idle.splice(0)) resolve();
  }

  /** Several that share its deadline take the place of one that was here. */
  replace(one: Pending, several: readonly Pending[]): void {
    let previous = one;
    for (const record of several) {
      const { next } = previous;
      record.previous = previous;
      record.next = next;
      previous.next = record;
      if (next === undefined) this.#chains.get(one.options.timeoutMs)!.last = record;
      else next.previous = record;
      previous = record;
      this.#count++;
    }
    this.delete(one);
  }

  /** Resolves when every record that is here now has its outcome; later ones may prolong it. */
  idle(): Promise<void> {
    if (this.#count === 0) return Promise.resolve();
    return new Promise((resolve) => this.#idle.push(resolve));
  }

  cancelAll(cause: unknown): void {
    const endings = new Endings();
    for (const chain of [...this.#chains.values()]) {
      while (chain.first !== undefined) endings.cancel(chain.first, cause);
    }
  }

  #arm(deadline: number): void {
    clearTimeout(this.#timer);
    this.#timerAt = deadline;
    this.#timer = setTimeout(() => this.#expire(), Math.max(0, deadline - performance.now()));
  }

  #expire(): void {
    this.#timerAt = Infinity;
    const now = performance.now();
    const endings = new Endings();
    let next = Infinity;
    for (const chain of [...this.#chains.values()]) {
      while (chain.first !== undefined && chain.first.deadline <= now) endings.expire(chain.first);
      if (chain.first !== undefined) next = Math.min(next, chain.first.deadline);
    }
    if (next < this.#timerAt) this.#arm(next);
  }
}
