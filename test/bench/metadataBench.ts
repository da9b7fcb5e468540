import type { BenchOptions } from './benchOptions';
import { childScript, reportOf } from './childScript';
import type { MetadataReport } from './children/listTopics';
import { printLoad, printLoop } from './contenders';
import { figure, median } from './figures';
import { benchStage } from './stage';

const runs = 15;

/** Each topic has index files of 10 MB, sparse but mapped; a broker of many small topics wants small ones. */
const manyTopics = {
  'log.index.size.max.bytes': '4096',
  'log.segment.bytes': '1048576',
};

/** Metadata of 10,000 topics: decoding the answer, and the whole call. */
export async function metadataBench(options: BenchOptions): Promise<void> {
  const { records: topics = 10_000, rounds = 5 } = options;
  const stage = await benchStage(options, manyTopics);
  try {
    const there = await stage.gateway.listTopics();
    if (there.filter(({ name }) => name.startsWith('bench.many.')).length < topics) {
      const createTopics = await childScript('createTopics');
      await createTopics.run([stage.bootstrap, String(topics)]);
    }
    const listTopics = await childScript('listTopics', options);
    printLoad('metadata');
    const reports: MetadataReport[] = [];
    for (let round = 0; round < rounds; round++) {
      reports.push(reportOf(await listTopics.run([stage.bootstrap, String(runs)])) as MetadataReport);
    }
    const print = (what: string, of: (report: MetadataReport) => number, unit = 'ms', goal = ''): void =>
      figure(`metadata/${what}`, reports.map(of), unit, goal);
    print('topics', (report) => report.topics, 'topics');
    print('decode-first', ({ decodeMs }) => decodeMs[0] ?? Number.NaN, 'ms', '<=15');
    print('decode-warm', ({ decodeMs }) => median(decodeMs.slice(1)), 'ms', '<=15');
    print('decode-first-cpu', ({ decodeCpuMs }) => decodeCpuMs[0] ?? Number.NaN);
    print('decode-warm-cpu', ({ decodeCpuMs }) => median(decodeCpuMs.slice(1)));
    print('list-topics', ({ listMs }) => median(listMs));
    printLoop('metadata', reports);
    printLoad('metadata');
  } finally {
    await stage.dispose();
  }
}
