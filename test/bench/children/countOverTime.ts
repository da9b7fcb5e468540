// countOverTime.js BOOTSTRAP TOPIC BUCKETS RUNS: counts the records of a topic over time, again and again over one
// connection.
import { createLogger } from '../../../src/base/logger';
import { histogram } from '../../../src/core/scan/histogram';
import { FetchSource } from '../../../src/kafka/source/fetchSource';
import { type LoopDelay, watchLoop } from './loopWatch';
import { report } from './report';

/** What {@link report} is given. */
export interface HistogramReport extends LoopDelay {
  /** Of each run until all buckets were there; the first one is cold. */
  readonly ms: readonly number[];
  /** Of each run until there was something to draw. */
  readonly firstMs: readonly number[];
  /** How many times finer buckets came in the last run. */
  readonly steps: number;
  readonly total: number;
}

async function main(
  bootstrap: string,
  topic: string,
  buckets: number,
  runs: number,
): Promise<HistogramReport> {
  const source = await FetchSource.open(
    { bootstrap: [bootstrap] },
    createLogger(() => {}),
  );
  const loop = watchLoop();
  const ms: number[] = [];
  const firstMs: number[] = [];
  let steps = 0;
  let total = 0;
  for (let run = 0; run < runs; run++) {
    const started = performance.now();
    steps = 0;
    for await (const { counts, done, total: sum } of histogram(source, { topic, buckets })) {
      if (steps++ === 0) firstMs.push(performance.now() - started);
      total = sum;
      if (done && counts.length !== buckets) throw new Error(`${counts.length} of ${buckets} buckets came`);
    }
    ms.push(performance.now() - started);
  }
  const delay = loop();
  source.dispose();
  return { ms, firstMs, steps, total, ...delay };
}

const [bootstrap = '', topic = '', buckets, runs] = process.argv.slice(2);
void main(bootstrap, topic, Number(buckets), Number(runs)).then(report);
