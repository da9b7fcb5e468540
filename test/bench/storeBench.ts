import type { BenchOptions } from './benchOptions';
import { absentWord, frequentWord, rareWord } from './benchLines';
import { childScript, reportOf } from './childScript';
import type { StoreReport } from './children/keepRecords';
import { printLoad, printLoop } from './contenders';
import { figure, median } from './figures';
import { benchStage, loadedTopic } from './stage';

/** 1 M rows kept in memory, and substring searches over them with few, no and very many hits. */
export async function storeBench(options: BenchOptions): Promise<void> {
  const { records = 1_000_000, rounds = 3 } = options;
  const stage = await benchStage(options);
  try {
    const topic = await loadedTopic(stage, records);
    const keepRecords = await childScript('keepRecords', options);
    const words = { rare: rareWord, absent: absentWord, 'every-fourth': frequentWord };
    printLoad('store');
    const reports: StoreReport[] = [];
    for (let round = 0; round < rounds; round++) {
      const args = [stage.bootstrap, topic, ...Object.values(words)];
      reports.push(reportOf(await keepRecords.run(args, { nodeArgs: ['--expose-gc'] })) as StoreReport);
    }
    const print = (what: string, of: (report: StoreReport) => number, unit = 'ms', goal = ''): void =>
      figure(`store/${what}`, reports.map(of), unit, goal);
    print('rows', ({ rows }) => rows, 'rows');
    print('kept-per-wire-byte', ({ keptBytes, wireBytes }) => keptBytes / wireBytes, 'ratio', '<=1.3');
    print('load', ({ loadSeconds }) => loadSeconds, 's');
    for (const [index, name] of Object.keys(words).entries()) {
      print(`search-${name}`, ({ searches }) => median(searches[index]?.ms ?? []), 'ms', '<=300');
      print(`search-${name}-hits`, ({ searches }) => searches[index]?.hits ?? Number.NaN, 'rows');
    }
    printLoop(
      'store/load',
      reports.map(({ loadLoop }) => loadLoop),
    );
    printLoop(
      'store/search',
      reports.map(({ searchLoop }) => searchLoop),
    );
    printLoad('store');
  } finally {
    await stage.dispose();
  }
}
