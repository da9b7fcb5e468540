import type { OffsetSpec } from '../../core/scan/recordSource';
import type { Isolation } from '../../core/scan/query';
import type { KafkaConnection } from '../connection';
import { BEGINNING, END, readOffsets } from '../offsets';

/** What a source needs of a connection. */
export type SourceConnection = Pick<
  KafkaConnection,
  'call' | 'leaders' | 'topicLeaders' | 'invalidate' | 'dispose'
> &
  Partial<Pick<KafkaConnection, 'brokers'>>;

/** What a reader asks of the offsets of a topic. */
export interface ListedQuestion {
  readonly topic: string;
  readonly partitions: readonly number[];
  readonly spec: OffsetSpec;
  readonly isolation: Isolation;
}

/**
 * An offset per partition from their leaders, without another try; behind the last record the end offset.
 * @throws TOPIC_NOT_FOUND, PARTITION_NOT_FOUND
 */
export async function listedOffsets(
  connection: SourceConnection,
  { spec, ...question }: ListedQuestion,
  signal: AbortSignal,
): Promise<ReadonlyMap<number, number>> {
  const timestamp = spec === 'beginning' ? BEGINNING : spec === 'end' ? END : Math.max(0, spec.timestamp);
  const found = await readOffsets(connection, { ...question, timestamp }, signal);
  const behind = [...found].filter(([, offset]) => offset < 0).map(([partition]) => partition);
  if (behind.length > 0) {
    const ends = await readOffsets(connection, { ...question, partitions: behind, timestamp: END }, signal);
    for (const [partition, end] of ends) found.set(partition, end);
  }
  return found;
}
