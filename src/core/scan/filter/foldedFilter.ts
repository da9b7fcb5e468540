import type { FilteredField } from '../query';
import type { RecordRows } from '../recordRows';
import { type CompiledFilter, MOST_SLICE_BYTES } from './compiledFilter';
import { fold, foldedBytes } from './foldedBytes';
import { endOf, someText } from './recordFields';

/**
 * Looks for a text without regard to case, as Unicode has it: String.prototype.toLowerCase of the text and of the field,
 * with ς as σ. It is no full case folding: ß and ss are different, as are ﬁ and fi. The bytes are searched for the text
 * in all its cases, and only records with a hit are decoded.
 */
export function foldedFilter(text: string, fields: readonly FilteredField[]): CompiledFilter {
  const word = fold(text);
  const pattern = foldedBytes(word);
  const keep = (rows: RecordRows, candidates: readonly number[]): number[] =>
    candidates.filter((row) => someText(rows, row, fields, (part) => fold(part).includes(word)));
  const candidates = (rows: RecordRows, from: number, to: number): number[] => {
    const found: number[] = [];
    const base = rows.start(from);
    const latin1 = rows.bytes.toString('latin1', base, endOf(rows, to - 1));
    const regex = new RegExp(pattern, 'g');
    for (let hit = regex.exec(latin1); hit; hit = regex.exec(latin1)) {
      const row = rows.rowAt(base + hit.index);
      found.push(row);
      regex.lastIndex = endOf(rows, row) - base;
    }
    return found;
  };
  return {
    sliceBytes: MOST_SLICE_BYTES,
    mayMatch: (section) => new RegExp(pattern).test(section.toString('latin1')),
    select: (rows, from, to) => (from < to ? keep(rows, candidates(rows, from, to)) : []),
    keep,
  };
}
