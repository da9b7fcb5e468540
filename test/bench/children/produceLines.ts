// produceLines.js bulk|single BOOTSTRAP TOPIC FILE: writes each line of a file as a record (acks=all, idempotent), by
// one produceAll or by produce() calls of which 20,000 are open at a time.
import { createLogger } from '../../../src/base/logger';
import type { ProduceRecord } from '../../../src/core/kafkaTypes';
import type { KafkaGateway } from '../../../src/core/ports';
import { KafkaConnector } from '../../../src/kafka/kafkaConnector';
import { fileLines } from './fileLines';
import { type LoopDelay, watchLoop } from './loopWatch';
import { report } from './report';

/** What {@link report} is given. */
export interface ProduceReport extends LoopDelay {
  /** Records that the broker acknowledged. */
  readonly written: number;
  readonly seconds: number;
}

const openCalls = 20_000;

function recordsOf(topic: string, file: string): Iterable<ProduceRecord> {
  return fileLines(file, ({ buffer, byteOffset }, from, to) => ({
    topic,
    key: null,
    value: new Uint8Array(buffer, byteOffset + from, to - from),
  }));
}

async function bulk(gateway: KafkaGateway, records: Iterable<ProduceRecord>): Promise<number> {
  let written = 0;
  for await (const outcomes of gateway.produceAll(records)) {
    for (const outcome of outcomes) {
      if (!outcome.ok) throw outcome.error;
      written++;
    }
  }
  return written;
}

async function single(gateway: KafkaGateway, records: Iterable<ProduceRecord>): Promise<number> {
  let written = 0;
  const window: Promise<unknown>[] = [];
  for (const record of records) {
    window.push(gateway.produce(record).then(() => written++));
    if (window.length < openCalls) continue;
    await Promise.all(window.splice(0, openCalls / 2));
  }
  await Promise.all(window);
  return written;
}

async function main(mode: string, bootstrap: string, topic: string, file: string): Promise<ProduceReport> {
  const gateway = await new KafkaConnector(createLogger(() => {})).connect({ bootstrap: [bootstrap] });
  const loop = watchLoop();
  const started = performance.now();
  const written = await (mode === 'bulk' ? bulk : single)(gateway, recordsOf(topic, file));
  const seconds = (performance.now() - started) / 1000;
  const delay = loop();
  gateway.dispose();
  return { written, seconds, ...delay };
}

const [mode = '', bootstrap = '', topic = '', file = ''] = process.argv.slice(2);
void main(mode, bootstrap, topic, file).then(report);
