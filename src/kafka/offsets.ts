import { KafkaManagerError } from '../contract/errors';
import type { PartitionOffsets } from '../core/kafkaTypes';
import type { Isolation } from '../core/scan/query';
import { ask } from './calls';
import type { KafkaConnection } from './connection';
import { brokerError } from './errors';
import { errorCode } from './protocol/errorCodes';
import { listOffsets } from './protocol/messages/listOffsets';
import { sliced } from './sliced';

/** Timestamps that stand for a place in the log (ListOffsetsRequest.json). */
export const BEGINNING = -2;
export const END = -1;
/** The record with the largest timestamp; from version 7 on (KIP-734). */
export const LATEST_TIMESTAMP = -3;

/** Partitions per request: more would decode for longer than a frame of the screen. */
const sliceSize = 1_000;

/** IsolationLevel of the protocol. */
export const isolationLevels = { read_uncommitted: 0, read_committed: 1 } as const;

/** What is asked of ListOffsets. */
export interface OffsetsQuestion {
  readonly topic: string;
  /** All where left out. */
  readonly partitions?: readonly number[] | undefined;
  /** ms since 1970, or one of the places above. */
  readonly timestamp: number;
  /** read_uncommitted where left out: the end is the high watermark then, else the last stable offset. */
  readonly isolation?: Isolation;
}

/** Beginning and end of the given partitions, or of all, in the order of their ids. @throws PARTITION_NOT_FOUND */
export async function partitionOffsets(
  connection: KafkaConnection,
  topic: string,
  partitions?: readonly number[],
  signal?: AbortSignal,
): Promise<readonly PartitionOffsets[]> {
  return ask(async () => {
    const [beginnings, ends] = await Promise.all([
      readOffsets(connection, { topic, partitions, timestamp: BEGINNING }, signal),
      readOffsets(connection, { topic, partitions, timestamp: END }, signal),
    ]);
    return [...beginnings]
      .map(([partition, beginning]) => ({
        partition,
        beginning,
        // A record may be deleted between the two questions.
        end: Math.max(beginning, ends.get(partition) ?? beginning),
      }))
      .sort((a, b) => a.partition - b.partition);
  }, signal);
}

/** Where a record was found, and its timestamp in ms; -1 both where there is none. */
export interface FoundRecord {
  readonly offset: number;
  readonly timestamp: number;
}

/**
 * An offset per partition from their leaders, without another try; -1 where no record has the timestamp or a later one.
 * @throws TOPIC_NOT_FOUND, PARTITION_NOT_FOUND
 */
export async function readOffsets(
  connection: Pick<KafkaConnection, 'call' | 'leaders' | 'invalidate'>,
  question: OffsetsQuestion,
  signal: AbortSignal | undefined,
): Promise<Map<number, number>> {
  const found = await findRecords(connection, question, signal);
  return new Map([...found].map(([partition, { offset }]) => [partition, offset]));
}

/** {@link readOffsets} with the timestamps of the records that were found. */
export async function findRecords(
  connection: Pick<KafkaConnection, 'call' | 'leaders' | 'invalidate'>,
  { topic, partitions, timestamp, isolation = 'read_uncommitted' }: OffsetsQuestion,
  signal: AbortSignal | undefined,
): Promise<Map<number, FoundRecord>> {
  const leaders = await connection.leaders(topic, signal);
  const found = new Map<number, FoundRecord>();
  const slices = [...byLeader(topic, leaders, partitions ?? [...leaders.keys()])].flatMap(([leader, ids]) =>
    sliced(ids, sliceSize).map((slice) => ({ leader, slice })),
  );
  await Promise.all(
    slices.map(async ({ leader, slice }) => {
      const topics = [{ name: topic, partitions: slice.map((id) => ({ partitionIndex: id, timestamp })) }];
      const request = { replicaId: -1, isolationLevel: isolationLevels[isolation], topics };
      const answer = await connection
        .call(leader, listOffsets, request, { signal, minVersion: firstVersionOf(timestamp) })
        .catch((error: unknown) => {
          // A leader that can't be reached may have been followed by another one.
          connection.invalidate(topic);
          throw error;
        });
      for (const one of answer.topics[0]?.partitions ?? []) {
        if (one.errorCode !== errorCode.NONE) {
          connection.invalidate(topic);
          throw brokerError(one.errorCode, { api: 'ListOffsets', topic, partition: one.partitionIndex });
        }
        found.set(one.partitionIndex, { offset: one.offset, timestamp: one.timestamp });
      }
    }),
  );
  return found;
}

/** An older broker would take the place of the largest timestamp for a time (KIP-734). */
function firstVersionOf(timestamp: number): number {
  return timestamp === LATEST_TIMESTAMP ? 7 : listOffsets.minVersion;
}

/** The partitions by the broker that leads them. @throws PARTITION_NOT_FOUND where the topic has no such partition */
export function byLeader(
  topic: string,
  leaders: ReadonlyMap<number, number>,
  partitions: readonly number[],
): ReadonlyMap<number, number[]> {
  const groups = new Map<number, number[]>();
  for (const partition of partitions) {
    const leader = leaders.get(partition);
    if (leader === undefined) {
      throw new KafkaManagerError('PARTITION_NOT_FOUND', `Topic "${topic}" has no partition ${partition}.`, {
        details: { topic, partition, partitions: leaders.size },
      });
    }
    const group = groups.get(leader);
    if (group) group.push(partition);
    else groups.set(leader, [partition]);
  }
  return groups;
}
