import type { FilteredField } from '../query';
import { endOf, type RecordRows } from '../recordRows';
import type { CompiledFilter, RowRun } from './compiledFilter';
import { fold, foldedBytes } from './foldedBytes';
import { someText } from './recordFields';

/**
 * Looks for a text without regard to case, as Unicode has it: String.prototype.toLowerCase of the text and of the field,
 * with ς as σ. It is no full case folding: ß and ss are different, as are ﬁ and fi. The bytes are searched for the text
 * in all its cases, and only records with a hit are decoded.
 */
export function foldedFilter(text: string, fields: readonly FilteredField[]): CompiledFilter {
  const word = fold(text);
  const pattern = foldedBytes(word);
  const keep = (rows: RecordRows, run: RowRun): RowRun => ({
    ...run,
    hits: run.hits.filter((row) => someText(rows, row, fields, (part) => fold(part).includes(word))),
  });
  const candidates = (rows: RecordRows, from: number, to: number): number[] => {
    const found: number[] = [];
    if (from >= to) return found;
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
    mayMatch: (section) => new RegExp(pattern).test(section.toString('latin1')),
    select: (rows, from, to) => keep(rows, { from, to, hits: candidates(rows, from, to) }),
    keep,
  };
}
