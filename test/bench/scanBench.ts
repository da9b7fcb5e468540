import type { BenchOptions } from './benchOptions';
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
import { javaCommand } from './javaCommand';
import { measured } from './measured';
import { benchStage, loadedTopic } from './stage';

/** Reads a whole topic with every record looked at: ours against kcat, Kafka's perf tool and kafkajs. */
export async function scanBench(options: BenchOptions): Promise<void> {
  const { records = 5_000_000, rounds = 5 } = options;
  const stage = await benchStage(options);
  try {
    const { bootstrap, kcat, dist } = stage;
    const topic = await loadedTopic(stage, records);
    const scanTopic = await childScript('scanTopic', options);
    const kafkajsRead = await childScript('kafkajsRead');
    const consume = [kcat, '-b', bootstrap, '-C', '-t', topic, '-o', 'beginning', '-e', '-q'];
    const perfTool = javaCommand(dist, 'org.apache.kafka.tools.ConsumerPerformance', [
      ...['--bootstrap-server', bootstrap, '--topic', topic],
      ...['--num-records', String(records), '--timeout', '60000'],
    ]);
    const ours: Contender = () => scanTopic.run([bootstrap, topic]);
    const others: Record<string, Contender> = {
      kcat: () => measured(consume, { discard: true }),
      'kcat-format': () => measured([...consume, '-f', '%o %s\n'], { discard: true }),
      kafkajs: () => kafkajsRead.run([bootstrap, topic, String(records)]),
      java: () => measured(perfTool, { discard: true }),
    };
    printLoad('scan');
    const results = await interleaved<string>({ ours, ...(options.oursOnly ? {} : others) }, rounds);
    printContenders('scan', results);
    const runs = results['ours']!;
    const reports = runs.map((run) => reportOf(run) as ScanReport);
    for (const { records: seen } of reports)
      if (seen !== records) throw new Error(`${seen} records were read`);
    printRatios('scan/vs-kcat', runs, results['kcat'], { wall: '>=0.9' });
    printRatios('scan/vs-kcat-format', runs, results['kcat-format']);
    printRatios('scan/vs-kafkajs', runs, results['kafkajs'], { cpu: '>=3.5' });
    printRatios('scan/vs-java', runs, results['java']);
    const rates = reports.map(({ seconds }) => records / seconds / 1e6);
    figure('scan/rate-once-connected', rates, 'million-records/s');
    printLoop('scan', reports);
    printLoad('scan');
  } finally {
    await stage.dispose();
  }
}
