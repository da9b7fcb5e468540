import { until } from '../support/until';
import { zstdNode } from './zstdNode';
import { childScript } from './childScript';
import { type BenchStage, checkDisk, recordsOf } from './stage';

/** A topic of 12 partitions with records of 200 bytes, evenly over the last 24 hours. */
export interface TimedTopic {
  readonly name: string;
  /** Says its batches in the names of figures. */
  readonly label: string;
  readonly batchBytes: number;
  readonly codec: 'none' | 'zstd';
}

/** The topics that finding the newest records, and counting over time, are measured on. */
export const timedTopics: readonly TimedTopic[] = [
  { name: 'bench-64kb', label: '64kb', batchBytes: 64 << 10, codec: 'none' },
  { name: 'bench-1mb-zstd', label: '1mb-zstd', batchBytes: 1 << 20, codec: 'zstd' },
];

const partitions = 12;
const dayMs = 24 * 3_600_000;

/** Makes and fills those of the topics that are not there. */
export async function fillTimedTopics(stage: BenchStage, records: number): Promise<void> {
  const { gateway, bootstrap } = stage;
  const fillTopic = await childScript('fillTopic', { node: await zstdNode() });
  const there = await gateway.listTopics();
  for (const { name, batchBytes, codec } of timedTopics) {
    if (there.some((topic) => topic.name === name)) continue;
    await checkDisk(records * 220);
    const configs = { 'max.message.bytes': '2097152' };
    await gateway.createTopic({ name, partitions, replicationFactor: 1, configs });
    const sizes = [records, partitions, batchBytes].map(String);
    await fillTopic.run([bootstrap, name, ...sizes, codec, String(dayMs)]);
    await until(async () => (await recordsOf(gateway, name)) >= records, {
      deadlineMs: 10_000,
      what: `${records} records in ${name}`,
    });
  }
}
