import type { RecordRows } from '../recordRows';

/** A filter that was checked and made ready; made once per read. */
export interface CompiledFilter {
  /**
   * How many bytes of records {@link select} should get in one call for now, so that it returns within a few ms. It
   * falls while records take long, and rises again.
   */
  readonly sliceBytes: number;
  /**
   * Whether a batch can hold a match, by its uncompressed bytes alone. False means that none of its records matches, so
   * that the batch needs no decoding; true means nothing yet.
   */
  mayMatch(section: Buffer): boolean;
  /**
   * The matching rows of [from, to), ascending. Callers ask for small runs of rows, so that nobody blocks the event loop.
   * @throws KafkaManagerError FILTER_TOO_SLOW where a record takes unreasonably long
   */
  select(rows: RecordRows, from: number, to: number): readonly number[];
  /** Those of the candidates, rows in ascending order, that match. @throws as select */
  keep(rows: RecordRows, candidates: readonly number[]): readonly number[];
}

/** Bytes that every filter gets through within a few ms where nothing runs away. */
export const MOST_SLICE_BYTES = 64 * 1024;
