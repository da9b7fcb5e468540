import type { FilteredField } from '../query';
import type { RecordRows } from '../recordRows';
import { type CompiledFilter, MOST_SLICE_BYTES } from './compiledFilter';
import { endOf, someText } from './recordFields';
import { rowsBetween } from './rowFilter';

/** Larger batches are not searched as a whole, which would take long; their records are. */
const MOST_SECTION_BYTES = 4 * 1024 * 1024;

/** Lower case by Unicode's default rules in both; the two small sigmas are one, since which it is depends on its place. */
function fold(text: string): string {
  return text.toLowerCase().replaceAll('ς', 'σ');
}

/**
 * Looks for a text without regard to case, as Unicode has it: String.prototype.toLowerCase of the text and of the field,
 * with ς as σ. It is no full case folding: ß and ss are different, as are ﬁ and fi.
 */
export function foldedFilter(text: string, fields: readonly FilteredField[]): CompiledFilter {
  const word = fold(text);
  const isIn = (part: string): boolean => fold(part).includes(word);
  // Where fields meet other bytes, broken UTF-8 may be read in another way, which only U+FFFD can tell.
  const anywhere = (bytes: Buffer): boolean => word.includes('\ufffd') || isIn(bytes.toString('utf8'));
  const keep = (rows: RecordRows, candidates: readonly number[]): number[] =>
    candidates.filter((row) => someText(rows, row, fields, isIn));
  return {
    sliceBytes: MOST_SLICE_BYTES,
    mayMatch: (section) => section.length > MOST_SECTION_BYTES || anywhere(section),
    select: (rows, from, to) =>
      from < to && anywhere(rows.bytes.subarray(rows.start(from), endOf(rows, to - 1)))
        ? keep(rows, rowsBetween(from, to))
        : [],
    keep,
  };
}
