/** Runs `work` after `ms` milliseconds; the function that it gives back cancels that. */
export type StartTimer = (ms: number, work: () => void) => () => void;

export interface LeaseOptions {
  /** ms from the last client's end to the end of the lease, asked when it leaves; undefined for never. */
  readonly graceMs: () => number | undefined;
  /** The lease has ended: nobody holds it, and nobody came back within the grace time. */
  readonly onExpired: () => void;
  readonly startTimer: StartTimer;
}

/** One client's part of the lease. Only the first call of either function counts. */
export interface Hold {
  /** The client said that it leaves: where it was the last one, nothing is waited for. */
  readonly release: () => void;
  /** The client has gone without a word, perhaps to come back (window reload): the grace time begins. */
  readonly lose: () => void;
}

/** Who needs the broker. It has ended when nobody has held it for the grace time. */
export class Lease {
  readonly #options: LeaseOptions;
  readonly #holds = new Set<Hold>();
  #cancelTimer: (() => void) | undefined;

  constructor(options: LeaseOptions) {
    this.#options = options;
  }

  get isHeld(): boolean {
    return this.#holds.size > 0;
  }

  hold(): Hold {
    this.#stopTimer();
    const hold: Hold = {
      release: () => {
        if (!this.#holds.delete(hold) || this.isHeld) return;
        if (this.#options.graceMs() !== undefined) this.#options.onExpired();
      },
      lose: () => {
        if (this.#holds.delete(hold)) this.review();
      },
    };
    this.#holds.add(hold);
    return hold;
  }

  /** Begins the grace time anew where nobody holds the lease; for when the grace time itself has changed. */
  review(): void {
    this.#stopTimer();
    if (this.isHeld) return;
    const ms = this.#options.graceMs();
    if (ms === undefined) return;
    this.#cancelTimer = this.#options.startTimer(ms, () => {
      this.#cancelTimer = undefined;
      this.#options.onExpired();
    });
  }

  #stopTimer(): void {
    this.#cancelTimer?.();
    this.#cancelTimer = undefined;
  }
}
