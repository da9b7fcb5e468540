import type { BenchOptions } from './benchOptions';
import { childScript, reportOf } from './childScript';
import type { TailReport } from './children/tailTopic';
import { printLoad } from './contenders';
import { figure, percentile } from './figures';
import { benchStage } from './stage';

const settings = [
  { name: 'alone', tails: 1, busy: 0, partitions: 1 },
  { name: '12-partitions', tails: 1, busy: 0, partitions: 12 },
  { name: 'three-tails-and-other-calls', tails: 3, busy: 1, partitions: 6 },
] as const;

/** How long a record takes from the call of produce() until a tail has handed it out. */
export async function tailBench(options: BenchOptions): Promise<void> {
  const { records = 1_000, rounds = 3 } = options;
  const stage = await benchStage(options);
  try {
    const tailTopic = await childScript('tailTopic', options);
    printLoad('tail');
    for (const { name, tails, busy, partitions } of settings) {
      const topic = `bench-tail-${process.pid}-${name}`;
      await stage.gateway.createTopic({ name: topic, partitions, replicationFactor: 1 });
      const times: number[][] = [];
      for (let round = 0; round < rounds; round++) {
        const ran = await tailTopic.run([stage.bootstrap, topic, ...[records, tails, busy].map(String)]);
        times.push([...(reportOf(ran) as TailReport).ms]);
      }
      for (const [share, goal] of [
        [0.5, ''],
        [0.95, ''],
        [0.99, '<=10'],
        [1, ''],
      ] as const) {
        const what = share === 1 ? 'max' : `p${share * 100}`;
        figure(
          `tail/${name}/${what}`,
          times.map((ms) => percentile(ms, share)),
          'ms',
          goal,
        );
      }
      await stage.gateway.deleteTopic(topic);
    }
    printLoad('tail');
  } finally {
    await stage.dispose();
  }
}
