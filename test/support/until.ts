import { setTimeout as delay } from 'node:timers/promises';

/** How long {@link until} waits, and for what. */
export interface UntilOptions {
  /** Milliseconds after which waiting fails. */
  readonly deadlineMs: number;
  /** What is waited for, as it should read in "waited 5000 ms for ...". */
  readonly what: string;
  /** Pause between two looks. */
  readonly everyMs?: number;
}

/**
 * Waits until a condition gives a truthy value, and returns that value.
 *
 * A condition that throws or rejects counts as "not yet"; its last error is the cause of the failure.
 */
export async function until<T>(
  condition: () => T | Promise<T>,
  options: UntilOptions,
): Promise<NonNullable<T>> {
  const end = Date.now() + options.deadlineMs;
  let cause: Error | undefined;
  for (;;) {
    try {
      const value = await condition();
      if (value) return value;
      cause = undefined;
    } catch (error) {
      cause = error instanceof Error ? error : new Error(String(error));
    }
    if (Date.now() >= end) {
      const reason = cause === undefined ? '' : `: ${cause.message}`;
      throw new Error(`waited ${options.deadlineMs} ms for ${options.what}${reason}`, { cause });
    }
    await delay(options.everyMs ?? 20);
  }
}
