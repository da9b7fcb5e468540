import { createContext, Script } from 'node:vm';
import { KafkaManagerError } from '../../../contract/errors';
import type { RecordRows } from '../recordRows';
import { MOST_SLICE_BYTES } from './compiledFilter';
import { endOf } from './recordFields';

/**
 * Tries of one record, in ms. The clock is that of the wall, so on a busy machine also an innocent record can be late;
 * hence several tries, longer each time. What runs away is ended after about 0.1 s.
 */
const TRIES_MS: readonly number[] = [15, 30, 60];
/** More time for large records, in ms per MiB. */
const MS_PER_MIB = 25;
/** A run of records that took no longer than this lets the slices grow again, in ms. */
const QUICK_MS = 4;

const script = new Script('work()');

/**
 * Runs a test of records that may run away, such as a regular expression with nested repetitions. Nothing within
 * JavaScript can stop it; the timeout of node:vm can, since it ends whatever the script calls, V8's regular expressions
 * included. A run of records shares one such call, which costs about 0.1 ms; where it is late, each record gets its own.
 */
export class DeadlineGuard {
  readonly #matches: (rows: RecordRows, row: number) => boolean;
  readonly #globals: { work: () => void } = { work: () => {} };
  readonly #context = createContext(this.#globals);
  #sliceBytes = MOST_SLICE_BYTES;

  constructor(matches: (rows: RecordRows, row: number) => boolean) {
    this.#matches = matches;
  }

  /** See CompiledFilter. */
  get sliceBytes(): number {
    return this.#sliceBytes;
  }

  /** Those of the rows that match. @throws FILTER_TOO_SLOW naming the record that can't be decided in time */
  keep(rows: RecordRows, candidates: readonly number[]): readonly number[] {
    if (candidates.length === 0) return candidates;
    const bytes = candidates.reduce((sum, row) => sum + endOf(rows, row) - rows.start(row), 0);
    const since = performance.now();
    const together = this.#try(rows, candidates, bytes, TRIES_MS[0]!);
    if (together) {
      const isQuick = performance.now() - since < QUICK_MS;
      if (isQuick) this.#sliceBytes = Math.min(MOST_SLICE_BYTES, this.#sliceBytes * 2);
      return together;
    }
    this.#sliceBytes = Math.max(1, bytes >> 3);
    return candidates.filter((row) => this.#single(rows, row));
  }

  #single(rows: RecordRows, row: number): boolean {
    const bytes = endOf(rows, row) - rows.start(row);
    for (const ms of TRIES_MS) {
      const found = this.#try(rows, [row], bytes, ms);
      if (found) return found.length > 0;
    }
    const where = `offset ${rows.offset(row)} of partition ${rows.partition}`;
    throw new KafkaManagerError('FILTER_TOO_SLOW', `The filter takes too long for the record at ${where}.`, {
      details: { partition: rows.partition, offset: rows.offset(row) },
    });
  }

  /** Those that match; undefined where it took too long. */
  #try(rows: RecordRows, candidates: readonly number[], bytes: number, ms: number): number[] | undefined {
    const found: number[] = [];
    this.#globals.work = () => {
      for (const row of candidates) if (this.#matches(rows, row)) found.push(row);
    };
    try {
      script.runInContext(this.#context, { timeout: Math.ceil(ms + (bytes / 2 ** 20) * MS_PER_MIB) });
      return found;
    } catch (error) {
      if (isTimeout(error)) return undefined;
      throw error;
    } finally {
      this.#globals.work = () => {};
    }
  }
}

function isTimeout(error: unknown): boolean {
  // Made in the other context, so it may be no Error of this one.
  return (error as { code?: unknown } | null)?.code === 'ERR_SCRIPT_EXECUTION_TIMEOUT';
}
