import assert from 'node:assert/strict';
import { join } from 'node:path';
import { CompressionTypes } from 'kafkajs';
import type { Message } from 'kafkajs';
import type { EmbeddedBrokerConfig } from '../../../../../src/runtimes/embedded/host/config';
import { makeTempDir } from '../../../../support/real/tempDir';
import { until } from '../../../../support/until';
import { BrokerProcess, brokerConfig, bundleBroker } from './brokerProcess';

/** Starts brokers for the tests of one suite, and kills them after each test. Call it inside `describe`. */
export function brokersOfSuite(): {
  readonly start: (dataDir: string, changes?: Partial<EmbeddedBrokerConfig>) => BrokerProcess;
  readonly startReady: (changes?: Partial<EmbeddedBrokerConfig>) => Promise<BrokerProcess>;
} {
  let dist: string;
  const started: BrokerProcess[] = [];
  before(async () => {
    dist = await bundleBroker();
  });
  afterEach(async () => {
    await Promise.all(started.splice(0).map((broker) => broker.kill('SIGKILL')));
  });
  const start = (dataDir: string, changes: Partial<EmbeddedBrokerConfig> = {}): BrokerProcess => {
    const broker = new BrokerProcess(dist, brokerConfig(dataDir, changes));
    started.push(broker);
    return broker;
  };
  return {
    start,
    startReady: async (changes) => start(join(await makeTempDir('broker'), 'data'), changes).ready(),
  };
}

/** The first and the next offset of partition 0. */
export async function offsets(broker: BrokerProcess, topic: string): Promise<{ low: string; high: string }> {
  const admin = broker.kafka().admin();
  await admin.connect();
  try {
    const [first] = await admin.fetchTopicOffsets(topic);
    assert.ok(first);
    return { low: first.low, high: first.high };
  } finally {
    await admin.disconnect();
  }
}

/** Sends messages as one gzip batch, acknowledged. */
export async function produce(broker: BrokerProcess, topic: string, messages: Message[]): Promise<void> {
  const producer = broker.kafka().producer();
  await producer.connect();
  try {
    await producer.send({ topic, messages, acks: -1, compression: CompressionTypes.GZIP });
  } finally {
    await producer.disconnect();
  }
}

/** Everything from the low to the high offset of partition 0. */
export async function consumeAll(
  broker: BrokerProcess,
  topic: string,
): Promise<{ offset: string; value: string }[]> {
  const { low, high } = await offsets(broker, topic);
  const found: { offset: string; value: string }[] = [];
  if (low === high) return found;
  const consumer = broker
    .kafka()
    .consumer({ groupId: `read-${Date.now()}-${Math.random()}`, maxWaitTimeInMs: 50 });
  await consumer.connect();
  await consumer.subscribe({ topic, fromBeginning: true });
  try {
    let last = -1;
    await consumer.run({
      eachMessage: ({ message }) => {
        found.push({ offset: message.offset, value: message.value?.toString() ?? '' });
        last = Number(message.offset);
        return Promise.resolve();
      },
    });
    await until(() => last >= Number(high) - 1, { deadlineMs: 20_000, what: `offset ${Number(high) - 1}` });
  } finally {
    await consumer.disconnect();
  }
  return found;
}
