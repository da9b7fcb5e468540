import { delay, reasonOf } from './async';

export interface RetryOptions {
  /** How often the work is tried in all, at least 1. */
  readonly attempts: number;
  /** First pause in ms; it doubles each time. */
  readonly baseMs: number;
  /** Longest pause in ms. */
  readonly maxMs: number;
  /** Says whether an error is worth another try. */
  readonly isRetriable: (error: unknown) => boolean;
  readonly signal?: AbortSignal | undefined;
  /** Source of jitter in [0, 1); injected by tests. */
  readonly random?: () => number;
}

/**
 * Pause before attempt `attempt + 1` in ms: exponential with "equal jitter", so half of it is fixed and half random.
 * Callers that failed together don't come back together, and none comes back at once.
 */
export function backoffMs(
  attempt: number,
  options: Pick<RetryOptions, 'baseMs' | 'maxMs'>,
  random: () => number = Math.random,
): number {
  const full = Math.min(options.maxMs, options.baseMs * 2 ** Math.min(attempt, 30));
  return full / 2 + (full / 2) * random();
}

/** Runs `work` until it succeeds, its error is not retriable, the attempts are used up or the signal is aborted. */
export async function retry<T>(work: (attempt: number) => Promise<T>, options: RetryOptions): Promise<T> {
  for (let attempt = 0; ; attempt++) {
    if (options.signal?.aborted) throw reasonOf(options.signal);
    try {
      return await work(attempt);
    } catch (error) {
      if (attempt + 1 >= options.attempts || !options.isRetriable(error)) throw error;
      await delay(backoffMs(attempt, options, options.random), options.signal);
    }
  }
}
