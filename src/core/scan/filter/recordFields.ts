import type { FilteredField } from '../query';
import { endOf, type RecordRows } from '../recordRows';
import { invalid } from '../validateQuery';

const inOrder: readonly FilteredField[] = ['key', 'value', 'headers'];

/**
 * The chosen fields in the order in which they lie in a record; key and value where nothing is chosen.
 * @throws VALIDATION_ERROR where the choice is empty
 */
export function chosenFields(fields: readonly FilteredField[] = ['key', 'value']): readonly FilteredField[] {
  if (fields.length === 0)
    throw invalid('filter', 'A filter must look at one field of the records at least.');
  return inOrder.filter((field) => fields.includes(field));
}

/** Where a field begins; -1 where it is null. Headers begin with their count. */
export function fieldStart(rows: RecordRows, row: number, field: FilteredField): number {
  if (field === 'key') return rows.keyStart(row);
  return field === 'value' ? rows.valueStart(row) : rows.headersStart(row);
}

/** Where a field ends. */
export function fieldEnd(rows: RecordRows, row: number, field: FilteredField): number {
  if (field === 'key') return rows.keyEnd(row);
  return field === 'value' ? rows.valueEnd(row) : endOf(rows, row);
}

/** Whether a key or value among the headers passes; each is looked at alone, since lengths lie between them. */
export function someHeader(rows: RecordRows, row: number, passes: (bytes: Buffer) => boolean): boolean {
  return rows
    .headers(row)
    .some(({ key, value }) => passes(Buffer.from(key)) || (value !== null && passes(asBuffer(value))));
}

/**
 * Whether one of the fields passes as text. Bytes that are not UTF-8 become U+FFFD, so that text in binary formats is
 * found as well.
 */
export function someText(
  rows: RecordRows,
  row: number,
  fields: readonly FilteredField[],
  passes: (text: string) => boolean,
): boolean {
  return fields.some((field) => {
    if (field === 'headers') return someHeader(rows, row, (bytes) => passes(bytes.toString('utf8')));
    const start = fieldStart(rows, row, field);
    return start >= 0 && passes(rows.bytes.toString('utf8', start, fieldEnd(rows, row, field)));
  });
}

/** The same bytes with Buffer's fast search. */
export function asBuffer(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
