import type { ConsumedRecord } from '../../../../src/core/kafkaTypes';
import type { ScanDirection } from '../../../../src/core/scan/query';
import { asConsumed, type FakeRecordSource } from '../../../support/fakeRecordSource';
import { mergeByHand } from '../../../support/randomScan/mergeByHand';

/** What the naive model needs to know of a query. */
export interface ModelQuery {
  readonly direction: ScanDirection;
  /** Range of each partition; what is before `from` or at `to` and behind does not count. */
  readonly from?: (partition: number) => number;
  readonly to?: (partition: number) => number;
  readonly text?: string | undefined;
}

/**
 * The naive model of a scan: takes all records that read_committed shows, merges them head by head, and leaves out what
 * the filter does not want.
 */
export function naiveScan(source: FakeRecordSource, query: ModelQuery): ConsumedRecord[] {
  const queues = [...source.log].map(([partition, log]) => {
    const from = Math.max(log.logStart, query.from?.(partition) ?? 0);
    const to = Math.min(log.lastStable, query.to?.(partition) ?? Infinity);
    const records = log.batches
      .filter((batch) => (batch.kind ?? 'data') === 'data')
      .flatMap((batch) => batch.records)
      .filter((record) => record.offset >= from && record.offset < to)
      .map((record) => asConsumed(partition, record));
    return query.direction === 'oldest' ? records : records.reverse();
  });
  const merged = mergeByHand(queues, query.direction);
  const { text } = query;
  return text === undefined ? merged : merged.filter((record) => holdsText(record, text));
}

function holdsText(record: ConsumedRecord, text: string): boolean {
  return [record.key, record.value].some(
    (bytes) => bytes !== null && Buffer.from(bytes).toString().includes(text),
  );
}
