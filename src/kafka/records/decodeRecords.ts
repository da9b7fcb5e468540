import type { ConsumedRecord, RecordHeader } from '../../core/kafkaTypes';
import { RecordCursor } from './recordCursor';

/** What the records of a batch take from it. */
export interface RecordContext {
  readonly partition: number;
  readonly baseOffset: number;
  readonly baseTimestamp: number;
  /** Set where the broker's clock counts (LogAppendTime): all records have this timestamp. */
  readonly appendTime: number | undefined;
  readonly count: number;
}

/** Length, attributes, two deltas, key length, value length and number of headers take a byte each at least. */
const RECORD_MIN = 7;
const NO_HEADERS: readonly RecordHeader[] = Object.freeze([]);

/**
 * Decodes the records of a section whose offset is at least `from`. Keys and values are views of the section.
 * @throws Error where lengths lead outside of their record or the section
 */
export function decodeRecords(section: Buffer, context: RecordContext, from: number): ConsumedRecord[] {
  checkCount(section, context.count);
  const records: ConsumedRecord[] = [];
  const cursor = new RecordCursor(section);
  for (let i = 0; i < context.count; i++) {
    const length = cursor.int();
    if (length < RECORD_MIN - 1 || length > section.length - cursor.at) throw outside('record', cursor.at);
    const end = cursor.at + length;
    const record = decodeRecord(cursor, end, context);
    if (record.offset >= from) records.push(record);
  }
  if (cursor.at !== section.length) throw new Error(`there is more behind its ${context.count} records`);
  return records;
}

/** Decodes the record whose fields begin at the cursor and end at `end`. */
function decodeRecord(cursor: RecordCursor, end: number, context: RecordContext): ConsumedRecord {
  cursor.at++; // Attributes of a record: none are defined.
  const timestampDelta = cursor.long();
  const offset = context.baseOffset + cursor.int();
  const key = readBytes(cursor, end);
  const value = readBytes(cursor, end);
  const headerCount = cursor.int();
  const headers = headerCount === 0 ? NO_HEADERS : readHeaders(cursor, end, headerCount);
  if (cursor.at !== end) throw outside('record', cursor.at);
  return {
    partition: context.partition,
    offset,
    timestamp: context.appendTime ?? context.baseTimestamp + timestampDelta,
    key,
    value,
    headers,
  };
}

function readBytes(cursor: RecordCursor, end: number): Buffer | null {
  const length = cursor.int();
  if (length === -1) return null;
  const from = cursor.at;
  if (length < 0 || length > end - from) throw outside('field', from);
  cursor.at = from + length;
  return cursor.bytes.subarray(from, from + length);
}

function readHeaders(cursor: RecordCursor, end: number, count: number): readonly RecordHeader[] {
  // A header takes two bytes at least.
  if (count < 0 || count > (end - cursor.at) / 2) throw outside('header', cursor.at);
  const headers: RecordHeader[] = [];
  for (let i = 0; i < count; i++) {
    const length = cursor.int();
    const from = cursor.at;
    if (length < 0 || length > end - from) throw outside('header', from);
    cursor.at = from + length;
    const key = cursor.bytes.toString('utf8', from, from + length);
    headers.push({ key, value: readBytes(cursor, end) });
  }
  return headers;
}

function checkCount(section: Buffer, count: number): void {
  if (count > section.length / RECORD_MIN) {
    throw new Error(`${section.length} bytes can't hold ${count} records`);
  }
}

function outside(what: string, at: number): Error {
  return new Error(`the length of a ${what} is wrong at byte ${at} of the records`);
}
