import type { PendingRecord } from './pendingRecord';
import { Endings } from './recordErrors';

interface Watch {
  readonly records: Set<PendingRecord>;
  readonly onAbort: () => void;
}

/**
 * Cancels records when their caller's signal is aborted. One listener per signal: Node looks through all of them for
 * each that is added, which takes seconds where thousands of records share a signal.
 */
export class Withdrawals {
  readonly #watches = new Map<AbortSignal, Watch>();

  /** @param signal not aborted yet */
  add(signal: AbortSignal, record: PendingRecord): void {
    let watch = this.#watches.get(signal);
    if (!watch) {
      const records = new Set<PendingRecord>();
      const onAbort = (): void => {
        const endings = new Endings();
        for (const one of [...records]) endings.cancel(one, signal.reason);
      };
      watch = { records, onAbort };
      this.#watches.set(signal, watch);
      signal.addEventListener('abort', onAbort, { once: true });
    }
    watch.records.add(record);
  }

  /** The record has its outcome; the last one takes the listener with it. */
  delete(signal: AbortSignal, record: PendingRecord): void {
    const watch = this.#watches.get(signal);
    if (!watch?.records.delete(record) || watch.records.size > 0) return;
    signal.removeEventListener('abort', watch.onAbort);
    this.#watches.delete(signal);
  }
}
