import type { RecordFilter } from '../query';
import { invalid } from '../validateQuery';
import type { CompiledFilter } from './compiledFilter';

type Contains = Extract<RecordFilter, { kind: 'contains' }>;

/** Looks for bytes in key and value. @throws VALIDATION_ERROR where there is nothing to look for */
export function containsFilter({ bytes }: Contains): CompiledFilter {
  if (bytes.byteLength === 0) throw invalid('filter', 'The text to look for must not be empty.');
  const needle = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return {
    mayMatch: (section) => section.includes(needle),
    select: (rows, from, to) => {
      const hits: number[] = [];
      const end = to < rows.length ? rows.start(to) : rows.bytes.length;
      for (let row = from; row < to; row++) {
        const at = rows.bytes.indexOf(needle, rows.start(row));
        if (at < 0 || at + needle.length > end) break;
        // A hit may lie in a header, or across two fields.
        row = Math.max(row, rows.rowAt(at));
        if (row >= to) break;
        const inKey = within(rows.keyStart(row), rows.keyEnd(row), rows.bytes, needle);
        if (inKey || within(rows.valueStart(row), rows.valueEnd(row), rows.bytes, needle)) hits.push(row);
      }
      return hits;
    },
  };
}

function within(start: number, end: number, bytes: Buffer, needle: Buffer): boolean {
  return start >= 0 && end - start >= needle.length && bytes.subarray(start, end).includes(needle);
}
