import { delay } from '../../src/base/async';
import { KafkaManagerError } from '../../src/contract/errors';
import type { ConsumedRecord, RecordHeader } from '../../src/core/kafkaTypes';
import type { Isolation } from '../../src/core/scan/query';
import type {
  FetchedPartition,
  FetchOptions,
  FetchPosition,
  OffsetSpec,
  RecordBatch,
  RecordSource,
  TimeSpan,
} from '../../src/core/scan/recordSource';
import { rowsOf, sectionOf } from './rowsOf';

/** A record of the fake log. */
export interface FakeRecord {
  readonly offset: number;
  readonly timestamp: number;
  readonly key?: string | null;
  readonly value?: string | null;
  readonly headers?: readonly RecordHeader[];
}

/** A batch of the fake log. Offsets of [baseOffset, nextOffset) without a record were compacted away. */
export interface FakeBatch {
  readonly baseOffset: number;
  readonly nextOffset: number;
  readonly records: readonly FakeRecord[];
  /** 'aborted' is hidden under read_committed, 'control' always. */
  readonly kind?: 'data' | 'aborted' | 'control';
  readonly sizeInBytes?: number;
  readonly corrupt?: boolean;
}

/** A partition of the fake log; tests change it while it is read. */
export interface FakePartition {
  batches: FakeBatch[];
  logStart: number;
  highWatermark: number;
  lastStable: number;
}

/** One call of fetch, as the fake saw it. */
export interface FakeFetch {
  readonly positions: readonly FetchPosition[];
  readonly options: FetchOptions;
}

/** A fake RecordSource in memory that answers as brokers do: whole batches, gaps, one large batch per answer. */
export class FakeRecordSource implements RecordSource {
  readonly log = new Map<number, FakePartition>();
  readonly fetches: FakeFetch[] = [];
  /** Base offsets of the batches that were decoded. */
  readonly decoded: number[] = [];
  /** Partitions whose fetch fails. */
  readonly failing = new Map<number, Error>();
  /** Partitions whose topic was deleted and made anew, of which a reader is still to be told. */
  readonly recreated = new Set<number>();
  /** Runs before each fetch is answered, for changing the log under the reader. */
  beforeFetch: (count: number) => void = () => {};
  /** Answers at once also where there is nothing. */
  impatient = false;
  readonly #topic: string;
  readonly #waiting = new Set<() => void>();

  constructor(topic = 'orders') {
    this.#topic = topic;
  }

  /** Adds a partition with these batches; it ends behind the last one unless told otherwise. */
  addPartition(
    partition: number,
    batches: readonly FakeBatch[],
    ends: { logStart?: number; highWatermark?: number; lastStable?: number } = {},
  ): FakePartition {
    const highWatermark = ends.highWatermark ?? batches.at(-1)?.nextOffset ?? ends.logStart ?? 0;
    const created = {
      batches: [...batches],
      logStart: ends.logStart ?? 0,
      highWatermark,
      lastStable: ends.lastStable ?? highWatermark,
    };
    this.log.set(partition, created);
    return created;
  }

