import type { KafkaManagerError } from '../contract/errors';

/** A header as Kafka keeps it: order and duplicates matter, the value may be null. */
export interface RecordHeader {
  readonly key: string;
  readonly value: Uint8Array | null;
}

/** A record to write. Bytes are bytes here; text, JSON and base64 are views at the doors. */
export interface ProduceRecord {
  readonly topic: string;
  readonly key: Uint8Array | null;
  /** null is a tombstone. */
  readonly value: Uint8Array | null;
  readonly headers?: readonly RecordHeader[];
  /** Chosen from the key (murmur2, as Java and kcat's murmur2_random do) or round robin where left out. */
  readonly partition?: number;
  /** ms since 1970, or -1 for a record without one; now where left out. */
  readonly timestamp?: number;
}

/** 0: don't wait, 1: the leader has it, -1: all in-sync replicas have it. */
export type Acks = 0 | 1 | -1;

export type CompressionName = 'none' | 'gzip' | 'snappy' | 'lz4' | 'zstd';

export interface ProduceOptions {
  /** -1 where left out. */
  readonly acks?: Acks;
  /**
   * Exactly once per partition over lost answers and moved leaders; true where left out, and only possible with acks -1.
   * Without it a record whose answer is lost, or with acks -1 one that meets a leader that has moved, is not sent again:
   * it ends with PRODUCE_OUTCOME_UNKNOWN.
   */
  readonly idempotent?: boolean;
  readonly compression?: CompressionName;
  /** Longest wait for the outcome of one record in ms; 30,000 where left out. */
  readonly timeoutMs?: number;
  /**
   * How long a batch waits for more records before it is sent, in ms; 0 (at once) where left out. Whatever arrives while
   * a request is in flight shares the next one anyway.
   */
  readonly lingerMs?: number;
  /** Bytes, before compression, after which a batch takes no further record; 512 KiB where left out. */
  readonly batchBytes?: number;
}

/** Where a record went. `offset` is -1 with acks 0; `timestamp` is the broker's where the topic uses LogAppendTime. */
export interface ProducedRecord {
  readonly topic: string;
  readonly partition: number;
  readonly offset: number;
  readonly timestamp: number;
}

/**
 * What became of one record of many: written; or not, for a reason; `mayBeWritten` where it was sent and nobody knows
 * what became of it (PRODUCE_OUTCOME_UNKNOWN, or CANCELLED while it was on its way). Without it the record is surely not
 * in the log.
 */
export type ProduceOutcome =
  | { readonly ok: true; readonly produced: ProducedRecord }
  | { readonly ok: false; readonly error: KafkaManagerError; readonly mayBeWritten: boolean };

/** A record as it was read. Offsets and timestamps are exact up to 2^53. */
export interface ConsumedRecord {
  readonly partition: number;
  readonly offset: number;
  /** ms since 1970, -1 where the record has none. */
  readonly timestamp: number;
  readonly key: Uint8Array | null;
  readonly value: Uint8Array | null;
  readonly headers: readonly RecordHeader[];
}

export interface BrokerInfo {
  readonly id: number;
  readonly host: string;
  readonly port: number;
  readonly rack: string | null;
  readonly isController: boolean;
}

export interface ClusterDescription {
  readonly clusterId: string;
  readonly brokers: readonly BrokerInfo[];
}

export interface TopicSummary {
  readonly name: string;
  readonly id: string | null;
  readonly partitions: number;
  readonly replicationFactor: number;
  readonly isInternal: boolean;
}

export interface PartitionInfo {
  readonly partition: number;
  /** -1 where there is no leader. */
  readonly leader: number;
  readonly replicas: readonly number[];
  readonly isr: readonly number[];
  readonly offlineReplicas: readonly number[];
}

export interface TopicDescription extends TopicSummary {
  readonly partitionInfo: readonly PartitionInfo[];
}

/** Where a config value comes from (ConfigSource of the protocol). */
export type ConfigSource =
  'topic' | 'dynamic-broker' | 'dynamic-default-broker' | 'static-broker' | 'default' | 'other';

export interface ConfigEntry {
  readonly name: string;
  /** null for sensitive values, which a broker never tells. */
  readonly value: string | null;
  readonly source: ConfigSource;
  readonly isReadOnly: boolean;
  readonly isSensitive: boolean;
  /** Type as the broker names it (`string`, `int`, `long`, `list`, …), or null on brokers before 2.6. */
  readonly type: string | null;
  readonly documentation: string | null;
}

/** An incremental change of one key; `null` removes the override, so that the default counts again. */
export type ConfigChanges = Readonly<Record<string, string | null>>;

export interface CreateTopicSpec {
  readonly name: string;
  readonly partitions: number;
  readonly replicationFactor: number;
  readonly configs?: Readonly<Record<string, string>>;
  /** Ask the broker whether it would do it, without doing it. */
  readonly validateOnly?: boolean;
}

/** Beginning (log start) and end (high watermark) of a partition; end - beginning is an upper bound of its records. */
export interface PartitionOffsets {
  readonly partition: number;
  readonly beginning: number;
  readonly end: number;
}

/** What the connected broker can do beyond the basics; asked once per connection. */
export interface Capabilities {
  readonly describeLogDirs: boolean;
}
