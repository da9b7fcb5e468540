import type { BenchOptions } from './benchOptions';
import { absentWord, rareWord } from './benchLines';
import { childScript, reportOf } from './childScript';
import type { ScanReport } from './children/scanTopic';
import {
  type Contender,
  interleaved,
  printContenders,
  printLoad,
  printLoop,
  printRatios,
} from './contenders';
import { figure } from './figures';
import { measured } from './measured';
import { benchStage, loadedTopic } from './stage';

/** Looks for a word that one record in 11,111 has: ours against kcat piped into grep, and other filters of ours. */
export async function searchBench(options: BenchOptions): Promise<void> {
  const { records = 5_000_000, rounds = 5 } = options;
  const stage = await benchStage(options);
  try {
    const { bootstrap, kcat } = stage;
    const topic = await loadedTopic(stage, records);
    const scanTopic = await childScript('scanTopic', options);
    const search = (filter: object): Contender => {
      return () => scanTopic.run([bootstrap, topic, JSON.stringify(filter)]);
    };
    const grep = '"$0" -b "$1" -C -t "$2" -o beginning -e -q | grep -c "$3"';
    const contenders: Record<string, Contender> = {
      ours: search({ kind: 'contains', bytes: rareWord }),
      'kcat-grep': () => measured(['sh', '-c', grep, kcat, bootstrap, topic, rareWord]),
      'ours-no-hit': search({ kind: 'contains', bytes: absentWord }),
      'ours-ignore-case': search({ kind: 'contains', bytes: rareWord.toLowerCase(), ignoreCase: true }),
      'ours-regex': search({ kind: 'regex', source: 'QZXK[VW]J' }),
    };
    printLoad('search');
    const wanted = options.oursOnly ? { ours: contenders['ours']! } : contenders;
    const results = await interleaved<string>(wanted, rounds);
    printContenders('search', results);
    const runs = results['ours']!;
    const hits = runs.map((run) => (reportOf(run) as ScanReport).records);
    const counted = results['kcat-grep']?.map(({ stdout }) => Number(stdout)) ?? hits;
    if (hits.some((count, round) => count !== counted[round]))
      throw new Error(`${hits.join()} hits, of which grep counted ${counted.join()}`);
    figure('search/hits', hits, 'records');
    printRatios('search/vs-kcat-grep', runs, results['kcat-grep'], { wall: '>=3' });
    for (const name of ['ours-no-hit', 'ours-ignore-case', 'ours-regex']) {
      if (results[name]) printRatios(`search/${name}-vs-kcat-grep`, results[name], results['kcat-grep']);
    }
    const ofOurs = Object.entries(results).filter(([name]) => name.startsWith('ours'));
    const delays = ofOurs.flatMap(([, some]) => some.map((run) => reportOf(run) as ScanReport));
    printLoop('search', delays);
    printLoad('search');
  } finally {
    await stage.dispose();
  }
}
