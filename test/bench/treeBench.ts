import { manyTopicsProperties } from '../support/real/manyTopics';
import type { BenchOptions } from './benchOptions';
import { childScript, reportOf } from './childScript';
import type { TreeReport } from './children/treeCalls';
import { printLoad } from './contenders';
import { figure } from './figures';
import { benchStage } from './stage';
import { treeNames } from './treeNames';

const runs = 9;

/** By the call: what its CPU time and its wall time are to stay below, in ms. */
const goals: Readonly<Record<string, { readonly cpu?: string; readonly wall?: string }>> = {
  'list-topics': { cpu: '<=100', wall: '<=500' },
  'one-topic': { wall: '<=50' },
};

/** What the tree views ask of a broker with 10,000 topics and as many groups. */
export async function treeBench(options: BenchOptions): Promise<void> {
  const { records: count = 10_000, rounds = 2 } = options;
  const stage = await benchStage(options, manyTopicsProperties);
  try {
    await treeNames(stage, count);
    const treeCalls = await childScript('treeCalls', options);
    printLoad('tree');
    const reports: TreeReport[] = [];
    for (let round = 0; round < rounds; round++) {
      reports.push(reportOf(await treeCalls.run([stage.bootstrap, String(runs)])) as TreeReport);
    }
    figure(
      `tree/topics`,
      reports.map(({ topics }) => topics),
      'topics',
    );
    figure(
      `tree/groups`,
      reports.map(({ groups }) => groups),
      'groups',
    );
    for (const call of Object.keys(reports[0]?.calls ?? {})) {
      const all = reports.map(({ calls }) => calls[call]!);
      const { cpu, wall } = goals[call] ?? {};
      figure(
        `tree/${call}/first`,
        all.map(({ wallMs }) => wallMs[0] ?? Number.NaN),
        'ms',
        wall,
      );
      figure(
        `tree/${call}/wall`,
        all.flatMap(({ wallMs }) => wallMs.slice(1)),
        'ms',
        wall,
      );
      figure(
        `tree/${call}/cpu`,
        all.flatMap(({ cpuMs }) => cpuMs.slice(1)),
        'ms',
        cpu,
      );
      figure(
        `tree/${call}/loop-max`,
        all.map(({ maxMs }) => maxMs),
        'ms',
        '<=20',
      );
      figure(
        `tree/${call}/loop-max-cpu`,
        all.map(({ maxCpuMs }) => maxCpuMs),
        'ms',
      );
    }
    printLoad('tree');
  } finally {
    await stage.dispose();
  }
}
