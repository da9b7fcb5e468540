import type { ConsumedRecord } from '../kafkaTypes';
import type { CompiledFilter } from './filter/compiledFilter';
import { RecordView } from './recordRows';
import { mostRows, StoreBlock } from './recordStoreBlock';
import { type FindOptions, findRows, type FoundRows } from './recordStoreFind';

/** Blocks below these are filled up by what comes next. */
const smallBlock = { rows: 256, bytes: 256 * 1024 } as const;

export interface RecordStoreOptions {
  /** Most bytes that are kept; 256 MiB where left out. One page of records always is. */
  readonly maxBytes?: number;
  /** Most rows that are kept; 1,500,000 where left out: a browser scrolls no more. */
  readonly maxRows?: number;
}

/**
 * Keeps the records that a read hands out, in that order, for showing and searching: the bytes of the records and some
 * numbers for each (about 44 bytes), no objects. What is kept pins nothing of what it came in. Where it is full the
 * oldest rows are dropped, some hundred at a time. A row has its number for ever.
 */
export class RecordStore {
  readonly #maxBytes: number;
  readonly #maxRows: number;
  #blocks: StoreBlock[] = [];
  #bytes = 0;
  #end = 0;
  #dropped = 0;

  constructor({ maxBytes = 256 * 1024 * 1024, maxRows = 1_500_000 }: RecordStoreOptions = {}) {
    this.#maxBytes = maxBytes;
    this.#maxRows = maxRows;
  }

  /** Number of the oldest row that is kept. */
  get first(): number {
    return this.#dropped;
  }

  /** Number of the row that comes next. */
  get end(): number {
    return this.#end;
  }

  /** Rows that are kept. */
  get length(): number {
    return this.#end - this.#dropped;
  }

  /** Rows that were kept and are not any more. */
  get dropped(): number {
    return this.#dropped;
  }

  /** Bytes that are kept, with all that is needed to find the rows in them. */
  get bytes(): number {
    return this.#bytes;
  }

  /** Appends a page of a scan or a tail. */
  append(page: readonly ConsumedRecord[]): void {
    const views = page.map(asView);
    for (let from = 0; from < views.length; from += mostRows) this.#add(views.slice(from, from + mostRows));
    this.#dropOldest();
  }

  /** The record of a row; undefined where it is not kept. It holds the block that it lies in. */
  row(number: number): RecordView | undefined {
    return this.#blockOf(number)?.row(number);
  }

  /**
   * Row numbers that the filter lets through, found in slices of 8 ms so that nobody is held up. Rows that are dropped
   * meanwhile are left out, and so are those that come after the search began.
   * @throws FILTER_TOO_SLOW where a regular expression runs away; CANCELLED where the signal is aborted
   */
  find(filter: CompiledFilter, options: FindOptions = {}): AsyncGenerator<FoundRows, void, undefined> {
    return findRows(
      { first: () => this.first, end: this.end, blockOf: (n) => this.#blockOf(n) },
      filter,
      options,
    );
  }

  /** Forgets all rows. The numbers go on. */
  clear(): void {
    this.#blocks = [];
    this.#bytes = 0;
    this.#dropped = this.#end;
  }

  #add(views: RecordView[]): void {
    const last = this.#blocks.at(-1);
    let block: StoreBlock;
    if (last && last.length + views.length <= mostRows && isSmall(last)) {
      this.#blocks.pop();
      this.#bytes -= last.size;
      block = StoreBlock.of(last.first, [...last.records(), ...views]);
    } else {
      block = StoreBlock.of(this.#end, views);
    }
    this.#blocks.push(block);
    this.#bytes += block.size;
    this.#end += views.length;
  }

  #dropOldest(): void {
    let count = 0;
    while (count < this.#blocks.length - 1) {
      if (this.#bytes <= this.#maxBytes && this.length <= this.#maxRows) break;
      const block = this.#blocks[count]!;
      this.#bytes -= block.size;
      this.#dropped += block.length;
      count += 1;
    }
    if (count > 0) this.#blocks.splice(0, count);
  }

  #blockOf(number: number): StoreBlock | undefined {
    if (number < this.first || number >= this.#end) return undefined;
    let low = 0;
    let high = this.#blocks.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (this.#blocks[middle]!.first <= number) low = middle;
      else high = middle - 1;
    }
    return this.#blocks[low];
  }
}

function isSmall(block: StoreBlock): boolean {
  return block.length < smallBlock.rows && block.size < smallBlock.bytes;
}

function asView(record: ConsumedRecord): RecordView {
  if (!(record instanceof RecordView)) throw new TypeError('only records of a scan can be kept');
  return record;
}
