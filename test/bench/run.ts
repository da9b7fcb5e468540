// `npm run bench -- NAME [options]`: each benchmark prints one line per figure, `NAME/figure VALUE UNIT goal`. They are
// no tests: nothing fails here, and the goals are there to read.
import { type BenchOptions, benchOptions } from './benchOptions';
import { printProfile } from './profileSummary';
import { histogramBench } from './histogramBench';
import { metadataBench } from './metadataBench';
import { newestBench } from './newestBench';
import { produceBench } from './produceBench';
import { scanBench } from './scanBench';
import { searchBench } from './searchBench';
import { startup } from './startup';
import { storeBench } from './storeBench';
import { tailBench } from './tailBench';
import { treeBench } from './treeBench';
import { uiBench } from './uiBench';

const benches: Readonly<Record<string, (options: BenchOptions) => Promise<void>>> = {
  startup,
  scan: scanBench,
  search: searchBench,
  produce: produceBench,
  tail: tailBench,
  newest: newestBench,
  histogram: histogramBench,
  metadata: metadataBench,
  store: storeBench,
  tree: treeBench,
  ui: uiBench,
};

// So that an interrupted benchmark ends its broker and removes its gigabyte too: both is done at 'exit'.
for (const [signal, code] of [
  ['SIGINT', 130],
  ['SIGTERM', 143],
] as const) {
  process.once(signal, () => process.exit(code));
}

const name = process.argv[2] ?? '';
const bench = benches[name];
if (!bench) {
  console.error(`no benchmark "${name}"; there are: ${Object.keys(benches).join(', ')}`);
  process.exitCode = 2;
} else {
  const options = benchOptions(process.argv.slice(3));
  void bench(options).then(() => (options.profile === undefined ? undefined : printProfile(options.profile)));
}
