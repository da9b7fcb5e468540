import type { PartitionOffsets } from './kafkaTypes';

/** How many records a topic has at most. Compaction and transactions leave gaps, so there may be fewer. */
export interface TopicCount {
  /** Sum of end - beginning; undefined where a partition did not answer. */
  readonly records: number | undefined;
  /** Of the partitions that answered, by their ids. */
  readonly offsets: readonly PartitionOffsets[];
}

/** How a topic keeps its records. */
export interface TopicPolicy {
  /** `delete`, `compact` or `compact,delete`; undefined where the broker did not tell. */
  readonly cleanupPolicy: string | undefined;
  /** `retention.ms`; -1 for ever, undefined where the broker did not tell. Exact up to 2^53. */
  readonly retentionMs: number | undefined;
}

/** The config keys of a {@link TopicPolicy}. */
export const policyKeys = ['cleanup.policy', 'retention.ms'] as const;

/** Offsets by partition; undefined where it did not answer. */
type Answers = ReadonlyMap<number, number | undefined>;

/** @param ends of the same partitions, asked for after the beginnings */
export function countOf(beginnings: Answers, ends: Answers): TopicCount {
  const offsets = [...beginnings]
    .flatMap(([partition, beginning]) => {
      const end = ends.get(partition);
      if (beginning === undefined || end === undefined) return [];
      // A record may be deleted between the two questions.
      return [{ partition, beginning, end: Math.max(beginning, end) }];
    })
    .sort((a, b) => a.partition - b.partition);
  const isComplete = offsets.length === beginnings.size;
  return {
    records: isComplete ? offsets.reduce((sum, { beginning, end }) => sum + end - beginning, 0) : undefined,
    offsets,
  };
}

/** The policy out of a topic's configs. */
export function policyOf(values: ReadonlyMap<string, string | null>): TopicPolicy {
  const [cleanup, retention] = policyKeys.map((key) => values.get(key) ?? undefined);
  return {
    cleanupPolicy: cleanup,
    retentionMs: retention === undefined ? undefined : Number(retention),
  };
}
