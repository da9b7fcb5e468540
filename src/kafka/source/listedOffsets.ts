import type { OffsetSpec } from '../../core/scan/recordSource';
import type { Isolation } from '../../core/scan/query';
import type { KafkaConnection } from '../connection';
import { brokerError } from '../errors';
import { byLeader } from '../offsets';
import { errorCode } from '../protocol/errorCodes';
import { listOffsets } from '../protocol/messages/listOffsets';

/** What a source needs of a connection. */
export type SourceConnection = Pick<KafkaConnection, 'call' | 'leaders' | 'invalidate' | 'dispose'>;

/** Timestamps that stand for a place in the log (ListOffsetsRequest.json). */
const BEGINNING = -2;
const END = -1;
/** Partitions per request: more would decode for longer than a frame of the screen. */
const SLICE = 1_000;

/** What is asked of ListOffsets. */
export interface OffsetsQuestion {
  readonly topic: string;
  readonly partitions: readonly number[];
  readonly spec: OffsetSpec;
  readonly isolation: Isolation;
}

/** IsolationLevel of the protocol. */
export function isolationLevel(isolation: Isolation): 0 | 1 {
  return isolation === 'read_committed' ? 1 : 0;
}

/**
 * An offset per partition from their leaders, without another try; behind the last record the end offset.
 * @throws TOPIC_NOT_FOUND, PARTITION_NOT_FOUND
 */
export async function listedOffsets(
  connection: SourceConnection,
  question: OffsetsQuestion,
  signal: AbortSignal,
): Promise<ReadonlyMap<number, number>> {
  const { spec } = question;
  const timestamp = spec === 'beginning' ? BEGINNING : spec === 'end' ? END : Math.max(0, spec.timestamp);
  const found = await askLeaders(connection, question, timestamp, signal);
  // No record has that timestamp or a later one.
  const behind = [...found].filter(([, offset]) => offset < 0).map(([partition]) => partition);
  if (behind.length > 0) {
    const ends = await askLeaders(connection, { ...question, partitions: behind }, END, signal);
    for (const [partition, end] of ends) found.set(partition, end);
  }
  return found;
}

async function askLeaders(
  connection: SourceConnection,
  { topic, partitions, isolation }: OffsetsQuestion,
  timestamp: number,
  signal: AbortSignal,
): Promise<Map<number, number>> {
  const leaders = await connection.leaders(topic, signal);
  const requests: Promise<void>[] = [];
  const found = new Map<number, number>();
  const askOne = async (leader: number, slice: readonly number[]): Promise<void> => {
    const asked = slice.map((partitionIndex) => ({ partitionIndex, timestamp }));
    const topics = [{ name: topic, partitions: asked }];
    const request = { replicaId: -1, isolationLevel: isolationLevel(isolation), topics };
    const answer = await connection.call(leader, listOffsets, request, { signal });
    for (const one of answer.topics[0]?.partitions ?? []) {
      if (one.errorCode !== errorCode.NONE) {
        connection.invalidate(topic);
        throw brokerError(one.errorCode, { api: 'ListOffsets', topic, partition: one.partitionIndex });
      }
      found.set(one.partitionIndex, one.offset);
    }
  };
  for (const [leader, ids] of byLeader(topic, leaders, partitions)) {
    for (let at = 0; at < ids.length; at += SLICE) requests.push(askOne(leader, ids.slice(at, at + SLICE)));
  }
  await Promise.all(requests);
  return found;
}
