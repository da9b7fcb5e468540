import type { RecordRows } from '../recordRows';
import type { CompiledFilter, RowRun } from './compiledFilter';
import { DeadlineGuard } from './deadlineGuard';

/** Whether the record of a row counts. */
export type RowTest = (rows: RecordRows, row: number) => boolean;

/** A filter that looks at one record after the other; quick ones only. */
export function rowFilter(matches: RowTest, mayMatch: (section: Buffer) => boolean): CompiledFilter {
  const keep = (rows: RecordRows, run: RowRun): RowRun => ({
    ...run,
    hits: run.hits.filter((row) => matches(rows, row)),
  });
  return { mayMatch, select: (rows, from, to) => keep(rows, allRows(from, to)), keep };
}

/**
 * The same for tests that may be slow, or run away: a call looks at as many records as there is time for, and a single
 * record that takes unreasonably long ends the read with FILTER_TOO_SLOW.
 */
export function guardedFilter(matches: RowTest, mayMatch: (section: Buffer) => boolean): CompiledFilter {
  const guard = new DeadlineGuard(matches);
  return {
    mayMatch,
    select: (rows, from, to, direction) => guard.keep(rows, allRows(from, to), direction),
    keep: (rows, run, direction) => guard.keep(rows, run, direction),
  };
}

/** The rows [from, to), all of them hits. */
function allRows(from: number, to: number): RowRun {
  return { from, to, hits: Array.from({ length: Math.max(0, to - from) }, (_, index) => from + index) };
}
