import type { BenchOptions } from './benchOptions';
import { childScript, reportOf } from './childScript';
import type { NewestReport } from './children/newestRecords';
import { printLoad, printLoop } from './contenders';
import { figure, percentile } from './figures';
import { benchStage } from './stage';
import { fillTimedTopics, timedTopics } from './timedTopic';
import { zstdNode } from './zstdNode';

const runs = 50;
const goals: Readonly<Record<string, string>> = { '64kb': '<=20', '1mb-zstd': '<=60' };

/** The newest 100 of 10 M records in 12 partitions, newest first, over a warm connection. */
export async function newestBench(options: BenchOptions): Promise<void> {
  const { records = 10_000_000, rounds = 3 } = options;
  const stage = await benchStage(options);
  try {
    await fillTimedTopics(stage, records);
    const nodes = new Map([
      ['', await zstdNode()],
      ...(process.versions.node.startsWith('20.') ? [['/node-20', process.execPath] as const] : []),
    ]);
    printLoad('newest');
    for (const { name, label } of timedTopics) {
      for (const [suffix, node] of nodes) {
        const newestRecords = await childScript('newestRecords', { ...options, node });
        const reports: NewestReport[] = [];
        for (let round = 0; round < rounds; round++) {
          const ran = await newestRecords.run([stage.bootstrap, name, '100', String(runs)]);
          reports.push(reportOf(ran) as NewestReport);
        }
        const print = (what: string, of: (report: NewestReport) => number, unit = 'ms', goal = ''): void =>
          figure(`newest/${label}${suffix}/${what}`, reports.map(of), unit, goal);
        print('p50', ({ ms }) => percentile(ms, 0.5));
        print('p95', ({ ms }) => percentile(ms, 0.95), 'ms', suffix === '' ? goals[label] : '');
        print('first', ({ ms }) => ms[0] ?? Number.NaN);
        print('transferred', ({ bytes }) => bytes / 1000, 'kB');
        printLoop(`newest/${label}${suffix}`, reports);
      }
    }
    printLoad('newest');
  } finally {
    await stage.dispose();
  }
}
