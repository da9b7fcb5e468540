import { escapeControl } from '../base/logger';

/** Writes what the terminal entry did, one line for each step, with the time since its start. */
export class Report {
  readonly #write: (line: string) => void;
  readonly #startedAt: number;

  /** @param startedAt ms on the clock of `performance.now()`: 0 is the start of the process. */
  constructor(write: (line: string) => void, startedAt = 0) {
    this.#write = write;
    this.#startedAt = startedAt;
  }

  /** Seconds since the start of the process. */
  get seconds(): number {
    return (performance.now() - this.#startedAt) / 1000;
  }

  /** One step that is done. */
  step(text: string): void {
    this.#write(`${this.seconds.toFixed(2).padStart(6)} s  ${escapeControl(text)}`);
  }

  /** A line without a time. */
  line(text = ''): void {
    this.#write(text);
  }
}
