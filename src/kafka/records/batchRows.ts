import { PositionedRows } from '../../core/scan/positionedRows';
import { RecordCursor } from './recordCursor';

/** Positions of one row: where the record, its key, its value and its headers lie, and its offset within the batch. */
const STRIDE = 7;
const START = 0;
const OFFSET_DELTA = 1;
const KEY_START = 2;
const KEY_END = 3;
const VALUE_START = 4;
const VALUE_END = 5;
const HEADERS = 6;

/** Rows of a batch whose positions have been found and checked; see `readRows`. */
export class BatchRows extends PositionedRows {
  readonly #baseOffset: number;
  readonly #timestamps: Float64Array;
  readonly #positions: Int32Array;

  constructor(
    partition: number,
    bytes: Buffer,
    baseOffset: number,
    timestamps: Float64Array,
    positions: Int32Array,
  ) {
    super(partition, timestamps.length, bytes);
    this.#baseOffset = baseOffset;
    this.#timestamps = timestamps;
    this.#positions = positions;
  }

  offset(row: number): number {
    return this.#baseOffset + this.#positions[row * STRIDE + OFFSET_DELTA]!;
  }

  timestamp(row: number): number {
    return this.#timestamps[row]!;
  }

  start(row: number): number {
    return this.#positions[row * STRIDE + START]!;
  }

  keyStart(row: number): number {
    return this.#positions[row * STRIDE + KEY_START]!;
  }

  keyEnd(row: number): number {
    return this.#positions[row * STRIDE + KEY_END]!;
  }

  valueStart(row: number): number {
    return this.#positions[row * STRIDE + VALUE_START]!;
  }

  valueEnd(row: number): number {
    return this.#positions[row * STRIDE + VALUE_END]!;
  }

  headersStart(row: number): number {
    return this.#positions[row * STRIDE + HEADERS]!;
  }
}

/** What the records of a batch take from it. */
export interface RowsContext {
  readonly partition: number;
  readonly baseOffset: number;
  readonly baseTimestamp: number;
  /** Set where the broker's clock counts (LogAppendTime): all records have this timestamp. */
  readonly appendTime: number | undefined;
  readonly count: number;
  /** Behind the last offset that the batch may hold. */
  readonly nextOffset: number;
}

/** Length, attributes, two deltas, key length, value length and number of headers take a byte each at least. */
const RECORD_MIN = 7;

/**
 * Finds where the records of a section lie, and checks all of it: what a row points at later is inside of its record.
 * Layout: https://kafka.apache.org/documentation/#record
 * @throws Error where lengths lead outside of their record or the section, or offsets outside of the batch
 */
export function readRows(section: Buffer, context: RowsContext): BatchRows {
  const { partition, baseOffset, baseTimestamp, appendTime, count } = context;
  if (count > section.length / RECORD_MIN)
    throw new Error(`${section.length} bytes can't hold ${count} records`);
  const timestamps = new Float64Array(count);
  const positions = new Int32Array(count * STRIDE);
  const cursor = new RecordCursor(section);
  const offsets = context.nextOffset - baseOffset;
  let last = -1;
  for (let row = 0; row < count; row++) {
    const at = row * STRIDE;
    positions[at + START] = cursor.at;
    const length = cursor.int();
    if (length < RECORD_MIN - 1 || length > section.length - cursor.at) throw outside('record', cursor.at);
    const end = cursor.at + length;
    cursor.at++; // Attributes of a record: none are defined.
    const timestampDelta = cursor.long();
    timestamps[row] = appendTime ?? baseTimestamp + timestampDelta;
    const offsetDelta = cursor.int();
    if (offsetDelta <= last || offsetDelta >= offsets) {
      throw new Error(`the offset of record ${row} is outside of the batch or not behind the one before`);
    }
    last = positions[at + OFFSET_DELTA] = offsetDelta;
    for (let field = at + KEY_START; field < at + HEADERS; field += 2) {
      const size = cursor.int();
      if (size < -1 || size > end - cursor.at) throw outside('field', cursor.at);
      // A null field ends at 0, so that its size is 0.
      positions[field] = size < 0 ? -1 : cursor.at;
      positions[field + 1] = size < 0 ? 0 : cursor.at + size;
      if (size > 0) cursor.at += size;
    }
    positions[at + HEADERS] = cursor.at;
    const headers = cursor.int();
    if (headers !== 0) skipHeaders(cursor, end, headers);
    if (cursor.at !== end) throw outside('record', cursor.at);
  }
  if (cursor.at !== section.length) throw new Error(`there is more behind its ${count} records`);
  return new BatchRows(partition, section, baseOffset, timestamps, positions);
}

function skipHeaders(cursor: RecordCursor, end: number, count: number): void {
  // A header takes two bytes at least.
  if (count < 0 || count > (end - cursor.at) / 2) throw outside('header', cursor.at);
  for (let i = 0; i < count; i++) {
    const key = cursor.int();
    if (key < 0 || key > end - cursor.at) throw outside('header', cursor.at);
    cursor.at += key;
    const value = cursor.int();
    if (value < -1 || value > end - cursor.at) throw outside('header', cursor.at);
    cursor.at += Math.max(value, 0);
  }
}

function outside(what: string, at: number): Error {
  return new Error(`the length of a ${what} is wrong at byte ${at} of the records`);
}
