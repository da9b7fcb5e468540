import type { RecordRows } from '../recordRows';

/** A filter that was checked and made ready; made once per read. */
export interface CompiledFilter {
  /**
   * Whether a batch can hold a match, by its uncompressed bytes alone. False means that none of its records matches, so
   * that the batch needs no decoding; true means nothing yet.
   */
  mayMatch(section: Buffer): boolean;
  /**
   * The matching rows of [from, to), ascending. Callers ask for small runs of rows, so that nobody blocks the event loop.
   * @throws KafkaManagerError FILTER_TOO_SLOW where a regular expression runs away
   */
  select(rows: RecordRows, from: number, to: number): readonly number[];
}
