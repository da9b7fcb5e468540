import { toManagerError } from '../../contract/errors';
import type { RecordBatch } from '../../core/scan/recordSource';
import { AbortedTransactions, type AbortedRange } from './abortedTransactions';
import { CRC_AT, CRC_FROM, readBatchHeader, type BatchHeader } from './batchHeader';
import { BatchView, UnreadableBatch, type BatchReadOptions } from './batchView';
import { corruptRecords } from './corruptRecords';
import { crc32c } from './crc32c';

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
  let nextOffset = from;
  for (let at: number | undefined = 0; at !== undefined && at < bytes.length;) {
    const header = readBatchHeader(bytes, at);
    if (header === undefined) break;
    if ('reason' in header) {
      // Behind the asked offset at least, so that a scan gets past it.
      const known = Number.isSafeInteger(header.baseOffset) && header.baseOffset >= 0;
      const baseOffset = known ? header.baseOffset : nextOffset;
      nextOffset = Math.max(nextOffset, baseOffset + 1, from + 1);
      const sizeInBytes = (header.end ?? bytes.length) - header.start;
      const error = corruptRecords(partition, baseOffset, header.reason);
      batches.push(new UnreadableBatch(partition, { baseOffset, nextOffset, sizeInBytes }, error));
      at = header.end;
      continue;
    }
    at = header.end;
    nextOffset = Math.max(nextOffset, header.nextOffset);
    const batch = new BatchView(partition, header, options);
    const hidden =
      options.checkCrc === true && !hasRightChecksum(header)
        ? new UnreadableBatch(
            partition,
            batch,
            corruptRecords(partition, header.baseOffset, 'its checksum is wrong'),
          )
        : isHidden(batch, transactions);
    if (hidden instanceof UnreadableBatch) batches.push(hidden);
    else if (!hidden && batch.count > 0 && batch.nextOffset > from) batches.push(batch);
  }
  return { batches, nextOffset };
}

/** Looked at before anything else of the batch is believed, such as that it is a control batch. */
function hasRightChecksum({ bytes, start, end }: BatchHeader): boolean {
  return crc32c(bytes, start + CRC_FROM, end) === bytes.readUInt32BE(start + CRC_AT);
}

/** A control record that can't be read is a problem of its batch, not of the whole answer. */
function isHidden(batch: BatchView, transactions: AbortedTransactions): boolean | UnreadableBatch {
  try {
    return transactions.isAborted(batch) || batch.isControl;
  } catch (error) {
    return new UnreadableBatch(batch.partition, batch, toManagerError(error));
  }
}
