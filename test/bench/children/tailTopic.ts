// tailTopic.js BOOTSTRAP TOPIC RECORDS TAILS BUSY: writes single records over one connection and waits until the first tail,
// on a connection of its own, has handed each out. BUSY is 1 where other calls are made meanwhile.
import { createLogger } from '../../../src/base/logger';
import type { KafkaGateway } from '../../../src/core/ports';
import { tail } from '../../../src/core/scan/tail';
import { KafkaConnector } from '../../../src/kafka/kafkaConnector';
import { until } from '../../support/until';
import { report } from './report';

/** What {@link report} is given. */
export interface TailReport {
  /** From the call of produce() until the record was handed out, each. */
  readonly ms: readonly number[];
}

/** Tells of each record of a topic as it comes. Resolves when the signal is aborted. */
async function follow(
  gateway: KafkaGateway,
  topic: string,
  onRecord: (value: string) => void,
  signal: AbortSignal,
): Promise<void> {
  const source = await gateway.openSource();
  try {
    for await (const page of tail(source, { topic }, { signal })) {
      for (const { value } of page) onRecord(Buffer.from(value ?? []).toString());
    }
  } finally {
    source.dispose();
  }
}

/** Metadata of all topics and ListOffsets of one, again and again with short pauses. */
async function otherCalls(gateway: KafkaGateway, topic: string, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    await gateway.listTopics();
    await gateway.offsets(topic);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

async function main(
  bootstrap: string,
  topic: string,
  [records = 0, tails = 1, busy = 0]: number[],
): Promise<TailReport> {
  const connector = new KafkaConnector(createLogger(() => {}));
  const gateway = await connector.connect({ bootstrap: [bootstrap] });
  const writer = await connector.connect({ bootstrap: [bootstrap] });
  const end = new AbortController();
  const seen = new Array<number>(tails).fill(0);
  let waiting: { readonly value: string; readonly seen: () => void } | undefined;
  const work = seen.map((_, index) =>
    follow(
      gateway,
      topic,
      (value) => {
        seen[index]!++;
        if (index === 0 && value === waiting?.value) waiting.seen();
      },
      end.signal,
    ),
  );
  if (busy === 1) work.push(otherCalls(gateway, topic, end.signal));
  const write = async (value: string): Promise<void> => {
    await writer.produce({ topic, key: null, value: Buffer.from(value) });
  };
  // A tail begins at the end that it finds, so a record that is seen by all shows that all have begun.
  await until(
    async () => {
      await write('warm-up');
      return seen.every((count) => count > 0);
    },
    { deadlineMs: 10_000, what: 'the tails to begin', everyMs: 50 },
  );
  const ms: number[] = [];
  for (let number = 0; number < records; number++) {
    const value = `record ${number}`;
    const came = new Promise<void>((resolve) => (waiting = { value, seen: resolve }));
    const started = performance.now();
    const written = write(value);
    await came;
    ms.push(performance.now() - started);
    await written;
  }
  end.abort();
  await Promise.all(work);
  writer.dispose();
  gateway.dispose();
  return { ms };
}

const [bootstrap = '', topic = '', ...numbers] = process.argv.slice(2);
void main(bootstrap, topic, numbers.map(Number)).then(report);