  /** Appends a batch of records with the next offsets and wakes parked fetches. */
  append(
    partition: number,
    records: readonly Omit<FakeRecord, 'offset'>[],
    kind: FakeBatch['kind'] = 'data',
  ): void {
    const log = this.log.get(partition)!;
    const baseOffset = log.highWatermark;
    const nextOffset = baseOffset + records.length;
    log.batches.push({
      baseOffset,
      nextOffset,
      kind,
      records: records.map((record, index) => ({ ...record, offset: baseOffset + index })),
    });
    log.highWatermark = log.lastStable = nextOffset;
    for (const wake of this.#waiting) wake();
  }

  async partitions(topic: string): Promise<readonly number[]> {
    if (topic !== this.#topic) throw new KafkaManagerError('TOPIC_NOT_FOUND');
    return [...this.log.keys()];
  }

  async offsets(
    _topic: string,
    partitions: readonly number[],
    spec: OffsetSpec,
    isolation: Isolation,
  ): Promise<ReadonlyMap<number, number>> {
    return new Map(
      partitions.map((partition) => {
        const log = this.log.get(partition)!;
        const end = endOf(log, isolation);
        if (spec === 'beginning') return [partition, log.logStart];
        if (spec === 'end') return [partition, end];
        const first = log.batches
          .filter((batch) => isVisible(batch, isolation))
          .flatMap((batch) => batch.records)
          .find((r) => r.offset >= log.logStart && r.offset < end && r.timestamp >= spec.timestamp);
        return [partition, first?.offset ?? end];
      }),
    );
  }

  async timeSpans(_topic: string, partitions: readonly number[]): Promise<ReadonlyMap<number, TimeSpan>> {
    return new Map(
      partitions.flatMap((partition): [number, TimeSpan][] => {
        const log = this.log.get(partition)!;
        const timestamps = log.batches
          .flatMap((batch) => batch.records)
          .filter((r) => r.offset >= log.logStart && r.offset < log.highWatermark && r.timestamp >= 0)
          .map((record) => record.timestamp);
        const last = timestamps.reduce((a, b) => Math.max(a, b), -1);
        return timestamps.length > 0 ? [[partition, { first: timestamps[0]!, last }]] : [];
      }),
    );
  }

  async fetch(
    _topic: string,
    positions: readonly FetchPosition[],
    options: FetchOptions,
    signal?: AbortSignal,
  ): Promise<readonly FetchedPartition[]> {
    this.fetches.push({ positions, options });
    this.beforeFetch(this.fetches.length);
    await Promise.resolve();
    signal?.throwIfAborted();
    for (const { partition } of positions) {
      const failure = this.failing.get(partition);
      if (failure) throw failure;
    }
    const answer = this.#answer(positions, options);
    if (answer.length > 0 || this.impatient || options.maxWaitMs === 0) return answer;
    await this.#park(options.maxWaitMs, signal);
    return this.#answer(positions, options);
  }

  dispose(): void {
    this.#waiting.clear();
  }

  async #park(ms: number, signal: AbortSignal | undefined): Promise<void> {
    const over = new AbortController();
    let wake = (): void => {};
    const woken = new Promise<void>((resolve) => (wake = resolve));
    this.#waiting.add(wake);
    const ends = AbortSignal.any(signal ? [signal, over.signal] : [over.signal]);
    try {
      await Promise.race([woken, delay(ms, ends)]);
    } finally {
      this.#waiting.delete(wake);
      over.abort();
    }
  }

  #answer(positions: readonly FetchPosition[], options: FetchOptions): FetchedPartition[] {
    const answer: FetchedPartition[] = [];
    let nothingYet = true;
    for (const { partition, offset } of positions) {
      const log = this.log.get(partition)!;
      const end = endOf(log, options.isolation);
      const facts = { partition, highWatermark: log.highWatermark, lastStableOffset: log.lastStable };
      const recreated = this.recreated.delete(partition);
      if (recreated || offset < log.logStart || offset > log.highWatermark) {
        const nothing = { ...facts, batches: [], nextOffset: offset, logStartOffset: -1 };
        answer.push({ ...nothing, outOfRange: true, recreated });
        continue;
      }
      let room = options.maxBytesPerPartition;
      let nextOffset = offset;
      const batches: RecordBatch[] = [];
      for (const batch of log.batches) {
        if (batch.nextOffset <= offset || batch.nextOffset > end) continue;
        const size = sizeOf(batch);
        if (size > room && !nothingYet) break;
        room -= size;
        nothingYet = false;
        nextOffset = batch.nextOffset;
        if (isVisible(batch, options.isolation)) batches.push(this.#recordBatch(partition, batch));
      }
      if (nextOffset === offset) continue;
      answer.push({ ...facts, batches, nextOffset, logStartOffset: log.logStart, outOfRange: false });
    }
    return answer;
  }

  #recordBatch(partition: number, batch: FakeBatch): RecordBatch {
    const { decoded } = this;
    const check = (): void => {
      if (batch.corrupt) throw new Error('CRC mismatch');
    };
    return {
      partition,
      baseOffset: batch.baseOffset,
      nextOffset: batch.nextOffset,
      count: batch.records.length,
      sizeInBytes: sizeOf(batch),
      maxTimestamp: Math.max(-1, ...batch.records.map((record) => record.timestamp)),
      section() {
        check();
        return sectionOf(batch.records);
      },
      rows() {
        check();
        decoded.push(batch.baseOffset);
        return rowsOf(partition, batch.records);
      },
    };
  }
}

function endOf(log: FakePartition, isolation: Isolation): number {
  return isolation === 'read_committed' ? log.lastStable : log.highWatermark;
}

function isVisible(batch: FakeBatch, isolation: Isolation): boolean {
  return batch.kind !== 'control' && (batch.kind !== 'aborted' || isolation === 'read_uncommitted');
}

function sizeOf(batch: FakeBatch): number {
  return batch.sizeInBytes ?? 61 + batch.records.length * 20;
}

/** The record as a reader sees it. */
export function asConsumed(partition: number, record: FakeRecord): ConsumedRecord {
  const bytes = (text: string | null | undefined): Uint8Array | null =>
    text == null ? null : Buffer.from(text);
  return {
    partition,
    offset: record.offset,
    timestamp: record.timestamp,
    key: bytes(record.key),
    value: bytes(record.value),
    headers: record.headers ?? [],
  };
}
