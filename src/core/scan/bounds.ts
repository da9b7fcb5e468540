import { KafkaManagerError } from '../../contract/errors';
import type { CompiledFilter } from './filter/compiledFilter';
import { reasonText, type Report } from './lane';
import type { Isolation, OffsetRange, ScanDirection, ScanEnd, ScanPosition, ScanQuery } from './query';
import { hasEnds } from './position';
import type { OffsetSpec, RecordSource } from './recordSource';
import { settleEach } from './settleEach';
import { invalid } from './validateQuery';

/** A query with everything that had to be asked of Kafka first: the ranges don't change any more. */
export interface ScanPlan {
  readonly topic: string;
  readonly direction: ScanDirection;
  readonly isolation: Isolation;
  readonly filter: CompiledFilter | undefined;
  readonly checkCrc: boolean;
  readonly ranges: ReadonlyMap<number, OffsetRange>;
  /** Most records, for a query of the last N; undefined otherwise. */
  readonly last: number | undefined;
}

type Offsets = ReadonlyMap<number, number>;

/**
 * Finds the range of each partition. The end is the end offset now (the last stable offset under read_committed), or
 * what `to` says where that is before it. A start below the log start begins at the log start and is told of.
 * @throws TOPIC_NOT_FOUND, PARTITION_NOT_FOUND
 * @throws OFFSET_OUT_OF_RANGE where a start is behind the end of its partition; one offset for several partitions has to
 * be behind the end of all of them
 * @param filter that of the query, ready
 * @throws VALIDATION_ERROR where the offsets of the start are not those of the selected partitions
 */
export async function planScan(
  source: RecordSource,
  query: ScanQuery,
  filter: CompiledFilter | undefined,
  report: Report,
  signal: AbortSignal,
): Promise<ScanPlan> {
  const { topic, from, isolation = 'read_committed' } = query;
  const selected = await selectPartitions(source, query, signal);
  const log = await logRanges(source, { ...query, isolation, partitions: selected }, report, signal);
  const ask = (spec: OffsetSpec): Promise<Offsets> =>
    source.offsets(topic, [...log.keys()], spec, isolation, signal);
  const position = from.at === 'position' ? from.position : undefined;
  const ends = await endsOf(log, query.to, ask);
  const ranges = position
    ? resumed(log, position, ends, report)
    : limited(log, await startsOf(log, query, ask, report), ends);
  return {
    topic,
    direction: position?.direction ?? query.direction ?? 'oldest',
    isolation,
    filter,
    checkCrc: query.checkCrc === true,
    ranges,
    last: from.at === 'last' ? from.count : position?.remaining,
  };
}

/**
 * Beginning and end of each partition now. One that nobody answers for (its only broker is away) is told of and left
 * out, unless it is the only one or a position counts on it.
 */
async function logRanges(
  source: RecordSource,
  query: ScanQuery & Required<Pick<ScanQuery, 'partitions' | 'isolation'>>,
  report: Report,
  signal: AbortSignal,
): Promise<ReadonlyMap<number, OffsetRange>> {
  const { topic, from, partitions, isolation } = query;
  const rangesOf = async (some: readonly number[]): Promise<[number, OffsetRange][]> => {
    const ask = (spec: OffsetSpec): Promise<Offsets> => source.offsets(topic, some, spec, isolation, signal);
    const [beginnings, ends] = await Promise.all([ask('beginning'), ask('end')]);
    return some.map((partition) => {
      const next = beginnings.get(partition) ?? 0;
      return [partition, { next, end: Math.max(next, ends.get(partition) ?? 0) }];
    });
  };
  try {
    return new Map(await rangesOf(partitions));
  } catch (error) {
    if (signal.aborted || partitions.length === 1 || from.at === 'position') throw error;
    const each = await settleEach(partitions, (partition) => rangesOf([partition]));
    signal.throwIfAborted();
    const found = each.flatMap((one) => (one.status === 'fulfilled' ? one.value : []));
    if (found.length === 0) throw error;
    for (const [i, one] of each.entries()) {
      if (one.status === 'fulfilled') continue;
      const partition = partitions[i]!;
      report(partition, 0, `Partition ${partition} can not be read: ${reasonText(one.reason)}`);
    }
    return new Map(found);
  }
}

function limited(
  log: ReadonlyMap<number, OffsetRange>,
  starts: Offsets,
  ends: Offsets,
): ReadonlyMap<number, OffsetRange> {
  const ranges = new Map<number, OffsetRange>();
  for (const [partition, { next, end }] of log) {
    const until = Math.min(end, Math.max(next, ends.get(partition) ?? end));
    ranges.set(partition, {
      next: Math.min(until, Math.max(next, starts.get(partition) ?? next)),
      end: until,
    });
  }
  return ranges;
}

