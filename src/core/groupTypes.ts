import type { KafkaManagerError } from '../contract/errors';

/** The protocol that a group's members speak (GroupType of Kafka): KIP-848 is `consumer`, KIP-932 `share`. */
export type GroupType = 'classic' | 'consumer' | 'share' | 'streams' | 'unknown';

/** A group as its coordinator lists it. Its id may hold any characters. */
export interface GroupSummary {
  readonly id: string;
  /** As Kafka names it: `Stable`, `Empty`, `Dead`, `PreparingRebalance`, …; `Unknown` before Kafka 2.6. */
  readonly state: string;
  /** `classic` on brokers before Kafka 3.8, which tell no types. */
  readonly type: GroupType;
  /** `consumer`, `connect`, `share`, …; empty for classic groups that nobody has joined yet. */
  readonly protocolType: string;
}

/** What a question about a group needs to know of it. */
export type GroupRef = Pick<GroupSummary, 'id' | 'type'>;

/** All groups of the brokers that answered, sorted by id. */
export interface GroupListing {
  readonly groups: readonly GroupSummary[];
  /** Brokers that did not tell their groups, by id: `groups` is incomplete where there are any. */
  readonly failures: ReadonlyMap<number, KafkaManagerError>;
}

/** A member of a group. All its texts are the client's own and may hold any characters. */
export interface GroupMember {
  readonly id: string;
  /** Static membership (`group.instance.id`, KIP-345). */
  readonly instanceId: string | null;
  readonly clientId: string;
  readonly host: string;
  /** Partitions per topic; undefined where the group's protocol is not that of consumers, so that it can't be read. */
  readonly assignment: ReadonlyMap<string, readonly number[]> | undefined;
}

export interface GroupDescription extends GroupSummary {
  /** Id of the broker that coordinates the group. */
  readonly coordinator: number;
  /** Name of the assignor, `range` for example; empty where there is none yet. */
  readonly assignor: string;
  readonly members: readonly GroupMember[];
}

/** Committed offsets (of share groups: start offsets) of one group, per topic and partition. */
export type CommittedOffsets = ReadonlyMap<string, ReadonlyMap<number, number>>;

/** For each group that was asked for, what it answered or why it did not. */
export type GroupAnswers<T> = ReadonlyMap<string, T | KafkaManagerError>;

/** Lag of one partition that a group has committed an offset for. */
export interface PartitionLag {
  readonly topic: string;
  readonly partition: number;
  readonly committed: number;
  /** End of the log (high watermark); undefined where it is not known. */
  readonly end: number | undefined;
  /**
   * end - committed, never below 0; undefined where the end is not known. Of share groups an upper bound: they may have
   * done records behind their start offset already.
   */
  readonly lag: number | undefined;
  /** Why the end is not known: there is no such topic any more, or the partition's leader did not tell. */
  readonly missing?: 'topic-deleted' | 'no-answer';
}

export interface GroupLag {
  /** Sum over the partitions of topics that are still there; undefined where there are none, or one is not known. */
  readonly total: number | undefined;
  /** How many members the group has; undefined where it could not be described. */
  readonly members: number | undefined;
  /** Partitions with a committed offset, by topic and partition. */
  readonly partitions: readonly PartitionLag[];
}
