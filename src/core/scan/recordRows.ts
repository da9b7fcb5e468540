import type { ConsumedRecord, RecordHeader } from '../kafkaTypes';

/**
 * The records of one batch as positions in its uncompressed bytes: nothing of a record becomes an object until it is
 * asked for. Rows are numbered from 0 on in the order of their offsets. A field's bytes are [start, end) of `bytes`.
 */
export interface RecordRows {
  readonly partition: number;
  /** Number of rows. */
  readonly length: number;
  /** Uncompressed bytes of all records, one behind the other, ascending with the rows. */
  readonly bytes: Buffer;
  offset(row: number): number;
  /** ms since 1970; -1 where the record has none. */
  timestamp(row: number): number;
  /** Where the record begins in `bytes`; it ends where the next one begins. */
  start(row: number): number;
  /** Where the key begins; -1 for a null key. */
  keyStart(row: number): number;
  keyEnd(row: number): number;
  /** Where the value begins; -1 for a tombstone. */
  valueStart(row: number): number;
  valueEnd(row: number): number;
  /** Where the headers begin: their number and then each one, up to the end of the record; see `readHeaders`. */
  headersStart(row: number): number;
  /** Bytes of key, value and headers, as limits count them. */
  size(row: number): number;
  /** Views of `bytes`. */
  key(row: number): Buffer | null;
  value(row: number): Buffer | null;
  headers(row: number): readonly RecordHeader[];
  /** The row whose record holds this position of `bytes`. */
  rowAt(position: number): number;
}

/** Where a record ends in the bytes of its rows. */
export function endOf(rows: RecordRows, row: number): number {
  return row + 1 < rows.length ? rows.start(row + 1) : rows.bytes.length;
}

/** A record of a batch that is decoded as it is looked at. It holds the whole batch: copy what is kept for long. */
export class RecordView implements ConsumedRecord {
  /** The batch it lies in, and its row there. */
  readonly rows: RecordRows;
  readonly row: number;

  constructor(rows: RecordRows, row: number) {
    this.rows = rows;
    this.row = row;
  }

  get partition(): number {
    return this.rows.partition;
  }

  get offset(): number {
    return this.rows.offset(this.row);
  }

  get timestamp(): number {
    return this.rows.timestamp(this.row);
  }

  get key(): Buffer | null {
    return this.rows.key(this.row);
  }

  get value(): Buffer | null {
    return this.rows.value(this.row);
  }

  get headers(): readonly RecordHeader[] {
    return this.rows.headers(this.row);
  }
}
