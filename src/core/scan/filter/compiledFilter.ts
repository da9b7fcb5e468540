import type { ScanDirection } from '../query';
import type { RecordRows } from '../recordRows';

/** A filter that was checked and made ready; made once per read. */
export interface CompiledFilter {
  /**
   * Whether a batch can hold a match, by its uncompressed bytes alone. False means that none of its records matches, so
   * that the batch needs no decoding; true means nothing yet.
   */
  mayMatch(section: Buffer): boolean;
  /**
   * Looks for matches in the rows [from, to), in reading order, and stops where that takes long: the run that it gives
   * begins at `from` when reading oldest first, ends at `to` when reading newest first, and holds one row at least (of
   * several). Callers pass their turn between the calls, and ask for about {@link SLICE_BYTES} at a time.
   * @throws KafkaManagerError FILTER_TOO_SLOW where a record takes unreasonably long
   */
  select(rows: RecordRows, from: number, to: number, direction: ScanDirection): RowRun;
  /** The same of the run's hits only: gives those that match, and as much of the run as is decided. @throws as select */
  keep(rows: RecordRows, run: RowRun, direction: ScanDirection): RowRun;
}

/** The rows [from, to), each of which is decided, and those of them that match, ascending. */
export interface RowRun {
  readonly from: number;
  readonly to: number;
  readonly hits: readonly number[];
}

/** Bytes of records that every filter gets through within a few ms where nothing is slow. */
export const SLICE_BYTES = 64 * 1024;
