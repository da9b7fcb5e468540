import { Fifo } from './fifo';
import type { PendingRecord } from './pendingRecord';

/** Bytes of records of single calls that may be on their way at once. */
const BUFFER_BYTES = 64 * 1024 * 1024;

/**
 * Keeps the memory of single calls bounded: what does not fit waits outside, in order, until others have their outcome.
 * A record that is larger than all of it goes alone.
 */
export class SendBuffer {
  readonly #pass: (record: PendingRecord) => void;
  readonly #waiting = new Fifo<PendingRecord>();
  readonly #limit: number;
  readonly #inside = new Set<PendingRecord>();
  #bytes = 0;

  /** @param pass sends a record on */
  constructor(pass: (record: PendingRecord) => void, limit = BUFFER_BYTES) {
    this.#pass = pass;
    this.#limit = limit;
  }

  add(record: PendingRecord): void {
    if (this.#waiting.length === 0 && this.#fits(record)) {
      this.#enter(record);
      return;
    }
    record.obstacle = new Error(`${this.#limit} bytes wait to be sent before it`);
    this.#waiting.push(record);
  }

  /** The record has its outcome. */
  release(record: PendingRecord): void {
    if (!this.#inside.delete(record)) return;
    this.#bytes -= record.maxBytes;
    for (let next = this.#waiting.peek(); next; next = this.#waiting.peek()) {
      if (next.isSettled) {
        this.#waiting.shift();
        continue;
      }
      if (!this.#fits(next)) return;
      this.#waiting.shift();
      next.obstacle = undefined;
      this.#enter(next);
    }
  }

  #fits({ maxBytes }: PendingRecord): boolean {
    return this.#bytes === 0 || this.#bytes + maxBytes <= this.#limit;
  }

  #enter(record: PendingRecord): void {
    this.#bytes += record.maxBytes;
    this.#inside.add(record);
    this.#pass(record);
  }
}
