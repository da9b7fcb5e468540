import { KafkaManagerError } from '../../../contract/errors';
import type { ProduceOutcome, ProduceRecord } from '../../../core/kafkaTypes';

/** A record and the line that it comes from, counted from 1 on. */
export interface NumberedRecord {
  readonly line: number;
  readonly record: ProduceRecord;
}

/** A line whose record was not written, or nobody knows whether. */
export interface SendFailure {
  readonly line: number;
  readonly error: KafkaManagerError;
  readonly mayBeWritten: boolean;
}

/** Failures after which no further record is taken. */
export const mostFailures = 100;

/** Counts what becomes of records, whose outcomes come in their order. */
export class SendResult {
  sent = 0;
  /** Surely not written. */
  failed = 0;
  /** Nobody knows whether they were written. */
  unknown = 0;
  readonly failures: SendFailure[] = [];
  /** Why it ended before the last record. */
  ended: KafkaManagerError | undefined;
  /** Lines whose outcome is awaited, those before `#settled` have it. */
  #lines: number[] = [];
  #settled = 0;

  /** Records that have their outcome. */
  get done(): number {
    return this.sent + this.failed + this.unknown;
  }

  /** The record of a line is about to be written. @throws where too many have failed */
  take(line: number): void {
    const [first] = this.failures;
    if (first && this.failures.length >= mostFailures) {
      const { code, message, remedy } = first.error;
      throw new KafkaManagerError(code, `Too many failed; the first was line ${first.line}: ${message}`, {
        remedy,
        cause: first.error,
      });
    }
    this.#lines.push(line);
  }

  /** The outcome of the first record that has none. */
  settle(outcome: ProduceOutcome): void {
    const line = this.#lines[this.#settled++] ?? 0;
    if (this.#settled >= 10_000) {
      this.#lines = this.#lines.slice(this.#settled);
      this.#settled = 0;
    }
    if (outcome.ok) {
      this.sent++;
      return;
    }
    const { error, mayBeWritten } = outcome;
    if (mayBeWritten) this.unknown++;
    else this.failed++;
    this.failures.push({ line, error, mayBeWritten });
  }
}
