import { KafkaManagerError } from '../contract/errors';
import type { ConsumeQuery } from '../contract/rest/consume';
import type { FilteredField, RecordFilter } from '../core/scan/query';

/** What means something only beside one of the others. */
const belongsTo = {
  filter_ignore_case: ['filter', 'filter_regex'],
  filter_fields: ['filter', 'filter_regex'],
  filter_regex_flags: ['filter_regex'],
  filter_header_value: ['filter_header'],
} as const;

/**
 * The filter that a /consume query asks for: all that it names have to let a record through.
 * @throws VALIDATION_ERROR where something is asked of a filter that is not there
 */
export function toFilter(query: ConsumeQuery): RecordFilter | undefined {
  checkBelonging(query);
  const { filter, filter_regex, filter_header, filter_jsonpath, filter_expression } = query;
  const filters: RecordFilter[] = [];
  const fields = query.filter_fields?.split(',') as FilteredField[] | undefined;
  const where = fields ? { fields } : {};
  const ignoreCase = query.filter_ignore_case === true;
  if (filter !== undefined) filters.push({ kind: 'contains', bytes: utf8(filter), ignoreCase, ...where });
  if (filter_regex !== undefined) {
    const flags = new Set((query.filter_regex_flags ?? '') + (ignoreCase ? 'i' : ''));
    filters.push({ kind: 'regex', source: filter_regex, flags: [...flags].join(''), ...where });
  }
  if (filter_header !== undefined) {
    const value = query.filter_header_value;
    filters.push({ kind: 'header', key: filter_header, ...(value !== undefined && { value: utf8(value) }) });
  }
  if (filter_jsonpath !== undefined) filters.push({ kind: 'jsonPath', path: filter_jsonpath });
  if (filter_expression !== undefined) filters.push({ kind: 'expression', text: filter_expression });
  return filters.length > 1 ? { kind: 'all', filters } : filters[0];
}

function checkBelonging(query: ConsumeQuery): void {
  for (const name of Object.keys(belongsTo) as (keyof typeof belongsTo)[]) {
    if (query[name] === undefined || belongsTo[name].some((owner) => query[owner] !== undefined)) continue;
    const owners = belongsTo[name].map((owner) => `"${owner}"`).join(' or ');
    throw new KafkaManagerError('VALIDATION_ERROR', `"${name}" means nothing without ${owners}.`, {
      details: { [name]: `has no meaning without ${owners}` },
      remedy: `Name ${owners} too, or leave out "${name}".`,
    });
  }
}

function utf8(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}
