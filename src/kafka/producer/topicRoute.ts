import { KafkaManagerError } from '../../contract/errors';
import type { Lane } from './lane';
import { RoundRobin } from './partitioner';
import type { PendingRecord } from './pendingRecord';

/** What the producer knows of one topic. */
export interface TopicRoute {
  readonly topic: string;
  /** Leader of each partition, -1 where there is none; undefined until a Metadata answer. */
  leaders: ReadonlyMap<number, number> | undefined;
  /** Records that came before the partitions were known, in order. */
  readonly waiting: PendingRecord[];
  /** How many of them, from the first on, are not to linger. */
  hurried: number;
  /** By partition and kind of acknowledgement. */
  readonly lanes: Map<number, Lane>;
  readonly roundRobin: RoundRobin;
  /** True while Metadata is being asked. */
  asking: boolean;
  attempts: number;
  /** Metadata is not asked again before, on the scale of performance.now(). */
  notBefore: number;
  /** Metadata is asked again from then on, to see new partitions; on the scale of performance.now(). */
  freshUntil: number;
  /** Counts how often the topic was changed by us: an answer to a question from before is worth nothing. */
  generation: number;
  /** When a Metadata answer first said that the topic is gone, on the scale of performance.now(). */
  missingSince: number | undefined;
}

export function newTopicRoute(topic: string): TopicRoute {
  return {
    topic,
    leaders: undefined,
    waiting: [],
    hurried: 0,
    lanes: new Map(),
    roundRobin: new RoundRobin(),
    asking: false,
    attempts: 0,
    notBefore: 0,
    freshUntil: 0,
    generation: 0,
    missingSince: undefined,
  };
}

export function partitionMissing(topic: string, partition: number): KafkaManagerError {
  return new KafkaManagerError('PARTITION_NOT_FOUND', `Topic "${topic}" has no partition ${partition}.`, {
    details: { topic, partition },
  });
}
