import { type CompiledFilter, SLICE_BYTES } from './filter/compiledFilter';
import { OpenBudget, type Unpacked } from './openBudget';
import type { OffsetRange, ScanDirection } from './query';
import { type RecordRows, RecordView } from './recordRows';
import type { RecordBatch } from './recordSource';

/** Merge key of a timestamp: the smallest goes first. A record without a timestamp goes as soon as it is its turn. */
function keyOf(timestamp: number, direction: ScanDirection): number {
  if (timestamp < 0) return -Infinity;
  return direction === 'oldest' ? timestamp : -timestamp;
}

/**
 * Reads the rows of a batch inside of a range, in reading order. Its head is either a record, or a run of records that
 * the filter keeps back: those take part in the merge, so that time passes. Without a hit of the filter in its bytes a
 * batch is not decoded and is one run. The key of a run is its latest in reading order, which is when everything of it is
 * over; of a batch that is not decoded only the largest timestamp is known, which is the same where timestamps don't go
 * down.
 */
export class BatchReader implements Unpacked {
  /** Merge key of the head: the smallest goes first. */
  key = 0;
  /** Records in the run that the head stands for; 0 where the head is a record. */
  skipped = 0;
  /** Whether the last {@link next} looked for hits, which can take some ms. */
  hasSearched = false;
  readonly #batch: RecordBatch;
  readonly #forward: boolean;
  readonly #direction: ScanDirection;
  readonly #filter: CompiledFilter | undefined;
  readonly #budget: OpenBudget;
  /** Whether the batch holds no match, so that it was not decoded. */
  readonly #isMiss: boolean;
  /** The rows while they are unpacked. */
  #unpacked: RecordRows | undefined;
  /** Rows [low, high) are inside of the range; #at counts through them in reading order. */
  readonly #low: number;
  readonly #count: number;
  #at = 0;
  #row = 0;
  #hits: readonly number[] = [];
  #hitAt = 0;
  #sliceEnd = 0;

  /** @throws what the batch throws where it is corrupt */
  constructor(
    batch: RecordBatch,
    range: OffsetRange,
    direction: ScanDirection,
    filter: CompiledFilter | undefined,
    budget = new OpenBudget(),
  ) {
    this.#batch = batch;
    this.#direction = direction;
    this.#forward = direction === 'oldest';
    this.#filter = filter;
    this.#budget = budget;
    const inside = batch.baseOffset >= range.next && batch.nextOffset <= range.end;
    this.#isMiss = filter !== undefined && inside && !filter.mayMatch(batch.section());
    if (this.#isMiss) {
      batch.release?.();
      this.#low = 0;
      this.#count = Math.min(1, batch.count);
    } else {
      this.#low = firstAt(this.#rows, range.next);
      this.#count = Math.max(0, firstAt(this.#rows, range.end) - this.#low);
    }
  }

  /** Lets go of the rows until they are needed again; the head stays. */
  release(): void {
    this.#unpacked = undefined;
    this.#batch.release?.();
  }

  /** Whether there is something behind the head. */
  get hasMore(): boolean {
    return this.#at < this.#count;
  }

  /** Goes on to the next head; false at the end. @throws what the filter throws */
  next(): boolean {
    if (this.#at >= this.#count) {
      this.#budget.drop(this);
      return false;
    }
    if (this.#isMiss) {
      this.#at = 1;
      this.skipped = this.#batch.count;
      this.key = keyOf(this.#batch.maxTimestamp, this.#direction);
      return true;
    }
    if (this.#filter) return this.#nextFiltered(this.#rows, this.#filter);
    this.#toRecord(this.#rows, this.#rowOf(this.#at++));
    return true;
  }

  /** The head as a record. */
  record(): RecordView {
    return new RecordView(this.#rows, this.#row);
  }

  /** Bytes of the record's key, value and headers. */
  recordSize(): number {
    return this.#rows.size(this.#row);
  }

  /** Where reading goes on behind the head: the offset behind it when reading oldest first, else its own. */
  edge(): number {
    if (this.#isMiss) return this.#forward ? this.#batch.nextOffset : this.#batch.baseOffset;
    const rows = this.#rows;
    const row = this.skipped > 0 ? this.#rowOf(this.#at - 1) : this.#row;
    return this.#forward ? rows.offset(row) + 1 : rows.offset(row);
  }

  get #rows(): RecordRows {
    return this.#unpacked ?? this.#unpack();
  }

  #unpack(): RecordRows {
    const rows = this.#batch.rows();
    this.#unpacked = rows;
    this.#budget.hold(this, rows.bytes.length);
    return rows;
  }

  #toRecord(rows: RecordRows, row: number): void {
    this.#row = row;
    this.skipped = 0;
    this.key = keyOf(rows.timestamp(row), this.#direction);
  }

  #nextFiltered(rows: RecordRows, filter: CompiledFilter): boolean {
    this.hasSearched = this.#at === this.#sliceEnd;
    if (this.hasSearched) this.#nextSlice(rows, filter);
    const hit = this.#hits[this.#hitAt];
    const hitAt = hit === undefined ? this.#sliceEnd : this.#forward ? hit - this.#low : this.#rowOf(hit);
    // Going on would hand out the same rows again and again.
    if (hitAt < this.#at)
      throw new Error(`row ${hit} of the filter is not one of those that it was asked for`);
    if (hit !== undefined && hitAt === this.#at) {
      this.#hitAt += this.#forward ? 1 : -1;
      this.#at++;
      this.#toRecord(rows, hit);
      return true;
    }
    this.skipped = hitAt - this.#at;
    this.key = -Infinity;
    for (; this.#at < hitAt; this.#at++) {
      this.key = Math.max(this.key, keyOf(rows.timestamp(this.#rowOf(this.#at)), this.#direction));
    }
    return true;
  }

  #nextSlice(rows: RecordRows, filter: CompiledFilter): void {
    const first = this.#rowOf(this.#at);
    if (this.#forward) {
      const position = rows.start(first) + SLICE_BYTES;
      const behind = position < rows.bytes.length ? rows.rowAt(position) : rows.length;
      const end = Math.min(this.#low + this.#count, Math.max(first + 1, behind));
      const { to, hits } = filter.select(rows, first, end, 'oldest');
      this.#sliceEnd = to - this.#low;
      this.#hits = hits;
      this.#hitAt = 0;
    } else {
      const begin = Math.min(first, Math.max(this.#low, rows.rowAt(rows.start(first) - SLICE_BYTES)));
      const { from, hits } = filter.select(rows, begin, first + 1, 'newest');
      this.#sliceEnd = this.#rowOf(from) + 1;
      this.#hits = hits;
      this.#hitAt = hits.length - 1;
    }
  }

  /** The row of a place in reading order, and the place of a row: the same sum both ways when reading newest first. */
  #rowOf(at: number): number {
    return this.#forward ? this.#low + at : this.#low + this.#count - 1 - at;
  }
}

/** The first row whose offset is at least `offset`. */
function firstAt(rows: RecordRows, offset: number): number {
  let low = 0;
  let high = rows.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (rows.offset(middle) < offset) low = middle + 1;
    else high = middle;
  }
  return low;
}