async function startsOf(
  log: ReadonlyMap<number, OffsetRange>,
  query: ScanQuery,
  ask: (spec: { timestamp: number }) => Promise<Offsets>,
  report: Report,
): Promise<Offsets> {
  switch (query.from.at) {
    case 'end':
      return new Map([...log].map(([partition, { end }]) => [partition, end]));
    case 'offset':
      return checkedStarts(log, query.from.offset, report);
    case 'time':
      return ask({ timestamp: query.from.timestamp });
    case 'beginning':
    case 'last':
    case 'position':
      return new Map();
  }
}

async function endsOf(
  log: ReadonlyMap<number, OffsetRange>,
  to: ScanEnd | undefined,
  ask: (spec: { timestamp: number }) => Promise<Offsets>,
): Promise<Offsets> {
  if (to?.at === 'time') return ask({ timestamp: to.timestamp });
  if (to?.at !== 'offset') return new Map();
  const { offset } = to;
  return typeof offset === 'number' ? new Map([...log.keys()].map((p) => [p, offset])) : offset;
}

/** Starts that were given as offsets, checked against the log. */
function checkedStarts(
  log: ReadonlyMap<number, OffsetRange>,
  given: number | Offsets,
  report: Report,
): Offsets {
  const starts = new Map<number, number>();
  const behind: { partition: number; offset: number; range: OffsetRange }[] = [];
  for (const [partition, range] of log) {
    const offset = typeof given === 'number' ? given : given.get(partition);
    if (offset === undefined) throw invalid('from', `There is no offset for partition ${partition}.`);
    if (offset > range.end) behind.push({ partition, offset, range });
    if (offset < range.next) report(partition, offset, goneMessage(partition, offset, range.next));
    starts.set(partition, offset);
  }
  const wrong = behind[0];
  if (wrong && (typeof given !== 'number' || behind.length === log.size)) {
    const { partition, offset, range } = wrong;
    throw new KafkaManagerError(
      'OFFSET_OUT_OF_RANGE',
      `Offset ${offset} is behind the end of partition ${partition}, which has offsets ${range.next} to ${range.end} (exclusive).`,
      { details: { partition, offset, beginning: range.next, end: range.end } },
    );
  }
  return starts;
}

/** The ranges of a position as ScanStart tells, as far as the log still has them. */
function resumed(
  log: ReadonlyMap<number, OffsetRange>,
  position: ScanPosition,
  ends: Offsets,
  report: Report,
): ReadonlyMap<number, OffsetRange> {
  const ranges = new Map<number, OffsetRange>();
  for (const [partition, left] of position.partitions) {
    const now = log.get(partition);
    if (!now) continue;
    const until = hasEnds(position) ? left.end : Math.max(left.next, now.end);
    if (left.next < now.next && left.next < until) {
      report(partition, left.next, goneMessage(partition, left.next, now.next));
    }
    if (until > now.end) report(partition, now.end, shrunkMessage(partition, now.end, until));
    const next = Math.min(now.end, Math.max(now.next, left.next));
    const end = Math.min(now.end, until, ends.get(partition) ?? until);
    ranges.set(partition, { next, end: Math.max(next, end) });
  }
  return ranges;
}

async function selectPartitions(
  source: RecordSource,
  query: ScanQuery,
  signal: AbortSignal,
): Promise<readonly number[]> {
  const existing = await source.partitions(query.topic, signal);
  const { from } = query;
  const named =
    from.at === 'position'
      ? [...from.position.partitions.keys()]
      : (query.partitions ??
        (from.at === 'offset' && typeof from.offset !== 'number' ? [...from.offset.keys()] : existing));
  const missing = named.find((partition) => !existing.includes(partition));
  if (missing !== undefined) {
    throw new KafkaManagerError('PARTITION_NOT_FOUND', `Topic ${query.topic} has no partition ${missing}.`, {
      details: { partition: missing, partitions: existing.length },
    });
  }
  return [...new Set(named)].sort((a, b) => a - b);
}

/** What is told of records that were deleted before they were read. */
export function goneMessage(partition: number, offset: number, beginning: number): string {
  return `The records of partition ${partition} from offset ${offset} to ${beginning - 1} are gone (retention or deletion); it begins at ${beginning}.`;
}

/** What is told of a partition of a topic that was made anew, whatever it holds now. */
export function anewMessage(partition: number, offset: number): string {
  return `The topic was deleted and made anew while partition ${partition} was read, at offset ${offset}.`;
}

/** What is told of a partition that ends before the place where its reading stands. */
export function shrunkMessage(partition: number, end: number, position: number): string {
  return `Partition ${partition} ends at offset ${end} now, before ${position}: the topic was made anew, or lost records in an unclean leader election.`;
}
