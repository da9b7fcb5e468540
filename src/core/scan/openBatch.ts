import { copyOf } from './copyOf';
import { type Entry, entriesOf, isSkip } from './entry';
import { sizeOf } from './filter';
import { reasonText, type Report } from './lane';
import type { OffsetRange, RecordFilter, ScanDirection } from './query';
import type { RecordBatch } from './recordSource';

/** What both kinds of lane need to open a batch. */
export interface OpenOptions {
  readonly direction: ScanDirection;
  readonly filter: RecordFilter | undefined;
  readonly report: Report;
}

/**
 * The entries of a batch inside of `range`; a corrupt batch is told of and left out as a whole. Few records of a large
 * batch are copied, so that they don't hold all that it unpacked to: what is in hand weighs at most twice what it is.
 */
export function openBatch(batch: RecordBatch, range: OffsetRange, options: OpenOptions): readonly Entry[] {
  try {
    const entries = entriesOf(batch, range, options.direction, options.filter);
    let kept = 0;
    for (const entry of entries) if (!isSkip(entry)) kept += sizeOf(entry);
    const isSparse = kept > 0 && kept < batch.section().byteLength / 2;
    return isSparse ? entries.map((entry) => (isSkip(entry) ? entry : copyOf(entry))) : entries;
  } catch (error) {
    const offsets = `Offsets ${batch.baseOffset} to ${batch.nextOffset - 1} of partition ${batch.partition}`;
    options.report(batch.partition, batch.baseOffset, `${offsets} were left out: ${reasonText(error)}`);
    return [];
  }
}
