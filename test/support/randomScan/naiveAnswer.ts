import type { Isolation, ScanDirection, ScanEnd, ScanQuery, ScanStart } from '../../../src/core/scan/query';
import type { KcatRecord } from '../real/tools';
import { mergeByHand } from './mergeByHand';
import { naiveMatch } from './naiveMatch';
import type { TopicDump } from './topicDump';

/** What a query has to give, without its limits. */
export interface NaiveAnswer {
  readonly records: readonly KcatRecord[];
  /** Records that the filter sees. */
  readonly visible: number;
  /**
   * Whether the order between partitions is fixed by the definition alone: newest first, batches without a hit count with
   * their largest timestamp (merge.ts), which only is the same where timestamps don't go down.
   */
  readonly isExact: boolean;
  /** Partitions whose start lies before their first offset, which is told of as a problem. */
  readonly startsGone: number;
}

/** Answers a query from a full dump, in the plainest way. */
export function naiveAnswer(topic: TopicDump, query: ScanQuery): NaiveAnswer {
  const { direction = 'oldest', isolation = 'read_committed', from, filter } = query;
  const selected = query.partitions ?? [...topic.partitions.keys()];
  const dumped = topic.records[isolation];
  const queues = selected.map((partition) => {
    const { logStart, end } = topic.partitions.get(partition)!;
    const start = placeOf(topic, from, partition, isolation) ?? logStart;
    const until = (query.to && placeOf(topic, query.to, partition, isolation)) ?? end[isolation];
    return dumped.filter((r) => r.partition === partition && r.offset >= start && r.offset < until);
  });
  const startsGone = selected.filter(
    (partition) =>
      from.at === 'offset' &&
      placeOf(topic, from, partition, isolation)! < topic.partitions.get(partition)!.logStart,
  ).length;
  const sorted = queues.every((queue) =>
    queue.every((r, i) => i === 0 || r.timestamp >= queue[i - 1]!.timestamp),
  );
  const isLast = from.at === 'last';
  const isExact = sorted || !filter || selected.length === 1 || (direction === 'oldest' && !isLast);
  const wanted = (record: KcatRecord): boolean => !filter || naiveMatch(record, filter);
  const visible = queues.reduce((sum, queue) => sum + queue.length, 0);
  if (!isLast) return { records: merged(queues, direction).filter(wanted), visible, isExact, startsGone };
  const newest = merged(queues, 'newest').filter(wanted).slice(0, from.count);
  if (direction === 'newest') return { records: newest, visible, isExact, startsGone };
  const chosen = new Set(newest);
  // Read upward from the first chosen record of each partition on.
  const rest = queues.map((queue) => queue.slice(firstOf(queue, chosen)));
  const records = merged(rest, 'oldest').filter((record) => chosen.has(record));
  return { records, visible, isExact, startsGone };
}

function firstOf(queue: readonly KcatRecord[], chosen: ReadonlySet<KcatRecord>): number {
  const at = queue.findIndex((record) => chosen.has(record));
  return at < 0 ? queue.length : at;
}

function merged(queues: readonly (readonly KcatRecord[])[], direction: ScanDirection): KcatRecord[] {
  return mergeByHand(
    direction === 'oldest' ? queues : queues.map((queue) => [...queue].reverse()),
    direction,
  );
}

/** The offset of a start or an end; undefined where nothing bounds it. */
function placeOf(
  topic: TopicDump,
  place: ScanStart | ScanEnd,
  partition: number,
  isolation: Isolation,
): number | undefined {
  const end = topic.partitions.get(partition)!.end[isolation];
  switch (place.at) {
    case 'end':
      return end;
    case 'offset':
      return typeof place.offset === 'number' ? place.offset : place.offset.get(partition)!;
    case 'time': {
      const offset = topic.times
        .find((one) => one.timestamp === place.timestamp)!
        .offsets[isolation].get(partition)!;
      return offset < 0 || offset > end ? end : offset;
    }
    case 'beginning':
    case 'last':
    case 'position':
      return undefined;
  }
}
