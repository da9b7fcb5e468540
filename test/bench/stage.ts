import { once } from 'node:events';
import { statfs } from 'node:fs/promises';
import os from 'node:os';
import { createLogger } from '../../src/base/logger';
import type { KafkaGateway } from '../../src/core/ports';
import { KafkaConnector } from '../../src/kafka/kafkaConnector';
import { spawnTracked } from '../support/real/children';
import { startJavaBroker } from '../support/real/javaBroker';
import { type KafkaDist, realKafka } from '../support/real/kafkaDist';
import { realPart } from '../support/real/realPart';
import { until } from '../support/until';
import type { BenchOptions } from './benchOptions';
import { benchLines } from './benchLines';

/** A broker of the newest Apache Kafka, and the other programs that are measured. */
export interface BenchStage {
  readonly dist: KafkaDist;
  readonly bootstrap: string;
  readonly gateway: KafkaGateway;
  readonly kcat: string;
  /** Ends the broker and removes its data, unless it was there before. */
  dispose(): Promise<void>;
}

/** As Kafka's own scripts set it up, with less memory; a small broker's flags would slow down all contenders. */
const measuringJvm = [
  '-Xms1G',
  '-Xmx1G',
  '-XX:+UseG1GC',
  '-XX:MaxGCPauseMillis=20',
  '-Djava.awt.headless=true',
];

const measuringProperties = {
  'num.network.threads': '3',
  'num.io.threads': '8',
  'log.segment.delete.delay.ms': '100',
};

/** Starts the broker, or takes the one that the options name. */
export async function benchStage(
  options: BenchOptions,
  properties: Readonly<Record<string, string>> = {},
): Promise<BenchStage> {
  const dist = await realKafka('4');
  const kcat = await realPart('kcat.sh');
  const broker =
    options.bootstrap === undefined
      ? await startJavaBroker(dist, {
          jvmArgs: measuringJvm,
          properties: { ...measuringProperties, ...properties },
        })
      : undefined;
  const bootstrap = options.bootstrap ?? broker!.bootstrap;
  const gateway = await new KafkaConnector(createLogger(() => {})).connect({ bootstrap: [bootstrap] });
  return {
    dist,
    kcat,
    bootstrap,
    gateway,
    dispose: async () => {
      gateway.dispose();
      await broker?.dispose();
    },
  };
}

/** Fails where the data would not leave 2 GB of the disk free. */
export async function checkDisk(bytes: number): Promise<void> {
  const { bavail, bsize } = await statfs(os.tmpdir());
  const free = bavail * bsize;
  if (free > bytes + 2e9) return;
  const [has, needs] = [free, bytes + 2e9].map((value) => (value / 1e9).toFixed(1));
  throw new Error(`${os.tmpdir()} has ${has} GB free, and this needs ${needs}: give a smaller --records`);
}

/** Records of a topic, all partitions together. */
export async function recordsOf(gateway: KafkaGateway, topic: string): Promise<number> {
  const offsets = await gateway.offsets(topic);
  return offsets.reduce((sum, { beginning, end }) => sum + end - beginning, 0);
}

/** A topic of `records` values of 200 bytes in 6 partitions, written by kcat with its own batch sizes. */
export async function loadedTopic(
  { gateway, kcat, bootstrap }: BenchStage,
  records: number,
): Promise<string> {
  const topic = `bench-${records}`;
  if ((await gateway.listTopics()).some(({ name }) => name === topic)) return topic;
  await checkDisk(records * 220);
  await gateway.createTopic({ name: topic, partitions: 6, replicationFactor: 1 });
  const loader = spawnTracked(kcat, [
    '-b',
    bootstrap,
    '-P',
    '-t',
    topic,
    '-X',
    'queue.buffering.max.messages=1000000',
  ]);
  loader.stderr.resume();
  const ended = once(loader, 'exit');
  for (const chunk of benchLines(records)) {
    if (!loader.stdin.write(chunk)) await Promise.race([once(loader.stdin, 'drain'), ended]);
  }
  loader.stdin.end();
  await ended;
  await until(async () => (await recordsOf(gateway, topic)) === records, {
    deadlineMs: 10_000,
    what: `${records} records in the topic`,
  });
  return topic;
}
