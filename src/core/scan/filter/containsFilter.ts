import { isUtf8 } from 'node:buffer';
import type { RecordFilter } from '../query';
import { invalid } from '../validateQuery';
import type { CompiledFilter } from './compiledFilter';
import { foldedFilter } from './foldedFilter';
import { caselessNeedle, exactNeedle } from './needle';
import { needleFilter } from './needleFilter';
import { asBuffer, chosenFields, someHeader } from './recordFields';

/** Longest text to look for, in bytes. */
export const MOST_NEEDLE_BYTES = 64 * 1024;
/** The same where case doesn't count: V8 refuses regular expressions of 64 KiB. */
export const MOST_CASELESS_BYTES = 4 * 1024;

/**
 * Looks for bytes inside of one of the chosen fields. With ignoreCase they have to be UTF-8: of an ASCII text the letters
 * A to Z are found in either case; for any other see {@link foldedFilter}.
 * @throws VALIDATION_ERROR where there is nothing to look for, too much, or no text where it has to be one; U+FFFD is none,
 * since broken bytes would count as it too
 */
export function containsFilter(filter: Extract<RecordFilter, { kind: 'contains' }>): CompiledFilter {
  const bytes = asBuffer(filter.bytes);
  const fields = chosenFields(filter.fields);
  if (bytes.length === 0) throw invalid('filter', 'The text to look for must not be empty.');
  const most = filter.ignoreCase === true ? MOST_CASELESS_BYTES : MOST_NEEDLE_BYTES;
  if (bytes.length > most) {
    throw invalid('filter', `The text to look for has ${bytes.length} bytes; ${most} are possible.`);
  }
  if (filter.ignoreCase === true) {
    if (!isUtf8(bytes))
      throw invalid('filter', 'Bytes that are not UTF-8 text have no upper and lower case.');
    const text = bytes.toString('utf8');
    if (text.includes('\ufffd')) {
      throw invalid(
        'filter',
        'U+FFFD stands for bytes that are no text; it is found only where case counts.',
      );
    }
    if (bytes.some((byte) => byte > 0x7f)) return foldedFilter(text, fields);
  }
  const needle = filter.ignoreCase === true ? caselessNeedle(bytes.toString('latin1')) : exactNeedle(bytes);
  return needleFilter(needle, fields, (rows, row) => someHeader(rows, row, (part) => needle.isIn(part)));
}
