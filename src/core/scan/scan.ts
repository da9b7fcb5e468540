import { KafkaManagerError } from '../../contract/errors';
import type { ConsumedRecord } from '../kafkaTypes';
import { planScan, type ScanPlan } from './bounds';
import { compileFilter } from './filter/compileFilter';
import type { CompiledFilter } from './filter/compiledFilter';
import type { ScanQuery, ScanSummary, StopReason } from './query';
import { type OffsetRanges, type ReadContext, readRanges } from './readRanges';
import type { RecordSource } from './recordSource';
import { ScanStop } from './scanStop';
import { Tally, type TallyListeners } from './tally';
import { validateQuery } from './validateQuery';

/** Pages of records; the summary is returned at the end. */
export type RecordPages = AsyncGenerator<readonly ConsumedRecord[], ScanSummary, undefined>;

export interface ScanOptions extends TallyListeners {
  readonly signal?: AbortSignal | undefined;
  /** ms from now after which the scan stops; what was found until then has been handed out. */
  readonly deadlineMs?: number | undefined;
}

/**
 * Reads a topic within fixed bounds and hands out the records in pages, in the order that Merge (merge.ts) defines; the
 * summary is the generator's return value. Nothing is committed and nothing is written.
 *
 * The last N are the first N of a newest-first scan of the same selection, exact also over compacted gaps, transactions
 * and filters; read oldest first, they are looked for first and then read upward (twice the bytes).
 *
 * An aborted signal and a deadline don't throw: the scan ends with that reason, and with the position where it can be
 * taken up. What goes wrong in one partition is told of and does not end the others; its rest stays in the position.
 * Keys and values are views of the batch they came in, so who keeps a few records for long should copy them.
 * @throws VALIDATION_ERROR, TOPIC_NOT_FOUND, PARTITION_NOT_FOUND, OFFSET_OUT_OF_RANGE before anything is read
 * @throws TIMEOUT where the deadline passes before Kafka has told the offsets
 * @throws what the source throws where no partition can be read any more
 */
export function scan(source: RecordSource, query: ScanQuery, options: ScanOptions = {}): RecordPages {
  return scanWith(source, query, options, new Tally(options));
}

/** {@link scan} with a tally and a filter made ready by the caller, for a read that goes on afterwards. */
export async function* scanWith(
  source: RecordSource,
  query: ScanQuery,
  options: Pick<ScanOptions, 'signal' | 'deadlineMs'>,
  tally: Tally,
  ready?: CompiledFilter,
): RecordPages {
  validateQuery(query);
  const stop = new ScanStop(options.signal, options.deadlineMs);
  try {
    const plan = await stop.guard(async () => {
      const filter = ready ?? (query.filter && (await compileFilter(query.filter)));
      return planScan(source, query, filter, tally.report, stop.signal);
    });
    if (!plan) return unplanned(query, tally, stop);
    const read: ReadContext = { source, tally, stop };
    const narrowed = plan.direction === 'oldest' ? await findLast(plan, read) : plan;
    if (!narrowed) return summaryOf(tally, stop.reason ?? 'cancelled', plan, plan.ranges, plan.last);
    const records = Math.min(query.limit ?? Infinity, narrowed.last ?? Infinity);
    const outcome = yield* readRanges(narrowed, { records, bytes: query.maxBytes ?? Infinity }, read);
    if (narrowed.last === outcome.handedOut) {
      return summaryOf(tally, 'end', plan, emptied(outcome.left), undefined);
    }
    const over = [...outcome.left.values()].every(({ next, end }) => next >= end);
    const remaining = narrowed.last === undefined ? undefined : narrowed.last - outcome.handedOut;
    return summaryOf(tally, over ? 'end' : outcome.reason, plan, outcome.left, remaining);
  } finally {
    stop.dispose();
  }
}

/** The summary of a scan that was stopped before its offsets were known. @throws TIMEOUT where the deadline did it */
function unplanned(query: ScanQuery, tally: Tally, stop: ScanStop): ScanSummary {
  if (stop.reason === 'deadline') {
    throw new KafkaManagerError('TIMEOUT', `Kafka did not tell the offsets of topic ${query.topic} in time.`);
  }
  const { topic, direction = 'oldest' } = query;
  const position =
    query.from.at === 'position' ? query.from.position : { topic, direction, partitions: new Map() };
  return { ...tally.progress(), stopReason: 'cancelled', position, problems: tally.problems };
}

function summaryOf(
  tally: Tally,
  stopReason: StopReason,
  { topic, direction }: ScanPlan,
  partitions: OffsetRanges,
  remaining: number | undefined,
): ScanSummary {
  const position = { topic, direction, partitions, ...(remaining === undefined ? {} : { remaining }) };
  return { ...tally.progress(), stopReason, position, problems: tally.problems };
}

/** Nothing is left: the last N have been handed out. */
function emptied(left: OffsetRanges): OffsetRanges {
  return new Map([...left].map(([partition, { end }]) => [partition, { next: end, end }]));
}

/**
 * A plan of the last N as a plan of plain ranges, for reading them oldest first; others as they are. Undefined when
 * stopped meanwhile. What it reads counts as scanned, not as matched.
 */
async function findLast(plan: ScanPlan, read: ReadContext): Promise<ScanPlan | undefined> {
  if (plan.last === undefined) return plan;
  const pages = readRanges({ ...plan, direction: 'newest' }, { records: plan.last, bytes: Infinity }, read);
  let step = await pages.next();
  while (!step.done) step = await pages.next();
  read.tally.matched = read.tally.payload = 0;
  if (read.stop.reason) return undefined;
  const { left } = step.value;
  const ranges = [...plan.ranges].map(
    ([partition, { next, end }]) => [partition, { next: left.get(partition)?.end ?? next, end }] as const,
  );
  return { ...plan, ranges: new Map(ranges), last: undefined };
}
