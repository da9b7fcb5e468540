import type { ConsumedRecord } from '../../../../src/core/kafkaTypes';
import type { ScanDirection } from '../../../../src/core/scan/query';
import { asConsumed, type FakeRecordSource } from '../../../support/fakeRecordSource';

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
  const merged: ConsumedRecord[] = [];
  for (;;) {
    const heads = queues.flatMap((queue) => queue.slice(0, 1));
    if (heads.length === 0) break;
    const best = heads.reduce((a, b) => (goesBefore(b, a, query.direction) ? b : a));
    merged.push(best);
    queues.find((queue) => queue[0] === best)!.shift();
  }
  const { text } = query;
  return text === undefined ? merged : merged.filter((record) => holdsText(record, text));
}

function goesBefore(a: ConsumedRecord, b: ConsumedRecord, direction: ScanDirection): boolean {
  const untimed = Number(b.timestamp < 0) - Number(a.timestamp < 0);
  if (untimed !== 0) return untimed < 0;
  const difference = a.timestamp - b.timestamp || a.partition - b.partition;
  return direction === 'oldest' ? difference < 0 : difference > 0;
}

function holdsText(record: ConsumedRecord, text: string): boolean {
  return [record.key, record.value].some(
    (bytes) => bytes !== null && Buffer.from(bytes).toString().includes(text),
  );
}
