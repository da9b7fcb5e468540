// `npm run bench -- NAME`: each benchmark prints one line per figure, `NAME/figure VALUE UNIT goal`. They are no tests:
// nothing fails here, and the goals are there to read.
import { startup } from './startup';

const benches: Readonly<Record<string, () => Promise<void>>> = { startup };

const name = process.argv[2] ?? '';
const bench = benches[name];
if (!bench) {
  console.error(`no benchmark "${name}"; there are: ${Object.keys(benches).join(', ')}`);
  process.exitCode = 2;
} else {
  void bench();
}
