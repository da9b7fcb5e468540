import { toManagerError } from '../../contract/errors';
import { type Entry, entriesOf } from './entry';
import type { Report } from './lane';
import type { OffsetRange, RecordFilter, ScanDirection } from './query';
import type { RecordBatch } from './recordSource';

/** What both kinds of lane need to open a batch. */
export interface OpenOptions {
  readonly direction: ScanDirection;
  readonly filter: RecordFilter | undefined;
  readonly report: Report;
}

/** The entries of a batch inside of `range`; a corrupt batch is told of and left out as a whole. */
export function openBatch(batch: RecordBatch, range: OffsetRange, options: OpenOptions): readonly Entry[] {
  try {
    return entriesOf(batch, range, options.direction, options.filter);
  } catch (error) {
    const reason = error instanceof Error ? error.message : toManagerError(error).message;
    options.report(
      batch.partition,
      batch.baseOffset,
      `The batch at offsets ${batch.baseOffset} to ${batch.nextOffset - 1} of partition ${batch.partition} can not be read and was left out: ${reason}`,
    );
    return [];
  }
}
