import { type CompiledFilter, SLICE_BYTES } from './filter/compiledFilter';
import { endOf, type RecordRows, RecordView } from './recordRows';
import { type BlockColumns, notePositions, positionsPerRow, StoredRows } from './recordStoreRows';

/** Most rows of a block. */
export const mostRows = 1024;

/** What the objects of a block take beside its one allocation, in bytes; roughly. */
const objectBytes = 800;
/** Columns of a row: offset, timestamp, positions, and its place among the others both ways. */
const columnBytes = 2 * 8 + positionsPerRow * 4 + 2 * 2;

/**
 * Up to 1,024 rows in the order in which they were handed out, with bytes of their own: one allocation for the records
 * as they came over the wire and for where they lie in it. Inside, the rows lie partition by partition, each of them in
 * the order of its offsets where it came in that or in the opposite one, so that runs of a batch are copied at once and a
 * filter finds its rows as in a batch.
 */
export class StoreBlock {
  /** Row number of the first row. */
  readonly first: number;
  readonly length: number;
  /** All that it keeps, in bytes. */
  readonly size: number;
  readonly #bytes: Buffer;
  readonly #columns: BlockColumns;
  /** Place inside by order of arrival, and the other way round. */
  readonly #placeOf: Uint16Array;
  readonly #arrivalOf: Uint16Array;
  /** Per partition: its id, the place of its first row and its first byte. Ends with what lies behind all. */
  readonly #groups: readonly (readonly [partition: number, place: number, byte: number])[];

  private constructor(first: number, records: readonly RecordView[]) {
    this.first = first;
    this.length = records.length;
    const count = records.length;
    let byteLength = 0;
    for (const { rows, row } of records) byteLength += endOf(rows, row) - rows.start(row);
    const buffer = new ArrayBuffer(count * columnBytes + byteLength);
    this.size = buffer.byteLength + objectBytes;
    const positionsAt = count * 16;
    const placesAt = positionsAt + count * positionsPerRow * 4;
    this.#columns = {
      offsets: new Float64Array(buffer, 0, count),
      timestamps: new Float64Array(buffer, count * 8, count),
      positions: new Int32Array(buffer, positionsAt, count * positionsPerRow),
    };
    this.#placeOf = new Uint16Array(buffer, placesAt, count);
    this.#arrivalOf = new Uint16Array(buffer, placesAt + count * 2, count);
    this.#bytes = Buffer.from(buffer, count * columnBytes);
    this.#groups = this.#fill(records);
  }

  /** @param records at most {@link mostRows} */
  static of(first: number, records: readonly RecordView[]): StoreBlock {
    return new StoreBlock(first, records);
  }

  /** The record by its row number, which has to be one of this block. */
  row(number: number): RecordView {
    const place = this.#placeOf[number - this.first]!;
    let low = 0;
    let high = this.#groups.length - 2;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (this.#groups[middle]![1] <= place) low = middle;
      else high = middle - 1;
    }
    return new RecordView(this.#group(low), place - this.#groups[low]![1]);
  }

  /** All records in the order of their arrival. */
  records(): RecordView[] {
    const records = new Array<RecordView>(this.length);
    this.#groups.slice(0, -1).forEach(([, first], index) => {
      const rows = this.#group(index);
      for (let row = 0; row < rows.length; row++) {
        records[this.#arrivalOf[first + row]!] = new RecordView(rows, row);
      }
    });
    return records;
  }

  /**
   * Sets `marks` to 1 at the rows, counted from the first one, that the filter lets through. Stops after each part that
   * the filter gets through within a few ms.
   */
  *mark(filter: CompiledFilter, marks: Uint8Array): Generator<undefined, void, undefined> {
    if (!filter.mayMatch(this.#bytes)) return;
    for (let index = 0; index < this.#groups.length - 1; index++) {
      const first = this.#groups[index]![1];
      const rows = this.#group(index);
      for (let from = 0; from < rows.length;) {
        const position = rows.start(from) + SLICE_BYTES;
        const end = position < rows.bytes.length ? Math.max(from + 1, rows.rowAt(position)) : rows.length;
        const { to, hits } = filter.select(rows, from, end, 'oldest');
        for (const row of hits) marks[this.#arrivalOf[first + row]!] = 1;
        from = to;
        yield;
      }
    }
  }

  #group(index: number): StoredRows {
    const [partition, first, byte] = this.#groups[index]!;
    const [, nextFirst, nextByte] = this.#groups[index + 1]!;
    const bytes = this.#bytes.subarray(byte, nextByte);
    return new StoredRows(this.#columns, { partition, first, length: nextFirst - first, bytes });
  }

  #fill(records: readonly RecordView[]): (readonly [number, number, number])[] {
    const groups: [number, number, number][] = [];
    let place = 0;
    let byte = 0;
    for (const [partition, arrivals] of byPartition(records)) {
      groups.push([partition, place, byte]);
      const groupByte = byte;
      for (let i = 0; i < arrivals.length;) {
        const run = runAt(records, arrivals, i);
        const { rows, row } = records[arrivals[i]!]!;
        const start = rows.start(row);
        const end = endOf(rows, row + run - 1);
        rows.bytes.copy(this.#bytes, byte, start, end);
        for (let k = 0; k < run; k++)
          this.#note(place++, arrivals[i + k]!, rows, row + k, byte - groupByte - start);
        byte += end - start;
        i += run;
      }
    }
    groups.push([-1, place, byte]);
    return groups;
  }

  #note(place: number, arrival: number, rows: RecordRows, row: number, moved: number): void {
    this.#placeOf[arrival] = place;
    this.#arrivalOf[place] = arrival;
    this.#columns.offsets[place] = rows.offset(row);
    this.#columns.timestamps[place] = rows.timestamp(row);
    notePositions(this.#columns.positions, place, rows, row, moved);
  }
}

/** The arrivals of each partition, turned round where they came newest first. */
function byPartition(records: readonly RecordView[]): ReadonlyMap<number, number[]> {
  const groups = new Map<number, number[]>();
  for (let arrival = 0; arrival < records.length; arrival++) {
    const { partition } = records[arrival]!.rows;
    const group = groups.get(partition);
    if (group) group.push(arrival);
    else groups.set(partition, [arrival]);
  }
  for (const group of groups.values()) {
    if (records[group[0]!]!.offset > records[group.at(-1)!]!.offset) group.reverse();
  }
  return groups;
}

/** How many of the arrivals from `from` on are neighbours in one batch. */
function runAt(records: readonly RecordView[], arrivals: readonly number[], from: number): number {
  const { rows, row } = records[arrivals[from]!]!;
  let run = 1;
  for (let next = records[arrivals[from + run]!]; next; next = records[arrivals[from + run]!]) {
    if (next.rows !== rows || next.row !== row + run) break;
    run += 1;
  }
  return run;
}
