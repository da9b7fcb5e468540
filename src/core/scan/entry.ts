import type { ConsumedRecord } from '../kafkaTypes';
import { matches, mayMatch } from './filter';
import type { OffsetRange, RecordFilter, ScanDirection } from './query';
import type { RecordBatch } from './recordSource';

/** A run of records of one partition that the filter keeps back. It takes part in the merge, so that time passes. */
export interface Skip {
  /** Records in the run. */
  readonly skipped: number;
  /** Offsets [from, to) of the run. */
  readonly from: number;
  readonly to: number;
  /** Merge key of the whole run. */
  readonly key: number;
}

/** What the merge moves: a record that counts, or a run of some that don't. */
export type Entry = ConsumedRecord | Skip;

export function isSkip(entry: Entry): entry is Skip {
  return 'skipped' in entry;
}

/** Merge key of a timestamp: the smallest goes first. A record without a timestamp goes as soon as it is its turn. */
function keyOfTimestamp(timestamp: number, direction: ScanDirection): number {
  if (timestamp < 0) return -Infinity;
  return direction === 'oldest' ? timestamp : -timestamp;
}

/** Merge key of an entry: the smallest goes first. */
export function keyOf(entry: Entry, direction: ScanDirection): number {
  return isSkip(entry) ? entry.key : keyOfTimestamp(entry.timestamp, direction);
}

/**
 * The entries of a batch inside of `range`, in reading order. Without a hit of the filter in its bytes a batch is not
 * decoded. The key of a run is its latest in reading order, which is when everything of it is over; of a batch that is
 * not decoded only the largest timestamp is known, which is the same where timestamps don't go down.
 * @throws what the batch throws where it is corrupt
 */
export function entriesOf(
  batch: RecordBatch,
  range: OffsetRange,
  direction: ScanDirection,
  filter: RecordFilter | undefined,
): Entry[] {
  const inside = batch.baseOffset >= range.next && batch.nextOffset <= range.end;
  if (filter && inside && !mayMatch(batch.section(), filter)) {
    const key = keyOfTimestamp(batch.maxTimestamp, direction);
    return [{ skipped: batch.count, from: batch.baseOffset, to: batch.nextOffset, key }];
  }
  const entries: Entry[] = [];
  let run: { skipped: number; from: number; to: number; key: number } | undefined;
  for (const record of batch.records()) {
    if (record.offset < range.next) continue;
    if (record.offset >= range.end) break;
    if (!filter || matches(record, filter)) {
      run = undefined;
      entries.push(record);
      continue;
    }
    if (!run) {
      run = { skipped: 0, from: record.offset, to: record.offset, key: -Infinity };
      entries.push(run);
    }
    run.skipped += 1;
    run.to = record.offset + 1;
    run.key = Math.max(run.key, keyOfTimestamp(record.timestamp, direction));
  }
  return direction === 'oldest' ? entries : entries.reverse();
}
