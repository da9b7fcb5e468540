import { jsonpath, JSONPathEnvironment, JSONPathError, type JSONPathQuery } from 'json-p3';
import type { RecordFilter } from '../query';
import { invalid } from '../validateQuery';
import type { CompiledFilter } from './compiledFilter';
import { jsonOf } from './fieldJson';
import { guardedFilter } from './rowFilter';

/** Longest path in characters. */
export const MOST_PATH_LENGTH = 1_000;

/**
 * Records whose key or value is JSON in which an RFC 9535 path selects at least one node. A path that can't be followed
 * in a record, as where it is nested too deep, does not match.
 * @throws VALIDATION_ERROR where the path is none, saying what is wrong where
 */
export function jsonPathFilter(filter: Extract<RecordFilter, { kind: 'jsonPath' }>): CompiledFilter {
  const { path, field = 'value' } = filter;
  if (path.length > MOST_PATH_LENGTH) {
    throw invalid('filter', `The path has ${path.length} characters; ${MOST_PATH_LENGTH} are possible.`);
  }
  const query = toQuery(path);
  const names = requiredNames(query);
  const mayMatch = (bytes: Buffer): boolean =>
    names.every((name) => bytes.includes(name)) || (names.length > 0 && bytes.includes('\\u'));
  return guardedFilter((rows, row) => {
    const bytes = field === 'key' ? rows.key(row) : rows.value(row);
    if (!bytes || !mayMatch(bytes)) return false;
    const json = jsonOf(bytes);
    return json !== undefined && selects(query, json);
  }, mayMatch);
}

function toQuery(path: string): JSONPathQuery {
  try {
    return new JSONPathEnvironment().compile(path);
  } catch (error) {
    if (error instanceof JSONPathError) {
      throw invalid('filter', `The path is no JSONPath of RFC 9535: ${error.message}.`);
    }
    throw error;
  }
}

function selects(query: JSONPathQuery, json: Parameters<JSONPathQuery['match']>[0]): boolean {
  try {
    return query.match(json) !== undefined;
  } catch {
    return false;
  }
}

/**
 * Names of members, with their quotes, that a record must hold to match: those of the path's steps that are one name.
 * JSON may write any character as \u…, and the ones taken here in no other way.
 */
function requiredNames(query: JSONPathQuery): readonly string[] {
  return query.segments.flatMap(({ selectors }) => {
    const [only, other] = selectors;
    if (other || !(only instanceof jsonpath.selectors.NameSelector)) return [];
    return /^[A-Za-z0-9_-]+$/.test(only.name) ? [`"${only.name}"`] : [];
  });
}
