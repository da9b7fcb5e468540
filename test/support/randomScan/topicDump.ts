import type { Isolation } from '../../../src/core/scan/query';
import { kcat, kcatConsume, type KcatRecord } from '../real/tools';
import type { ScanStage } from '../scanStage';
import type { FilledTopic } from './fillTopics';

/** Where the records of a partition begin and end for a reader. */
export interface DumpedPartition {
  readonly logStart: number;
  readonly end: Readonly<Record<Isolation, number>>;
}

/** Everything that is in a topic, as librdkafka reads it. */
export interface TopicDump extends FilledTopic {
  readonly records: Readonly<Record<Isolation, readonly KcatRecord[]>>;
  readonly partitions: ReadonlyMap<number, DumpedPartition>;
  /** Timestamps to ask for, and the offset that librdkafka is told for each: partition -> offset, -1 behind the end. */
  readonly times: readonly {
    readonly timestamp: number;
    readonly offsets: Readonly<Record<Isolation, ReadonlyMap<number, number>>>;
  }[];
}

/** Reads a topic with kcat under both isolations, and asks for some offsets by time. */
export async function dumpTopic({ bootstrap, source }: ScanStage, topic: FilledTopic): Promise<TopicDump> {
  const { name, plan } = topic;
  const read = (level: Isolation): Promise<KcatRecord[]> =>
    kcatConsume(bootstrap, name, { properties: { 'isolation.level': level } });
  const records = {
    read_uncommitted: await read('read_uncommitted'),
    read_committed: await read('read_committed'),
  };
  const all = Array.from({ length: plan.partitions }, (_, partition) => partition);
  const starts = await source.offsets(name, all, 'beginning', 'read_uncommitted');
  const ends = await source.offsets(name, all, 'end', 'read_uncommitted');
  const stable = await source.offsets(name, all, 'end', 'read_committed');
  const partitions = new Map(
    all.map((partition) => {
      const end = { read_uncommitted: ends.get(partition)!, read_committed: stable.get(partition)! };
      return [partition, { logStart: starts.get(partition)!, end }];
    }),
  );
  const stamps = [...new Set(records.read_uncommitted.map(({ timestamp }) => timestamp))].sort(
    (a, b) => a - b,
  );
  const chosen = [0, 0.2, 0.5, 0.8].flatMap((share) =>
    stamps.slice(Math.floor(share * stamps.length)).slice(0, 1),
  );
  const times = [];
  for (const timestamp of [...new Set([...chosen, (stamps.at(-1) ?? 0) + 1])]) {
    const ask = (level: Isolation) => offsetsAt(bootstrap, name, all, timestamp, level);
    const offsets = {
      read_uncommitted: await ask('read_uncommitted'),
      read_committed: await ask('read_committed'),
    };
    times.push({ timestamp, offsets });
  }
  return { ...topic, records, partitions, times };
}

/** The offsets of a timestamp, as kcat -Q tells them: `topic [partition] offset number`. */
async function offsetsAt(
  bootstrap: string,
  topic: string,
  partitions: readonly number[],
  timestamp: number,
  isolation: Isolation,
): Promise<ReadonlyMap<number, number>> {
  const questions = partitions.flatMap((partition) => ['-t', `${topic}:${partition}:${timestamp}`]);
  const output = await kcat(['-b', bootstrap, '-X', `isolation.level=${isolation}`, '-Q', ...questions]);
  const found = [...output.toString().matchAll(/\[(\d+)\] offset (-?\d+)/g)];
  if (found.length !== partitions.length) throw new Error(`kcat -Q answered ${output.toString()}`);
  return new Map(found.map((match) => [Number(match[1]), Number(match[2])]));
}
