import { compileFilter } from '../../../../../src/core/scan/filter/compileFilter';
import type { RecordFilter } from '../../../../../src/core/scan/query';
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
 * give the same as one long run, and so does `keep`.
 */
export async function hits(filter: RecordFilter, records: readonly Fields[]): Promise<readonly number[]> {
  const rows = rowsWith(records);
  const compiled = await compileFilter(filter);
  const found = [...compiled.select(rows, 0, rows.length)];
  if (found.length > 0 && !compiled.mayMatch(rows.bytes))
    throw new Error('mayMatch denies a batch with a hit');
  const byTwos: number[] = [];
  for (let row = 0; row < rows.length; row += 2) {
    byTwos.push(...compiled.select(rows, row, Math.min(rows.length, row + 2)));
  }
  const all = Array.from({ length: rows.length }, (_, row) => row);
  for (const [way, other] of Object.entries({ byTwos, keep: compiled.keep(rows, all) })) {
    if (String(other) !== String(found)) throw new Error(`${way}: ${String(other)}, not ${String(found)}`);
  }
  return found;
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
