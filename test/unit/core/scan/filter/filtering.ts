import { compileFilter } from '../../../../../src/core/scan/filter/compileFilter';
import type { CompiledFilter } from '../../../../../src/core/scan/filter/compiledFilter';
import type { RecordFilter, ScanDirection } from '../../../../../src/core/scan/query';
import type { RecordRows } from '../../../../../src/core/scan/recordRows';
import { type PlainRecord, rowsOf } from '../../../../support/rowsOf';

/** A record without the facts that a filter of fields doesn't look at. */
export type Fields = Omit<PlainRecord, 'offset' | 'timestamp'>;

/** Rows of partition 3 with these fields, at the offsets from 100 on. */
export function rowsWith(records: readonly Fields[]): RecordRows {
  return rowsOf(
    3,
    records.map((fields, row) => ({ offset: 100 + row, timestamp: 1_700_000_000_000 + row, ...fields })),
  );
}

/**
 * The rows that the filter lets through. Checked on the way: `mayMatch` never denies a batch with a hit, runs of two rows
 * give the same as one long run, newest first the same as oldest first, and so does `keep`.
 */
export async function hits(filter: RecordFilter, records: readonly Fields[]): Promise<readonly number[]> {
  const rows = rowsWith(records);
  const compiled = await compileFilter(filter);
  const found = selected(compiled, rows, 0, rows.length).hits;
  if (found.length > 0 && !compiled.mayMatch(rows.bytes))
    throw new Error('mayMatch denies a batch with a hit');
  const byTwos: number[] = [];
  for (let row = 0; row < rows.length; row += 2) {
    byTwos.push(...selected(compiled, rows, row, Math.min(rows.length, row + 2)).hits);
  }
  const downward = selected(compiled, rows, 0, rows.length, 'newest').hits;
  const all = Array.from({ length: rows.length }, (_, row) => row);
  const keep: number[] = [];
  for (let at = 0; at < rows.length;) {
    const kept = compiled.keep(rows, { from: at, to: rows.length, hits: all.slice(at) }, 'oldest');
    keep.push(...kept.hits);
    at = kept.to;
  }
  for (const [way, other] of Object.entries({ byTwos, downward, keep })) {
    if (String(other) !== String(found)) throw new Error(`${way}: ${String(other)}, not ${String(found)}`);
  }
  return found;
}

/** Asks until all rows [from, to) are decided; with how often it asked, and the CPU time of the longest call in ms. */
export function selected(
  filter: CompiledFilter,
  rows: RecordRows,
  from: number,
  to: number,
  direction: ScanDirection = 'oldest',
): { readonly hits: readonly number[]; readonly calls: number; readonly longestMs: number } {
  let hits: number[] = [];
  let calls = 0;
  let longestMs = 0;
  for (let [low, high] = [from, to]; low < high; calls++) {
    const before = process.cpuUsage();
    const run = filter.select(rows, low, high, direction);
    const { user, system } = process.cpuUsage(before);
    longestMs = Math.max(longestMs, (user + system) / 1000);
    const isForward = direction === 'oldest';
    const isGoingOn = isForward ? run.from === low && run.to > low : run.to === high && run.from < high;
    if (!isGoingOn || run.from < low || run.to > high) throw new Error('the run is none of what was asked');
    hits = isForward ? [...hits, ...run.hits] : [...run.hits, ...hits];
    if (isForward) low = run.to;
    else high = run.from;
  }
  return { hits, calls, longestMs };
}

/** The rows, out of values alone. */
export function valueHits(
  filter: RecordFilter,
  values: readonly (string | null)[],
): Promise<readonly number[]> {
  return hits(
    filter,
    values.map((value) => ({ value })),
  );
}
