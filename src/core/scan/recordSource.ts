import type { Disposable } from '../../base/lifecycle';
import type { Isolation } from './query';
import type { RecordRows } from './recordRows';

/** Which offset is asked for: the log start, the end (last stable offset under read_committed), or by timestamp in ms. */
export type OffsetSpec = 'beginning' | 'end' | { readonly timestamp: number };

/** Timestamps of one partition in ms since 1970. */
export interface TimeSpan {
  /** That of the first record that has one. */
  readonly first: number;
  /** The largest one, wherever it lies. */
  readonly last: number;
}

export interface FetchPosition {
  readonly partition: number;
  readonly offset: number;
}

export interface FetchOptions {
  readonly isolation: Isolation;
  /** Wanted bytes per partition; the broker sends at least one batch of the first partition that has any. */
  readonly maxBytesPerPartition: number;
  /** How long the broker may wait for `minBytes` in ms; 0 answers at once. */
  readonly maxWaitMs: number;
  readonly minBytes: number;
  /** Compare the CRC-32C of each batch before anything of it is believed; off where left out, as in librdkafka. */
  readonly checkCrc?: boolean;
}

/**
 * A record batch that has arrived and is not decoded yet. Control batches and those of aborted transactions never get
 * this far. The first one of an answer may begin before the offset that was asked for.
 */
export interface RecordBatch {
  readonly partition: number;
  /** Offset of the first record, and the offset behind the last one (progress, also over compacted gaps). */
  readonly baseOffset: number;
  readonly nextOffset: number;
  /** Records in the batch. */
  readonly count: number;
  /** Size on the wire in bytes. */
  readonly sizeInBytes: number;
  readonly maxTimestamp: number;
  /** Uncompressed bytes of all records, for searching before decoding. Throws where the batch is corrupt. */
  section(): Buffer;
  /** The records, also those before the asked offset. Throws where the batch is corrupt. */
  rows(): RecordRows;
  /** Lets go of what was unpacked; it is unpacked again where it is asked for. Left out where nothing is kept. */
  release?(): void;
}

/** What one Fetch brought for one partition. */
export interface FetchedPartition {
  readonly partition: number;
  readonly batches: readonly RecordBatch[];
  /** Where to go on; equal to the asked offset when nothing came. */
  readonly nextOffset: number;
  readonly highWatermark: number;
  readonly lastStableOffset: number;
  readonly logStartOffset: number;
  /** The asked offset lies before the log start or behind the end: retention, deletion or a new topic. */
  readonly outOfRange: boolean;
  /**
   * With outOfRange: the topic was deleted and made anew under its name since the last fetch, so the asked offset means
   * nothing any more, whatever the new one holds. Told once of each partition.
   */
  readonly recreated?: boolean;
}

/**
 * What the scan engine needs of Kafka: offsets and fetches. One source has connections of its own, so a parked fetch
 * disturbs nobody; dispose() closes them and ends running calls.
 */
export interface RecordSource extends Disposable {
  /** Partition ids of the topic. @throws TOPIC_NOT_FOUND */
  partitions(topic: string, signal?: AbortSignal): Promise<readonly number[]>;
  /**
   * Offset of each partition. A timestamp behind the last record gives the end offset.
   * @throws PARTITION_NOT_FOUND
   */
  offsets(
    topic: string,
    partitions: readonly number[],
    spec: OffsetSpec,
    isolation: Isolation,
    signal?: AbortSignal,
  ): Promise<ReadonlyMap<number, number>>;
  /**
   * First and largest timestamp of each partition, up to the high watermark. Partitions without a record that has a
   * timestamp are left out. Nothing is read: the broker looks into its indexes.
   * @throws PARTITION_NOT_FOUND
   * @throws UNSUPPORTED_BY_BROKER before Kafka 3.0 (KIP-734)
   */
  timeSpans(
    topic: string,
    partitions: readonly number[],
    signal?: AbortSignal,
  ): Promise<ReadonlyMap<number, TimeSpan>>;
  /**
   * One round of fetching from the leaders. A moved leader is found again inside; partitions come in no fixed order and
   * only those that brought something or are out of range.
   */
  fetch(
    topic: string,
    positions: readonly FetchPosition[],
    options: FetchOptions,
    signal?: AbortSignal,
  ): Promise<readonly FetchedPartition[]>;
}
