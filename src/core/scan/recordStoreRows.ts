import { PositionedRows } from './positionedRows';
import type { RecordRows } from './recordRows';

/** Numbers of a stored row: where record, key, value and headers lie, counted from the first byte of its partition. */
export const positionsPerRow = 6;
const START = 0;
const KEY_START = 1;
const KEY_END = 2;
const VALUE_START = 3;
const VALUE_END = 4;
const HEADERS = 5;

/** What a block of the store keeps of its rows, which lie partition by partition in it. */
export interface BlockColumns {
  readonly offsets: Float64Array;
  /** ms since 1970. */
  readonly timestamps: Float64Array;
  /** {@link positionsPerRow} each. */
  readonly positions: Int32Array;
}

/** Where a group of rows of one partition lies in its block. */
export interface RowGroup {
  readonly partition: number;
  /** The first of its rows, and how many they are. */
  readonly first: number;
  readonly length: number;
  readonly bytes: Buffer;
}

/** Rows of one partition in a block of the store. */
export class StoredRows extends PositionedRows {
  readonly #columns: BlockColumns;
  readonly #first: number;

  constructor(columns: BlockColumns, { partition, first, length, bytes }: RowGroup) {
    super(partition, length, bytes);
    this.#columns = columns;
    this.#first = first;
  }

  offset(row: number): number {
    return this.#columns.offsets[this.#first + row]!;
  }

  timestamp(row: number): number {
    return this.#columns.timestamps[this.#first + row]!;
  }

  start(row: number): number {
    return this.#position(row, START);
  }

  keyStart(row: number): number {
    return this.#position(row, KEY_START);
  }

  keyEnd(row: number): number {
    return this.#position(row, KEY_END);
  }

  valueStart(row: number): number {
    return this.#position(row, VALUE_START);
  }

  valueEnd(row: number): number {
    return this.#position(row, VALUE_END);
  }

  headersStart(row: number): number {
    return this.#position(row, HEADERS);
  }

  #position(row: number, field: number): number {
    return this.#columns.positions[(this.#first + row) * positionsPerRow + field]!;
  }
}

/** Notes where the fields of a row lie, whose record was copied `moved` bytes further on. */
export function notePositions(
  positions: Int32Array,
  at: number,
  rows: RecordRows,
  row: number,
  moved: number,
): void {
  const base = at * positionsPerRow;
  const keyStart = rows.keyStart(row);
  const valueStart = rows.valueStart(row);
  positions[base + START] = rows.start(row) + moved;
  // A null field begins at -1 and ends at 0.
  positions[base + KEY_START] = keyStart < 0 ? -1 : keyStart + moved;
  positions[base + KEY_END] = keyStart < 0 ? 0 : rows.keyEnd(row) + moved;
  positions[base + VALUE_START] = valueStart < 0 ? -1 : valueStart + moved;
  positions[base + VALUE_END] = valueStart < 0 ? 0 : rows.valueEnd(row) + moved;
  positions[base + HEADERS] = rows.headersStart(row) + moved;
}
