import { toManagerError } from '../../contract/errors';
import type { RecordBatch } from '../../core/scan/recordSource';
import { AbortedTransactions, type AbortedRange } from './abortedTransactions';
import { BatchView, UnreadableBatch, type BatchReadOptions } from './batchView';
import { corruptRecords } from './corruptRecords';
import { isBroken, walkBatches } from './walkBatches';

/** What the records of one partition in a Fetch answer come to. */
export interface ReadBatches {
  /** Those with visible records, in order; unreadable ones stand in their place. */
  readonly batches: readonly RecordBatch[];
  /** Where to go on: behind the last complete batch, whatever was in it. The asked offset where there was none. */
  readonly nextOffset: number;
}

/**
 * Walks the batches of one partition by their headers; no record is looked at yet. A batch that is cut off at the end
 * is left out, as are control batches, those of aborted transactions and all below the asked offset.
 * @param from the asked offset; an answer begins with the batch that holds it
 * @param aborted what the answer says about aborted transactions; undefined for read_uncommitted
 */
export function readBatches(
  partition: number,
  bytes: Buffer,
  from: number,
  aborted: readonly AbortedRange[] | undefined,
  options: BatchReadOptions = {},
): ReadBatches {
  const batches: RecordBatch[] = [];
  const transactions = new AbortedTransactions(aborted ?? []);
  const { checkCrc, highWatermark, isWhole } = options;
  // What can't be read may be the end of a transaction. The next answer tells what is aborted behind it.
  const mayHideEnd = (aborted?.length ?? 0) > 0;
  let nextOffset = from;
  for (const piece of walkBatches(bytes, { from, checkCrc, highWatermark, isWhole })) {
    nextOffset = Math.max(nextOffset, piece.nextOffset);
    let unreadable: UnreadableBatch | undefined;
    if (isBroken(piece)) {
      const error = corruptRecords(partition, piece.baseOffset, piece.reason);
      unreadable = new UnreadableBatch(partition, piece, error);
    } else {
      const batch = new BatchView(partition, piece, options);
      const hidden = isHidden(batch, transactions);
      if (hidden instanceof UnreadableBatch) unreadable = hidden;
      else if (!hidden && batch.count > 0 && batch.nextOffset > from) batches.push(batch);
    }
    if (unreadable) batches.push(unreadable);
    if (unreadable && mayHideEnd && nextOffset > from) break;
  }
  return { batches, nextOffset };
}

/** A control record that can't be read is a problem of its batch, not of the whole answer. */
function isHidden(batch: BatchView, transactions: AbortedTransactions): boolean | UnreadableBatch {
  try {
    return transactions.isAborted(batch) || batch.isControl;
  } catch (error) {
    return new UnreadableBatch(batch.partition, batch, toManagerError(error));
  }
}
