import { borderTimes, subdivisions } from './histogramBorders';
import { OffsetTable } from './histogramOffsets';
import type { Isolation } from './query';
import type { RecordSource } from './recordSource';
import { invalid } from './validateQuery';

/** Most buckets: as many as a screen has columns. */
const mostBuckets = 10_000;

/** Which records are counted, and what is known of their topic. */
export interface HistogramQuery {
  readonly topic: string;
  /** All where left out. */
  readonly partitions?: readonly number[];
  /** ms since 1970; from the first record on where left out. */
  readonly from?: number;
  /** ms since 1970, exclusive; up to the end where left out. */
  readonly to?: number;
  /** 96 where left out; fewer where the range has fewer milliseconds. */
  readonly buckets?: number;
  /** read_committed where left out. */
  readonly isolation?: Isolation;
  /** Whether the topic's cleanup.policy includes compact. */
  readonly compacted?: boolean;
  /** The topic's message.timestamp.type; CreateTime where left out. */
  readonly timestampType?: 'CreateTime' | 'LogAppendTime';
  /** Whether transactional records were seen in it, or are known to be written. */
  readonly transactional?: boolean;
}

/**
 * Why the counts may not be the numbers of records within the borders:
 * - compaction: records that were compacted away are counted still.
 * - clocks: the producers' clocks made the timestamps. Where they go down inside a partition, a border lies before the
 *   first later record, and what comes late counts in a later bucket; no answer of the broker shows or excludes that.
 * - transactions: their markers are counted, and aborted records too.
 */
export type HistogramDoubt = 'compaction' | 'clocks' | 'transactions';

/** How many offsets lie between the borders. */
export interface Histogram {
  /**
   * Ascending, in ms since 1970; one more than there are buckets. The last one is exclusive. All buckets are of the same
   * width in the last histogram only.
   */
  readonly borders: readonly number[];
  /** Offsets of each bucket, never negative; their sum is `total`. */
  readonly counts: readonly number[];
  /** Per partition the offset at each border: counts are the differences, and a bucket can be read from there. */
  readonly offsets: ReadonlyMap<number, readonly number[]>;
  /** Offsets in the range. */
  readonly total: number;
  /** Empty where the counts are exact: an append-only topic with the broker's timestamps. */
  readonly doubts: readonly HistogramDoubt[];
  /** Whether these are all the buckets that were asked for, or coarser ones on the way there. */
  readonly done: boolean;
}

/**
 * Counts records over time without reading them, by ListOffsets (40 to 80 times cheaper than reading). It is
 * handed out coarse to fine, by binary subdivision: 2, 4, 8 … buckets and at last all. Only where offsets lie between
 * two borders is another one looked up, so that empty times cost nothing. At most 8 lookups are on their way at once,
 * since each makes the broker decompress a batch per partition and others want their answers too.
 *
 * Counted is what lies between the beginning and the end at the start, also while the topic grows. Records without a
 * timestamp count with what comes behind them. A topic in which no record has one gives no buckets, only the total.
 * @throws VALIDATION_ERROR, TOPIC_NOT_FOUND, PARTITION_NOT_FOUND; CANCELLED where the signal is aborted
 * @throws UNSUPPORTED_BY_BROKER where a side of the range is left out and the broker is older than Kafka 3.0
 */
export async function* histogram(
  source: RecordSource,
  query: HistogramQuery,
  { signal }: { readonly signal?: AbortSignal | undefined } = {},
): AsyncGenerator<Histogram, void, undefined> {
  validate(query);
  const table = await OffsetTable.open(source, query, signal);
  const doubts = doubtsOf(query);
  const times = borderTimes(table.range, query.buckets ?? 96);
  if (times.length < 2) {
    yield { borders: [], counts: [], offsets: new Map(), total: table.total, doubts, done: true };
    return;
  }
  const levels = subdivisions(times.length - 1);
  let known = levels[0]!;
  for (const level of levels.slice(1)) {
    await table.refine(known, level, times, signal);
    known = level;
    yield { ...table.counted(level, times), doubts, done: level.length === times.length };
  }
  if (levels.length === 1) yield { ...table.counted(known, times), doubts, done: true };
}

function validate({ from, to, buckets = 96 }: HistogramQuery): void {
  if (!Number.isInteger(buckets) || buckets < 1 || buckets > mostBuckets) {
    throw invalid('buckets', `buckets must be a whole number from 1 to ${mostBuckets}, not ${buckets}.`);
  }
  for (const [name, time] of Object.entries({ from, to })) {
    if (time !== undefined && !(Number.isSafeInteger(time) && time >= 0)) {
      throw invalid(name, `${name} must be a whole number of milliseconds since 1970, not ${time}.`);
    }
  }
  if (from !== undefined && to !== undefined && from >= to) {
    throw invalid('to', `The range ends at ${to}, which is not behind its start at ${from}.`);
  }
}

function doubtsOf(query: HistogramQuery): readonly HistogramDoubt[] {
  return [
    ...(query.compacted ? (['compaction'] as const) : []),
    ...(query.timestampType === 'LogAppendTime' ? [] : (['clocks'] as const)),
    ...(query.transactional ? (['transactions'] as const) : []),
  ];
}
