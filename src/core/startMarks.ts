import { delay } from '../base/async';
import type { Clock, StateStore } from './ports';

/** Written while this window starts a cluster of ours, so that the start is taken up where the window is reloaded. */
const STARTING_PREFIX = 'starting.';
/** A mark that is older belongs to a start that nobody waits for any more, in ms. */
const OLDEST_MS = 5 * 60_000;
/** How long a process that is about to end is waited for, in ms. */
const PATIENCE_MS = 10_000;
const LOOK_EVERY_MS = 500;

export interface StartMarksOptions {
  readonly state: StateStore;
  readonly clock: Clock;
  /** The own process. */
  readonly pid: number;
  readonly isAlive: (pid: number) => boolean;
  /** Waits; replaced by tests. */
  readonly pause?: (ms: number, signal: AbortSignal) => Promise<void>;
}

/**
 * Starts that are under way, and in which process. A window that is reloaded in the middle of one leaves its mark behind:
 * its successor finds it and starts again. VS Code does not tell a reload from a close, so a window that is closed for
 * good in the middle of a start leaves its mark as well: the next window that opens within 5 min starts the cluster.
 */
export class StartMarks {
  readonly #options: StartMarksOptions;

  constructor(options: StartMarksOptions) {
    this.#options = options;
  }

  /** This process begins to start a cluster. */
  begin(id: string): Promise<void> {
    const { state, pid, clock } = this.#options;
    return state.set(STARTING_PREFIX + id, { pid, at: clock.now() });
  }

  /** The start has come to an end, whichever. */
  end(id: string): Promise<void> {
    return this.#options.state.set(STARTING_PREFIX + id, undefined);
  }

  /**
   * Whether a start was left behind: its process is gone, or goes within 10 s. The mark is taken away then, so that it
   * counts once.
   */
  async takeUp(id: string, signal: AbortSignal): Promise<boolean> {
    const { clock, pause = delay } = this.#options;
    const until = clock.now() + PATIENCE_MS;
    for (;;) {
      const mark = asMark(await this.#options.state.get(STARTING_PREFIX + id));
      if (!mark) return false;
      if (clock.now() - mark.at > OLDEST_MS) {
        await this.end(id);
        return false;
      }
      if (mark.pid === this.#options.pid) {
        // Asked for before anything is started here: a former process had the same number.
        await this.end(id);
        return false;
      }
      if (!this.#options.isAlive(mark.pid)) {
        await this.end(id);
        return true;
      }
      if (clock.now() >= until) return false;
      await pause(LOOK_EVERY_MS, signal);
    }
  }
}

function asMark(value: unknown): { readonly pid: number; readonly at: number } | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  const { pid, at } = value as { pid?: unknown; at?: unknown };
  return typeof pid === 'number' && Number.isInteger(pid) && pid > 0 && typeof at === 'number'
    ? { pid, at }
    : undefined;
}

/** Whether a process of this machine runs. */
export function isProcessAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}
