import type { CommittedOffsets, GroupLag, PartitionLag } from './groupTypes';

/** Ends of partitions per topic; a topic that does not exist is absent, and undefined is a partition that did not answer. */
export type Ends = ReadonlyMap<string, ReadonlyMap<number, number | undefined>>;

/** Lag of one group, from its committed offsets and the ends of their partitions, which were asked for afterwards. */
export function lagOf(committed: CommittedOffsets, ends: Ends, members: number | undefined): GroupLag {
  const partitions = [...committed]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .flatMap(([topic, offsets]) =>
      [...offsets]
        .sort(([a], [b]) => a - b)
        .map(([partition, offset]) => partitionLag(topic, partition, offset, ends)),
    );
  const counted = partitions.filter(({ missing }) => missing !== 'topic-deleted');
  return { total: sum(counted), members, partitions };
}

function partitionLag(topic: string, partition: number, committed: number, ends: Ends): PartitionLag {
  const end = ends.get(topic)?.get(partition);
  if (end !== undefined) return { topic, partition, committed, end, lag: Math.max(0, end - committed) };
  const missing = ends.has(topic) ? 'no-answer' : 'topic-deleted';
  return { topic, partition, committed, end: undefined, lag: undefined, missing };
}

/** undefined where there is nothing to add up, or something is not known. */
function sum(partitions: readonly PartitionLag[]): number | undefined {
  if (partitions.length === 0) return undefined;
  return partitions.reduce<number | undefined>(
    (total, { lag }) => (total === undefined || lag === undefined ? undefined : total + lag),
    0,
  );
}
