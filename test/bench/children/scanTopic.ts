// scanTopic.js BOOTSTRAP TOPIC [FILTER-AS-JSON]: reads a topic from its beginning to its end by our scan and looks at
// every field of every record.
import { createLogger } from '../../../src/base/logger';
import type { RecordFilter } from '../../../src/core/scan/query';
import { scan } from '../../../src/core/scan/scan';
import { FetchSource } from '../../../src/kafka/source/fetchSource';
import { type LoopDelay, watchLoop } from './loopWatch';
import { report } from './report';

/** What {@link report} is given. */
export interface ScanReport extends LoopDelay {
  readonly scanned: number;
  readonly records: number;
  /** Sum over all fields: proof that they were looked at. */
  readonly touched: number;
  readonly seconds: number;
}

/** A filter that JSON can carry: the bytes of `contains` as text. */
function filterOf(text: string | undefined): RecordFilter | undefined {
  if (text === undefined) return undefined;
  return JSON.parse(text, (key, value: unknown) =>
    key === 'bytes' && typeof value === 'string' ? Buffer.from(value) : value,
  ) as RecordFilter;
}

async function main(bootstrap: string, topic: string, filterText?: string): Promise<ScanReport> {
  const source = await FetchSource.open(
    { bootstrap: [bootstrap] },
    createLogger(() => {}),
  );
  const filter = filterOf(filterText);
  const loop = watchLoop();
  const started = performance.now();
  const pages = scan(source, { topic, from: { at: 'beginning' }, ...(filter ? { filter } : {}) });
  let records = 0;
  let touched = 0;
  let step = await pages.next();
  for (; !step.done; step = await pages.next()) {
    for (const { partition, offset, timestamp, key, value } of step.value) {
      records++;
      touched += partition + offset + (timestamp & 1) + (key?.length ?? 0) + (value?.length ?? 0);
    }
  }
  const seconds = (performance.now() - started) / 1000;
  const delay = loop();
  source.dispose();
  const { stopReason, problems, scanned } = step.value;
  if (stopReason !== 'end' || problems.length > 0) throw new Error(JSON.stringify(step.value));
  return { scanned, records, touched, seconds, ...delay };
}

void main(process.argv[2] ?? '', process.argv[3] ?? '', process.argv[4]).then(report);
