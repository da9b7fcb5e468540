import { existsSync, readFileSync } from 'node:fs';

/** A test that was run in the extension host. */
export interface HostTest {
  readonly title: string;
  readonly durationMs: number;
  /** Why it failed, with its stack. */
  readonly error?: string;
}

/** What a run in the extension host writes to its result file, and before its end to the same with `.partial`. */
export interface HostResult {
  readonly tests: readonly HostTest[];
  /** Tests that were skipped. */
  readonly pending: number;
  /** Errors that nobody caught, thrown by the tests or by the extension. */
  readonly uncaught: readonly string[];
  /** The test that is running; only in the partial file. */
  readonly running?: string;
}

/** The result that a run wrote, if it wrote one. */
export function readHostResult(file: string): HostResult | undefined {
  return existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as HostResult) : undefined;
}
