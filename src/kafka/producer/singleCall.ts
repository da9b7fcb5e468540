import type { ProducedRecord } from '../../core/kafkaTypes';
import type { OutcomeSink, PendingRecord } from './pendingRecord';

/** The outcome of one record as a promise. */
export class SingleCall implements OutcomeSink {
  readonly outcome: Promise<ProducedRecord>;
  readonly #onSettled: (record: PendingRecord) => void;
  #resolve!: (produced: ProducedRecord) => void;
  #reject!: (error: Error) => void;

  constructor(onSettled: (record: PendingRecord) => void) {
    this.#onSettled = onSettled;
    this.outcome = new Promise((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
    });
  }

  settled(record: PendingRecord): void {
    this.#onSettled(record);
    const outcome = record.outcome!;
    if (outcome.ok) this.#resolve(outcome.produced);
    else this.#reject(outcome.error);
  }
}
