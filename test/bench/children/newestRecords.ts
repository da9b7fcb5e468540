// newestRecords.js BOOTSTRAP TOPIC COUNT RUNS: reads the newest records of a topic, newest first, again and again over one
// connection.
import { createLogger } from '../../../src/base/logger';
import { scan } from '../../../src/core/scan/scan';
import { FetchSource } from '../../../src/kafka/source/fetchSource';
import { type LoopDelay, watchLoop } from './loopWatch';
import { report } from './report';

/** What {@link report} is given. */
export interface NewestReport extends LoopDelay {
  /** Of each run; the first one is cold. */
  readonly ms: readonly number[];
  /** Bytes over the wire of the last run. */
  readonly bytes: number;
}

async function main(bootstrap: string, topic: string, count: number, runs: number): Promise<NewestReport> {
  const source = await FetchSource.open(
    { bootstrap: [bootstrap] },
    createLogger(() => {}),
  );
  const loop = watchLoop();
  const ms: number[] = [];
  let bytes = 0;
  for (let run = 0; run < runs; run++) {
    const started = performance.now();
    const pages = scan(source, { topic, from: { at: 'last', count }, direction: 'newest' });
    let touched = 0;
    let records = 0;
    let step = await pages.next();
    for (; !step.done; step = await pages.next()) {
      for (const { offset, timestamp, value } of step.value) {
        records++;
        touched += offset + timestamp + (value?.length ?? 0);
      }
    }
    ms.push(performance.now() - started);
    bytes = step.value.bytes;
    if (records !== count || touched === 0) throw new Error(`${records} of ${count} records came`);
  }
  const delay = loop();
  source.dispose();
  return { ms, bytes, ...delay };
}

const [bootstrap = '', topic = '', count, runs] = process.argv.slice(2);
void main(bootstrap, topic, Number(count), Number(runs)).then(report);
