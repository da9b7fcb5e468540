import { KafkaManagerError } from '../contract/errors';
import type { PartitionOffsets } from '../core/kafkaTypes';
import { ask } from './calls';
import type { KafkaConnection } from './connection';
import { brokerError } from './errors';
import { errorCode } from './protocol/errorCodes';
import { listOffsets } from './protocol/messages/listOffsets';

/** Timestamps that stand for a place in the log (ListOffsetsRequest.json). */
const special = { beginning: -2, end: -1 } as const;

/** Partitions per request: more would decode for longer than a frame of the screen. */
const sliceSize = 1_000;

/** Beginning and end of the given partitions, or of all, in the order of their ids. @throws PARTITION_NOT_FOUND */
export async function partitionOffsets(
  connection: KafkaConnection,
  topic: string,
  partitions?: readonly number[],
  signal?: AbortSignal,
): Promise<readonly PartitionOffsets[]> {
  return ask(async () => {
    const [beginnings, ends] = await Promise.all([
      readOffsets(connection, topic, partitions, 'beginning', signal),
      readOffsets(connection, topic, partitions, 'end', signal),
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

/** One end of each partition, without another try. @throws TOPIC_NOT_FOUND, PARTITION_NOT_FOUND */
export async function readOffsets(
  connection: KafkaConnection,
  topic: string,
  partitions: readonly number[] | undefined,
  place: keyof typeof special,
  signal: AbortSignal | undefined,
): Promise<ReadonlyMap<number, number>> {
  const leaders = await connection.leaders(topic, signal);
  const found = new Map<number, number>();
  const slices = [...byLeader(topic, leaders, partitions ?? [...leaders.keys()])].flatMap(([leader, ids]) =>
    sliced(ids).map((slice) => ({ leader, slice })),
  );
  await Promise.all(
    slices.map(async ({ leader, slice }) => {
      const asked = slice.map((partitionIndex) => ({ partitionIndex, timestamp: special[place] }));
      const answer = await connection.call(
        leader,
        listOffsets,
        { replicaId: -1, topics: [{ name: topic, partitions: asked }] },
        { signal },
      );
      for (const p of answer.topics[0]?.partitions ?? []) {
        if (p.errorCode === errorCode.NONE) {
          found.set(p.partitionIndex, p.offset);
          continue;
        }
        connection.invalidate(topic);
        throw brokerError(p.errorCode, { api: 'ListOffsets', topic, partition: p.partitionIndex });
      }
    }),
  );
  return found;
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

function sliced<T>(items: readonly T[]): readonly (readonly T[])[] {
  const slices: (readonly T[])[] = [];
  for (let i = 0; i < items.length; i += sliceSize) slices.push(items.slice(i, i + sliceSize));
  return slices;
}
