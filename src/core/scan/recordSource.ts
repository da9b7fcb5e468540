import type { Disposable } from '../../base/lifecycle';
import type { ConsumedRecord } from '../kafkaTypes';
import type { Isolation } from './query';

/** Which offset is asked for: the log start, the end (last stable offset under read_committed), or by timestamp in ms. */
export type OffsetSpec = 'beginning' | 'end' | { readonly timestamp: number };

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
}

/**
 * A record batch that has arrived and is not decoded yet. Control batches and those of aborted transactions never get
 * this far. The first one of an answer may begin before the offset that was asked for; `records()` leaves out what is
 * before that, the other members tell of the whole batch.
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
  section(): Uint8Array;
  /** Decodes the records. Throws where the batch is corrupt. Keys and values are views of the batch's bytes. */
  records(): Iterable<ConsumedRecord>;
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
