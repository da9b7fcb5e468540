import assert from 'node:assert/strict';
import { join } from 'node:path';
import { createLogger } from '../../src/base/logger';
import type { ProduceRecord } from '../../src/core/kafkaTypes';
import type { KafkaGateway } from '../../src/core/ports';
import { KafkaConnector } from '../../src/kafka/kafkaConnector';
import { freePort } from '../support/freePort';
import { kcatLines } from '../support/kcatStream';
import { Opened } from '../support/opened';
import { startJavaBroker } from '../support/real/javaBroker';
import { realKafka } from '../support/real/kafkaDist';
import { makeTempDir, removeTempDir } from '../support/real/tempDir';
import { BrokerProcess, brokerConfig, bundleBroker } from '../unit/runtimes/embedded/support/brokerProcess';

const PARTITIONS = 3;
const TOPIC = 'killed';
const VALUE_BYTES = 100;

/** A broker that dies and comes back with its data. */
interface MortalBroker {
  readonly bootstrap: string;
  kill(): Promise<void>;
  start(): Promise<void>;
  dispose(): Promise<void>;
}

const javaBroker = async (): Promise<MortalBroker> => startJavaBroker(await realKafka('4'));

async function embeddedBroker(): Promise<MortalBroker> {
  const [folder, dist, port] = await Promise.all([
    makeTempDir('killed-embedded'),
    bundleBroker(),
    freePort(),
  ]);
  const start = (): Promise<BrokerProcess> =>
    new BrokerProcess(dist, brokerConfig(join(folder, 'data'), { port })).ready();
  let broker = await start();
  return {
    bootstrap: `127.0.0.1:${port}`,
    kill: async () => {
      await broker.kill('SIGKILL');
    },
    start: async () => {
      broker = await start();
    },
    dispose: async () => {
      await broker.kill('SIGKILL');
      await removeTempDir(dist);
      await removeTempDir(folder);
    },
  };
}

/** The slow broker gets fewer records. */
const brokers: readonly (readonly [string, () => Promise<MortalBroker>, number])[] = [
  ['Apache Kafka 4', javaBroker, 1_000_000],
  ['the embedded broker', embeddedBroker, 300_000],
];

for (const [name, open, count] of brokers) {
  describe(`a broker killed twice while records are written (${name})`, function () {
    this.timeout(180_000);
    const opened = new Opened();
    let broker: MortalBroker;
    let gateway: KafkaGateway;

    before(async function () {
      this.timeout(900_000);
      broker = opened.add(await open());
      const connector = new KafkaConnector(createLogger(() => {}));
      gateway = opened.add(await connector.connect({ bootstrap: [broker.bootstrap] }));
      await gateway.createTopic({ name: TOPIC, partitions: PARTITIONS, replicationFactor: 1 });
    });
    after(() => opened.dispose());

    it(`has each of ${count} acknowledged records once, where it was told, in order`, async () => {
      /** Partition and offset that each record was told, by its number; -1 where it failed. */
      const partitions = new Int8Array(count).fill(-1);
      const offsets = new Int32Array(count).fill(-1);
      const refusals = new Map<string, number>();
      const kills = [0.3, 0.6].map((part) => part * count);
      const crashes: Promise<void>[] = [];
      let settled = 0;
      for await (const run of gateway.produceAll(numbered(count), { timeoutMs: 120_000 })) {
        for (const outcome of run) {
          if (outcome.ok) {
            partitions[settled] = outcome.produced.partition;
            offsets[settled] = outcome.produced.offset;
          } else {
            refusals.set(outcome.error.message, (refusals.get(outcome.error.message) ?? 0) + 1);
          }
          settled += 1;
        }
        if (settled >= (kills[0] ?? Infinity)) {
          kills.shift();
          crashes.push(broker.kill().then(() => broker.start()));
        }
      }
      await Promise.all(crashes);
      assert.equal(crashes.length, 2);
      assert.deepEqual([settled, [...refusals]], [count, []]);

      const seen = new Uint8Array(count);
      const last = new Int32Array(PARTITIONS).fill(-1);
      let found = 0;
      await kcatLines(broker.bootstrap, TOPIC, '%p %o %s', (line) => {
        const [partition, offset, number] = line.split(' ', 3).map(Number) as [number, number, number];
        found += 1;
        const times = (seen[number] = (seen[number] ?? 0) + 1);
        if (times > 1 || number <= last[partition]!) fail(number, 'is doubled or out of order', line);
        if (partitions[number] !== partition || offsets[number] !== offset) {
          fail(number, `was told ${partitions[number]}/${offsets[number]}`, line);
        }
        last[partition] = number;
      });
      assert.equal(found, count);
      assert.equal(seen.indexOf(0), -1, 'the first record that is lost');
    });
  });
}

function fail(number: number, what: string, line: string): never {
  assert.fail(`record ${number} ${what}: ${line.slice(0, 40)}`);
}

function* numbered(count: number): Generator<ProduceRecord> {
  for (let i = 0; i < count; i++) {
    const value = Buffer.from(`${i} `.padEnd(VALUE_BYTES, 'x'));
    yield { topic: TOPIC, partition: i % PARTITIONS, key: null, value };
  }
}
