import type { ConsumedRecord } from '../kafkaTypes';

/** A page has at most so many records, and so many bytes of keys, values and headers (but always one record). */
export const pageSize = { records: 500, bytes: 1024 * 1024 } as const;

/** Collects records into pages of a bounded size. */
export class PageBuilder {
  #records: ConsumedRecord[] = [];
  #bytes = 0;

  get length(): number {
    return this.#records.length;
  }

  /** Whether a record of `size` bytes still fits. */
  hasRoom(size: number): boolean {
    return (
      this.#records.length === 0 ||
      (this.#records.length < pageSize.records && this.#bytes + size <= pageSize.bytes)
    );
  }

  add(record: ConsumedRecord, size: number): void {
    this.#records.push(record);
    this.#bytes += size;
  }

  /** The page; a new one begins. */
  take(): readonly ConsumedRecord[] {
    const records = this.#records;
    this.#records = [];
    this.#bytes = 0;
    return records;
  }
}
