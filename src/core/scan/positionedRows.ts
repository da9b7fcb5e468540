import type { RecordHeader } from '../kafkaTypes';
import { readHeaders } from './readHeaders';
import { endOf, type RecordRows } from './recordRows';

/** What follows from where the fields of the rows lie; a subclass knows the positions. */
export abstract class PositionedRows implements RecordRows {
  readonly partition: number;
  readonly length: number;
  readonly bytes: Buffer;

  protected constructor(partition: number, length: number, bytes: Buffer) {
    this.partition = partition;
    this.length = length;
    this.bytes = bytes;
  }

  abstract offset(row: number): number;
  abstract timestamp(row: number): number;
  abstract start(row: number): number;
  abstract keyStart(row: number): number;
  /** 0 for a null key. */
  abstract keyEnd(row: number): number;
  abstract valueStart(row: number): number;
  /** 0 for a tombstone. */
  abstract valueEnd(row: number): number;
  abstract headersStart(row: number): number;

  /** Headers count as they lie there, with their lengths. */
  size(row: number): number {
    const key = this.keyEnd(row) - Math.max(this.keyStart(row), 0);
    const value = this.valueEnd(row) - Math.max(this.valueStart(row), 0);
    // The count of the headers takes one byte where there are few.
    return key + value + endOf(this, row) - this.headersStart(row) - 1;
  }

  key(row: number): Buffer | null {
    const start = this.keyStart(row);
    return start < 0 ? null : this.bytes.subarray(start, this.keyEnd(row));
  }

  value(row: number): Buffer | null {
    const start = this.valueStart(row);
    return start < 0 ? null : this.bytes.subarray(start, this.valueEnd(row));
  }

  headers(row: number): readonly RecordHeader[] {
    return readHeaders(this.bytes, this.headersStart(row));
  }

  rowAt(position: number): number {
    let low = 0;
    let high = this.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (this.start(middle) <= position) low = middle;
      else high = middle - 1;
    }
    return low;
  }
}
