// treeCalls.js BOOTSTRAP RUNS: does what the tree views do, each several times over one connection.
import { createLogger } from '../../../src/base/logger';
import { ClusterManager } from '../../../src/core/clusterManager';
import { GroupManager } from '../../../src/core/groupManager';
import { TopicManager } from '../../../src/core/topicManager';
import { KafkaConnector } from '../../../src/kafka/kafkaConnector';
import { createExternalRuntime } from '../../../src/runtimes/external/externalRuntime';
import { type LoopDelay, watchLoop } from './loopWatch';
import { report } from './report';

/** What one kind of call took; the first of each runs code that is not compiled yet. */
export interface CallReport extends LoopDelay {
  readonly wallMs: readonly number[];
  /** CPU time of the process. */
  readonly cpuMs: readonly number[];
}

/** What {@link report} is given. */
export interface TreeReport {
  readonly topics: number;
  readonly groups: number;
  readonly calls: Readonly<Record<string, CallReport>>;
}

/** Rows that a tree may show at once. */
const visible = 200;

async function timed(runs: number, work: () => Promise<unknown>): Promise<CallReport> {
  const loop = watchLoop();
  const wallMs: number[] = [];
  const cpuMs: number[] = [];
  for (let run = 0; run < runs; run++) {
    const cpuBefore = process.cpuUsage();
    const started = performance.now();
    await work();
    wallMs.push(performance.now() - started);
    const { user, system } = process.cpuUsage(cpuBefore);
    cpuMs.push((user + system) / 1000);
  }
  return { wallMs, cpuMs, ...loop() };
}

async function main(bootstrap: string, runs: number): Promise<TreeReport> {
  const settings = { bootstrap: [bootstrap] };
  // Every load of sizes is to be a new one.
  let now = 0;
  const clusters = new ClusterManager({
    profiles: [
      { id: 'bench', name: 'bench', runtime: 'external', ...settings, connection: async () => settings },
    ],
    runtimes: [createExternalRuntime({ now: () => 0 })],
    connector: new KafkaConnector(createLogger(() => {})),
    logger: createLogger(() => {}),
  });
  await clusters.start('bench');
  const topics = new TopicManager(clusters, { now: () => (now += 60_000) });
  const groups = new GroupManager(clusters);
  const calls: Record<string, CallReport> = {};
  calls['list-topics'] = await timed(runs, () => topics.list(undefined));
  const names = (await topics.list(undefined)).map(({ name }) => name);
  const middle = names.slice(Math.max(0, names.length / 2 - visible)).slice(0, visible);
  calls['counts-200'] = await timed(runs, () => topics.counts(undefined, middle));
  calls['policies-200'] = await timed(runs, () => topics.policies(undefined, middle));
  calls['one-topic'] = await timed(runs, () => topics.partitions(undefined, middle.at(-1)!));
  calls['sizes'] = await timed(runs, () => topics.sizes(undefined));
  calls['counts-all'] = await timed(runs, () => topics.counts(undefined, names));
  calls['list-groups'] = await timed(runs, () => groups.list(undefined));
  const ids = (await groups.list(undefined)).groups.map(({ id }) => id);
  calls['lags-200'] = await timed(runs, () => groups.lags(undefined, ids.slice(0, visible)));
  calls['one-group'] = await timed(runs, () => groups.describe(undefined, ids.at(-1)!));
  calls['lags-all'] = await timed(runs, () => groups.lags(undefined, ids));
  await clusters.releaseAll();
  clusters.dispose();
  return { topics: names.length, groups: ids.length, calls };
}

void main(process.argv[2] ?? '', Number(process.argv[3])).then(report);
