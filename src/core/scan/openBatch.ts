import { BatchReader } from './batchReader';
import type { CompiledFilter } from './filter/compiledFilter';
import { reasonText, type Report } from './lane';
import type { OpenBudget } from './openBudget';
import type { OffsetRange, ScanDirection } from './query';
import type { RecordBatch } from './recordSource';

/** What both kinds of lane need to open a batch. */
export interface OpenOptions {
  readonly direction: ScanDirection;
  readonly filter: CompiledFilter | undefined;
  readonly report: Report;
  /** Shared by all lanes of a read. */
  readonly budget: OpenBudget;
}

/** A reader of the batch inside of `range`; a corrupt batch is told of and left out as a whole. */
export function openBatch(
  batch: RecordBatch,
  range: OffsetRange,
  { direction, filter, report, budget }: OpenOptions,
): BatchReader | undefined {
  try {
    return new BatchReader(batch, range, direction, filter, budget);
  } catch (error) {
    const offsets = `Offsets ${batch.baseOffset} to ${batch.nextOffset - 1} of partition ${batch.partition}`;
    report(batch.partition, batch.baseOffset, `${offsets} were left out: ${reasonText(error)}`);
    return undefined;
  }
}
