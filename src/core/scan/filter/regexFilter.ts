import type { RecordFilter } from '../query';
import { invalid } from '../validateQuery';
import { allOf } from './allOf';
import type { CompiledFilter } from './compiledFilter';
import { containsFilter } from './containsFilter';
import { chosenFields, someText } from './recordFields';
import { regexLiteral } from './regexLiteral';
import { guardedFilter } from './rowFilter';

/** Longest pattern in characters. */
export const MOST_PATTERN_LENGTH = 1_000;

/**
 * Looks for a JavaScript regular expression in the text of each of the chosen fields; ^ and $ are the ends of the field.
 * Where a text must be in every match, only records that hold it are looked at closer.
 * @throws VALIDATION_ERROR where it is none, with the engine's words
 */
export function regexFilter(filter: Extract<RecordFilter, { kind: 'regex' }>): CompiledFilter {
  const { source, flags = '' } = filter;
  const fields = chosenFields(filter.fields);
  if (source.length > MOST_PATTERN_LENGTH) {
    throw invalid(
      'filter',
      `The pattern has ${source.length} characters; ${MOST_PATTERN_LENGTH} are possible.`,
    );
  }
  if (/[^imsuv]/.test(flags)) throw invalid('filter', 'The flags can be i, m, s, u and v.');
  const regex = toRegex(source, flags);
  const literal = regexLiteral(source, flags);
  const closer = guardedFilter(
    (rows, row) => someText(rows, row, fields, (text) => regex.test(text)),
    () => true,
  );
  if (!literal) return closer;
  const bytes = Buffer.from(literal.text);
  const first = containsFilter({ kind: 'contains', bytes, ignoreCase: flags.includes('i'), fields });
  return literal.isAll ? first : allOf([first, closer]);
}

function toRegex(source: string, flags: string): RegExp {
  try {
    const regex = new RegExp(source, flags);
    // Some patterns are only found to be too large when they are first used.
    regex.test('');
    return regex;
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw invalid('filter', `${reason.slice(-500)}.`);
  }
}
