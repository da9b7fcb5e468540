import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { makeTempDir } from '../support/real/tempDir';
import type { BenchOptions } from './benchOptions';
import { benchLines, valueBytes } from './benchLines';
import { childScript, reportOf } from './childScript';
import type { ProduceReport } from './children/produceLines';
import {
  type Contender,
  interleaved,
  printContenders,
  printLoad,
  printLoop,
  printRatios,
  type Rounds,
} from './contenders';
import { figure, median } from './figures';
import { javaCommand } from './javaCommand';
import { type Measured, measured } from './measured';
import { benchStage, checkDisk, recordsOf } from './stage';

/** How many records kafkajs is given a send; the quickest one counts. */
const kafkajsSends = [2_000, 10_000, 20_000];

/**
 * Writes the lines of a file, acks=all: ours against kcat with room for as many records as ours, Kafka's perf tool with
 * the producer's defaults, and kafkajs with its best of several sizes.
 */
export async function produceBench(options: BenchOptions): Promise<void> {
  const { records = 1_000_000, rounds = 5 } = options;
  await checkDisk(records * valueBytes * 1.1 * (1 + rounds * (5 + kafkajsSends.length)));
  const stage = await benchStage(options);
  const topic = `bench-produce-${process.pid}`;
  try {
    const { bootstrap, kcat, dist, gateway } = stage;
    await gateway.createTopic({ name: topic, partitions: 6, replicationFactor: 1 });
    const stdin = path.join(await makeTempDir('bench-lines'), 'lines');
    await writeFile(stdin, benchLines(records));
    const produceLines = await childScript('produceLines', options);
    const singleCalls = await childScript('produceLines');
    const kafkajsProduce = await childScript('kafkajsProduce');
    const kcatQueue = ['-X', 'queue.buffering.max.messages=1000000'];
    const kcatProduce = [kcat, '-b', bootstrap, '-P', '-t', topic, '-X', 'acks=-1', ...kcatQueue];
    const perfTool = javaCommand(dist, 'org.apache.kafka.tools.ProducerPerformance', [
      ...['--topic', topic, '--num-records', String(records), '--throughput', '-1'],
      ...['--record-size', String(valueBytes)],
      ...['--producer-props', `bootstrap.servers=${bootstrap}`, 'acks=all', 'enable.idempotence=true'],
    ]);
    const ours: Contender = () => produceLines.run(['bulk', bootstrap, topic, stdin]);
    const others: Record<string, Contender> = {
      'kcat-idempotent': () => measured([...kcatProduce, '-X', 'enable.idempotence=true'], { stdin }),
      kcat: () => measured(kcatProduce, { stdin }),
      ...Object.fromEntries(
        kafkajsSends.map((count): [string, Contender] => [
          `kafkajs-${count}`,
          () => kafkajsProduce.run([bootstrap, topic, stdin, String(count)]),
        ]),
      ),
      'java-defaults': () => measured(perfTool),
      'ours-single-calls': () => singleCalls.run(['single', bootstrap, topic, stdin]),
    };
    printLoad('produce');
    const lost: Record<string, number> = {};
    // Nobody may have been fast by losing something.
    const counted =
      (name: string, run: Contender): Contender =>
      async () => {
        const before = await recordsOf(gateway, topic);
        const ran = await run();
        const came = (await recordsOf(gateway, topic)) - before;
        lost[name] = (lost[name] ?? 0) + records - came;
        return ran;
      };
    const wanted = { ours, ...(options.oursOnly ? {} : others) };
    const contenders = Object.fromEntries(
      Object.entries(wanted).map(([name, run]) => [name, counted(name, run)]),
    );
    const results = await interleaved<string>(contenders, rounds);
    printContenders('produce', results);
    const runs = results['ours']!;
    const vsKcat = { wall: '>=0.7' };
    printRatios('produce/vs-kcat-idempotent', runs, results['kcat-idempotent'], vsKcat);
    printRatios('produce/vs-kcat', runs, results['kcat'], vsKcat);
    printRatios('produce/vs-kafkajs', runs, quickest(results, 'kafkajs-'), { wall: '>=4' });
    printRatios('produce/vs-java-defaults', runs, results['java-defaults']);
    const reports = runs.map((run) => reportOf(run) as ProduceReport);
    const rates = reports.map(({ seconds }) => records / seconds / 1e6);
    figure('produce/rate-once-connected', rates, 'million-records/s');
    printLoop('produce', reports);
    for (const [name, records] of Object.entries(lost)) {
      figure(`produce/${name}/records-lost`, [records], 'records', '=0');
    }
    printLoad('produce');
  } finally {
    if (options.bootstrap !== undefined) await stage.gateway.deleteTopic(topic);
    await stage.dispose();
  }
}

/** The runs of the contender with the least wall time in the middle, of those whose names begin so. */
function quickest(results: Rounds<string>, prefix: string): readonly Measured[] | undefined {
  const wall = (runs: readonly Measured[]): number => median(runs.map(({ wallS }) => wallS));
  return Object.entries(results)
    .filter(([name]) => name.startsWith(prefix))
    .map(([, runs]) => runs)
    .sort((a, b) => wall(a) - wall(b))[0];
}
