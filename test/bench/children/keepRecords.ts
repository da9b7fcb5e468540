// keepRecords.js BOOTSTRAP TOPIC RARE FREQUENT ABSENT: reads a topic into a RecordStore and searches the rows for words. To
// be run with --expose-gc.
import { createLogger } from '../../../src/base/logger';
import { compileFilter } from '../../../src/core/scan/filter/compileFilter';
import { RecordStore } from '../../../src/core/scan/recordStore';
import { scan } from '../../../src/core/scan/scan';
import { FetchSource } from '../../../src/kafka/source/fetchSource';
import { type LoopDelay, watchLoop } from './loopWatch';
import { report } from './report';

/** What {@link report} is given. */
export interface StoreReport {
  readonly rows: number;
  /** Bytes of the record batches that came over the wire. */
  readonly wireBytes: number;
  /** How much larger heap and buffers are with the rows than without, after a collection. */
  readonly keptBytes: number;
  readonly loadSeconds: number;
  readonly loadLoop: LoopDelay;
  readonly searchLoop: LoopDelay;
  /** By word, in the order of the arguments. */
  readonly searches: readonly { readonly hits: number; readonly ms: readonly number[] }[];
}

const searchRuns = 5;

async function usedBytes(): Promise<number> {
  // Buffers of a connection that is being closed are let go some turns of the loop later.
  for (let turn = 0; turn < 5; turn++) {
    await new Promise((resolve) => setImmediate(resolve));
    global.gc!();
  }
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return heapUsed + arrayBuffers;
}

async function main(bootstrap: string, topic: string, words: readonly string[]): Promise<StoreReport> {
  const source = await FetchSource.open(
    { bootstrap: [bootstrap] },
    createLogger(() => {}),
  );
  const store = new RecordStore({ maxBytes: Infinity, maxRows: Infinity });
  const before = await usedBytes();
  const endLoadLoop = watchLoop();
  const started = performance.now();
  const pages = scan(source, { topic, from: { at: 'beginning' } });
  let step = await pages.next();
  for (; !step.done; step = await pages.next()) store.append(step.value);
  const loadSeconds = (performance.now() - started) / 1000;
  const loadLoop = endLoadLoop();
  source.dispose();
  const wireBytes = step.value.bytes;
  const keptBytes = (await usedBytes()) - before;
  const endSearchLoop = watchLoop();
  const searches: { hits: number; ms: number[] }[] = [];
  for (const word of words) {
    const ms: number[] = [];
    let hits = 0;
    for (let run = 0; run < searchRuns; run++) {
      const at = performance.now();
      hits = 0;
      const filter = await compileFilter({ kind: 'contains', bytes: Buffer.from(word) });
      for await (const { rows } of store.find(filter)) hits += rows.length;
      ms.push(performance.now() - at);
    }
    searches.push({ hits, ms });
  }
  const searchLoop = endSearchLoop();
  return { rows: store.length, wireBytes, keptBytes, loadSeconds, loadLoop, searchLoop, searches };
}

const [bootstrap = '', topic = '', ...words] = process.argv.slice(2);
void main(bootstrap, topic, words).then(report);
