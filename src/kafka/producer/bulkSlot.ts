import type { ProduceOutcome } from '../../core/kafkaTypes';
import type { Pending, Slot } from './pending';
import { PendingRecord } from './pendingRecord';

/** The place of one record that belongs to no group: it waits for its partition, or can't be sent at all. */
export class BulkSlot implements Slot {
  readonly #record: PendingRecord | { readonly outcome: ProduceOutcome };
  readonly #bytes: number;

  /** @param bytes what it counts for until its outcome is handed out */
  constructor(record: PendingRecord | { readonly outcome: ProduceOutcome }, bytes: number) {
    this.#record = record;
    this.#bytes = bytes;
  }

  take(): ProduceOutcome | undefined {
    return this.#record.outcome;
  }

  freed(): number {
    return this.#bytes;
  }

  get ways(): readonly Pending[] {
    return this.#record instanceof PendingRecord ? [this.#record] : [];
  }
}
