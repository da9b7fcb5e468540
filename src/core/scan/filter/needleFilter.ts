import type { FilteredField } from '../query';
import { endOf, type RecordRows } from '../recordRows';
import type { CompiledFilter } from './compiledFilter';
import type { Needle } from './needle';
import { fieldEnd, fieldStart } from './recordFields';

/**
 * Records that hold the needle inside of one of the fields. It is looked for in whole runs of records, and the records
 * are found by the hits' positions: what a search costs depends on the hits, not on the records.
 * @param inHeaders whether the headers of a row hold it; asked where it was seen among their bytes
 */
export function needleFilter(
  needle: Needle,
  fields: readonly FilteredField[],
  inHeaders: (rows: RecordRows, row: number) => boolean,
): CompiledFilter {
  const find = (rows: RecordRows, from: number, to: number): number[] => {
    const found: number[] = [];
    if (from >= to) return found;
    const base = rows.start(from);
    const next = needle.over(rows.bytes.subarray(base, endOf(rows, to - 1)));
    let at = next(0);
    while (at >= 0) {
      const row = rows.rowAt(base + at);
      const end = endOf(rows, row) - base;
      for (const field of fields) {
        const start = fieldStart(rows, row, field);
        if (start < 0) continue;
        // The hit may lie between the fields, or in one that was not chosen.
        if (at < start - base) at = next(start - base);
        if (at < 0) return found;
        if (at + needle.length > fieldEnd(rows, row, field) - base) continue;
        if (field === 'headers' && !inHeaders(rows, row)) continue;
        found.push(row);
        break;
      }
      if (at < end) at = next(end);
    }
    return found;
  };
  return {
    mayMatch: (section) => needle.isIn(section),
    select: (rows, from, to) => ({ from, to, hits: find(rows, from, to) }),
    keep: (rows, run) => ({
      ...run,
      hits: run.hits.filter((row) => find(rows, row, row + 1).length > 0),
    }),
  };
}
