import { type Entry, entriesOf } from './entry';
import { reasonText, type Report } from './lane';
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
    const offsets = `Offsets ${batch.baseOffset} to ${batch.nextOffset - 1} of partition ${batch.partition}`;
    options.report(batch.partition, batch.baseOffset, `${offsets} were left out: ${reasonText(error)}`);
    return [];
  }
}
