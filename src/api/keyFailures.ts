import type { Clock } from '../core/ports';

const WINDOW_MS = 60_000;

/**
 * Counts wrong keys. Only the next wrong ones are held back by it, never the right key: whoever shares this machine
 * could else lock its user out.
 */
export class KeyFailures {
  readonly #clock: Clock;
  readonly #max: number;
  #times: number[] = [];

  /** @param max failures in a minute that are answered with 401; the next ones are told to wait. */
  constructor(clock: Clock, max: number) {
    this.#clock = clock;
    this.#max = max;
  }

  /** Notes a wrong key. Answers the seconds to wait where there were too many, else undefined. */
  note(): number | undefined {
    const now = this.#clock.now();
    this.#times = this.#times.filter((time) => now - time < WINDOW_MS);
    const oldest = this.#times[0];
    if (oldest !== undefined && this.#times.length >= this.#max) {
      return Math.max(1, Math.ceil((oldest + WINDOW_MS - now) / 1000));
    }
    this.#times.push(now);
    return undefined;
  }
}
