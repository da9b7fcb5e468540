import type { BenchOptions } from './benchOptions';
import { childScript, reportOf } from './childScript';
import type { HistogramReport } from './children/countOverTime';
import { printLoad, printLoop } from './contenders';
import { figure, median } from './figures';
import { benchStage } from './stage';
import { fillTimedTopics, timedTopics } from './timedTopic';

const runs = 9;

/** 96 buckets over 24 hours and 12 partitions, counted without reading the records. */
export async function histogramBench(options: BenchOptions): Promise<void> {
  const { records = 10_000_000, rounds = 3 } = options;
  const stage = await benchStage(options);
  try {
    await fillTimedTopics(stage, records);
    const countOverTime = await childScript('countOverTime', options);
    printLoad('histogram');
    for (const { name, label } of timedTopics) {
      const reports: HistogramReport[] = [];
      for (let round = 0; round < rounds; round++) {
        const ran = await countOverTime.run([stage.bootstrap, name, '96', String(runs)]);
        reports.push(reportOf(ran) as HistogramReport);
      }
      const print = (what: string, of: (report: HistogramReport) => number, unit = 'ms', goal = ''): void =>
        figure(`histogram/${label}/${what}`, reports.map(of), unit, goal);
      print('warm', ({ ms }) => median(ms.slice(1)), 'ms', label === '64kb' ? '<=150' : '');
      print('first-bars', ({ firstMs }) => median(firstMs.slice(1)));
      print('cold', ({ ms }) => ms[0] ?? Number.NaN);
      print('steps', ({ steps }) => steps, 'steps');
      printLoop(`histogram/${label}`, reports);
    }
    printLoad('histogram');
  } finally {
    await stage.dispose();
  }
}
