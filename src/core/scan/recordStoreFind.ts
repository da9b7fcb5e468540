import { KafkaManagerError } from '../../contract/errors';
import type { CompiledFilter } from './filter/compiledFilter';
import { mostRows, type StoreBlock } from './recordStoreBlock';

/** How long one slice of the search works, in ms. */
const sliceMs = 8;
/** Most hits of one slice, so that the first ones are there at once. */
const sliceHits = 4096;

export interface FindOptions {
  /** Row numbers [from, to); all that are kept where left out. */
  readonly from?: number | undefined;
  readonly to?: number | undefined;
  /** Most hits; no limit where left out. */
  readonly limit?: number | undefined;
  /** Order of the row numbers; 'ascending' where left out. */
  readonly order?: 'ascending' | 'descending' | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** What one slice of a search found; the last one may be missing where it would be empty. */
export interface FoundRows {
  /** Row numbers in the order of the search. */
  readonly rows: Float64Array;
  /** Rows that were searched up to now, with those of the slices before. */
  readonly scanned: number;
}

/** What a search needs of the store. */
export interface SearchedRows {
  /** Number of the oldest row that is kept now. */
  first(): number;
  readonly end: number;
  blockOf(number: number): StoreBlock | undefined;
}

/** See RecordStore.find. */
export async function* findRows(
  store: SearchedRows,
  filter: CompiledFilter,
  options: FindOptions,
): AsyncGenerator<FoundRows, void, undefined> {
  const { limit = Infinity, order = 'ascending', signal } = options;
  const upward = order === 'ascending';
  const from = Math.max(options.from ?? 0, store.first());
  const to = Math.min(options.to ?? Infinity, store.end);
  const hits = new HitList();
  let scanned = 0;
  let total = 0;
  let until = performance.now() + sliceMs;
  const breathe = async (): Promise<void> => {
    await new Promise((resolve) => setImmediate(resolve));
    if (signal?.aborted) throw new KafkaManagerError('CANCELLED', undefined, { cause: signal.reason });
    until = performance.now() + sliceMs;
  };
  for (let at = upward ? from : to - 1; at >= from && at < to && total < limit;) {
    // Rows are dropped from the oldest on: upward the search goes on behind them, downward it is over.
    if (upward) at = Math.max(at, store.first());
    const block = at < to ? store.blockOf(at) : undefined;
    if (!block) break;
    const marking = block.mark(filter, hits.marks);
    while (!marking.next().done) if (performance.now() > until) await breathe();
    const begin = Math.max(from, upward ? at : block.first, store.first());
    const end = upward ? Math.min(to, block.first + block.length) : at + 1;
    hits.take(block.first, begin, end, upward);
    scanned += Math.max(0, end - begin);
    at = upward ? end : begin - 1;
    if (hits.length < Math.min(sliceHits, limit - total) && performance.now() <= until) continue;
    const rows = hits.rows(limit - total);
    total += rows.length;
    yield { rows, scanned };
    await breathe();
  }
  if (hits.length > 0 && total < limit) yield { rows: hits.rows(limit - total), scanned };
}

/** Collects hits without an object for each. */
class HitList {
  /** One for each row of the block that is searched. */
  readonly marks = new Uint8Array(mostRows);
  readonly #rows = new Float64Array(sliceHits + mostRows);
  #length = 0;

  get length(): number {
    return this.#length;
  }

  /** Takes out the hits, at most `most`; the list is empty then. */
  rows(most: number): Float64Array {
    const rows = this.#rows.slice(0, Math.min(this.#length, most));
    this.#length = 0;
    return rows;
  }

  /** Adds the marked rows of [begin, end) and wipes the marks. @param first number of the row of the first mark */
  take(first: number, begin: number, end: number, upward: boolean): void {
    for (let i = 0; i < end - begin; i++) {
      const number = upward ? begin + i : end - 1 - i;
      if (this.marks[number - first] === 1) this.#rows[this.#length++] = number;
    }
    this.marks.fill(0);
  }
}
