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
} from './contenders';
import { figure } from './figures';
import { javaCommand } from './javaCommand';
import { measured } from './measured';
import { benchStage, checkDisk, recordsOf } from './stage';

/** Writes the lines of a file, acks=all: ours against kcat, Kafka's perf tool and kafkajs. */
export async function produceBench(options: BenchOptions): Promise<void> {
  const { records = 1_000_000, rounds = 5 } = options;
  await checkDisk(records * valueBytes * 1.1 * (1 + rounds * 7));
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
    const kcatProduce = [kcat, '-b', bootstrap, '-P', '-t', topic, '-X', 'acks=-1'];
    const perfTool = javaCommand(dist, 'org.apache.kafka.tools.ProducerPerformance', [
      ...['--topic', topic, '--num-records', String(records), '--throughput', '-1'],
      ...['--record-size', String(valueBytes)],
      ...['--producer-props', `bootstrap.servers=${bootstrap}`, 'acks=all', 'enable.idempotence=true'],
    ]);
    const ours: Contender = () => produceLines.run(['bulk', bootstrap, topic, stdin]);
    const others: Record<string, Contender> = {
      'kcat-idempotent': () => measured([...kcatProduce, '-X', 'enable.idempotence=true'], { stdin }),
      kcat: () => measured(kcatProduce, { stdin }),
      kafkajs: () => kafkajsProduce.run([bootstrap, topic, stdin]),
      java: () => measured(perfTool),
      'ours-single-calls': () => singleCalls.run(['single', bootstrap, topic, stdin]),
    };
    printLoad('produce');
    const contenders = { ours, ...(options.oursOnly ? {} : others) };
    const results = await interleaved<string>(contenders, rounds);
    printContenders('produce', results);
    const runs = results['ours']!;
    const vsKcat = { wall: '>=0.7' };
    printRatios('produce/vs-kcat-idempotent', runs, results['kcat-idempotent'], vsKcat);
    printRatios('produce/vs-kcat', runs, results['kcat'], vsKcat);
    printRatios('produce/vs-kafkajs', runs, results['kafkajs'], { wall: '>=4' });
    printRatios('produce/vs-java', runs, results['java']);
    const reports = runs.map((run) => reportOf(run) as ProduceReport);
    const rates = reports.map(({ seconds }) => records / seconds / 1e6);
    figure('produce/rate-once-connected', rates, 'million-records/s');
    printLoop('produce', reports);
    // Nobody may have been fast by losing something.
    const expected = records * rounds * Object.keys(contenders).length;
    figure('produce/records-lost', [expected - (await recordsOf(gateway, topic))], 'records', '=0');
    printLoad('produce');
  } finally {
    if (options.bootstrap !== undefined) await stage.gateway.deleteTopic(topic);
    await stage.dispose();
  }
}
