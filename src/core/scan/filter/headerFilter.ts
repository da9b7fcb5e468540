import type { RecordFilter } from '../query';
import type { RecordRows } from '../recordRows';
import { invalid } from '../validateQuery';
import type { CompiledFilter } from './compiledFilter';
import { MOST_NEEDLE_BYTES } from './containsFilter';
import { exactNeedle } from './needle';
import { needleFilter } from './needleFilter';
import { asBuffer } from './recordFields';
import { rowFilter } from './rowFilter';

/**
 * Records with a header of this key, byte for byte, and this value where one is given; null is the null value. The value is
 * looked for first: a key is often in every record.
 * @throws VALIDATION_ERROR where key or value is too long
 */
export function headerFilter({ key, value }: Extract<RecordFilter, { kind: 'header' }>): CompiledFilter {
  const name = Buffer.from(key);
  const bytes = value ? asBuffer(value) : undefined;
  if (name.length > MOST_NEEDLE_BYTES || (bytes && bytes.length > MOST_NEEDLE_BYTES)) {
    throw invalid(
      'filter',
      `Key and value of a header to look for may have ${MOST_NEEDLE_BYTES} bytes each.`,
    );
  }
  const matches = (rows: RecordRows, row: number): boolean =>
    rows.headers(row).some((header) => header.key === key && hasValue(header.value, value));
  const first = bytes && bytes.length > 0 ? bytes : name;
  if (first.length > 0) {
    const search = needleFilter(exactNeedle(first), ['headers'], matches);
    const mayMatch = (section: Buffer): boolean =>
      section.includes(name) && (bytes === undefined || section.includes(bytes));
    return { ...search, mayMatch };
  }
  return rowFilter(matches, () => true);
}

function hasValue(value: Uint8Array | null, wanted: Uint8Array | null | undefined): boolean {
  if (wanted === undefined) return true;
  return value === null || wanted === null ? value === wanted : asBuffer(value).equals(wanted);
}
