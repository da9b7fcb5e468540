import type { RecordRows } from '../recordRows';
import { type CompiledFilter, MOST_SLICE_BYTES } from './compiledFilter';
import { DeadlineGuard } from './deadlineGuard';

/** Whether the record of a row counts. */
export type RowTest = (rows: RecordRows, row: number) => boolean;

/** A filter that looks at one record after the other; quick ones only. */
export function rowFilter(matches: RowTest, mayMatch: (section: Buffer) => boolean): CompiledFilter {
  const keep = (rows: RecordRows, candidates: readonly number[]): readonly number[] =>
    candidates.filter((row) => matches(rows, row));
  return {
    sliceBytes: MOST_SLICE_BYTES,
    mayMatch,
    select: (rows, from, to) => keep(rows, rowsBetween(from, to)),
    keep,
  };
}

/** The same for tests that may run away: a record that takes unreasonably long ends the read with FILTER_TOO_SLOW. */
export function guardedFilter(matches: RowTest, mayMatch: (section: Buffer) => boolean): CompiledFilter {
  const guard = new DeadlineGuard(matches);
  return {
    get sliceBytes() {
      return guard.sliceBytes;
    },
    mayMatch,
    select: (rows, from, to) => guard.keep(rows, rowsBetween(from, to)),
    keep: (rows, candidates) => guard.keep(rows, candidates),
  };
}

/** The rows [from, to). */
export function rowsBetween(from: number, to: number): number[] {
  return Array.from({ length: Math.max(0, to - from) }, (_, index) => from + index);
}
