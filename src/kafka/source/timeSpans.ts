import type { TimeSpan } from '../../core/scan/recordSource';
import { findRecords, LATEST_TIMESTAMP } from '../offsets';
import type { SourceConnection } from './listedOffsets';

/**
 * First and largest timestamp per partition from their leaders, without another try. Asked up to the high watermark: for
 * a reader of committed records the broker would tell nothing while the largest one belongs to an open transaction.
 * @throws TOPIC_NOT_FOUND, PARTITION_NOT_FOUND, UNSUPPORTED_BY_BROKER
 */
export async function timeSpans(
  connection: SourceConnection,
  topic: string,
  partitions: readonly number[],
  signal: AbortSignal,
): Promise<ReadonlyMap<number, TimeSpan>> {
  const [firsts, lasts] = await Promise.all(
    [0, LATEST_TIMESTAMP].map((timestamp) =>
      findRecords(connection, { topic, partitions, timestamp }, signal),
    ),
  );
  const spans = new Map<number, TimeSpan>();
  for (const [partition, first] of firsts!) {
    const last = lasts!.get(partition);
    // A record may be deleted or written between the two questions.
    if (first.offset < 0 || !last || last.offset < 0) continue;
    spans.set(partition, { first: first.timestamp, last: Math.max(first.timestamp, last.timestamp) });
  }
  return spans;
}
