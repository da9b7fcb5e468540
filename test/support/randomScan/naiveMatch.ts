import type { FilteredField, RecordFilter } from '../../../src/core/scan/query';
import type { KcatRecord } from '../real/tools';

/** Whether a record passes a filter, in the plainest way; see query.ts for the kinds. */
export function naiveMatch(record: KcatRecord, filter: RecordFilter): boolean {
  switch (filter.kind) {
    case 'contains': {
      const { ignoreCase, fields } = filter;
      const needle = Buffer.from(filter.bytes);
      if (!ignoreCase) return parts(record, fields).some((part) => part.includes(needle));
      const text = needle.toString().toLowerCase();
      return parts(record, fields).some((part) => part.toString().toLowerCase().includes(text));
    }
    case 'regex': {
      const pattern = new RegExp(filter.source, filter.flags);
      return parts(record, filter.fields).some((part) => pattern.test(part.toString()));
    }
    case 'header': {
      const value = filter.value && Buffer.from(filter.value).toString();
      return headersOf(record).some(
        (header) => header.key === filter.key && (value === undefined || header.value === value),
      );
    }
    case 'all':
      return filter.filters.every((one) => naiveMatch(record, one));
    case 'jsonPath':
    case 'expression':
      throw new Error(`the model has no filter of the kind ${filter.kind}`);
  }
}

function parts(record: KcatRecord, fields: readonly FilteredField[] = ['key', 'value']): Buffer[] {
  const all = fields.flatMap((field) =>
    field === 'headers'
      ? headersOf(record).flatMap(({ key, value }) => [
          Buffer.from(key),
          value === null ? null : Buffer.from(value),
        ])
      : [record[field]],
  );
  return all.filter((part) => part !== null);
}

/** No header of these tests holds what kcat puts between them, nor its word for null. */
function headersOf({ headers }: KcatRecord): { key: string; value: string | null }[] {
  if (headers === '') return [];
  return headers.split(',').map((header) => {
    const equals = header.indexOf('=');
    const value = header.slice(equals + 1);
    return { key: header.slice(0, equals), value: value === 'NULL' ? null : value };
  });
}
