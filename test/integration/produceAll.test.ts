import assert from 'node:assert/strict';
import { createLogger } from '../../src/base/logger';
import type { CompressionName, ProduceRecord } from '../../src/core/kafkaTypes';
import { KafkaConnection } from '../../src/kafka/connection';
import { connectionFailure } from '../../src/kafka/connectionErrors';
import { RecordProducer } from '../../src/kafka/producer/recordProducer';
import type { ProduceRequest } from '../../src/kafka/protocol/messages/produce';
import { createTopic } from '../support/real/javaTools';
import { kcatConsume } from '../support/real/tools';
import { until } from '../support/until';
import { embeddedScanBroker, javaScanBroker, type ScanBroker } from '../support/scanBroker';

const PARTITIONS = 6;
const logger = createLogger(() => {});
const codecs: readonly CompressionName[] = ['none', 'gzip', 'snappy', 'lz4', 'zstd'];

const brokers: readonly (readonly [name: string, start: () => Promise<ScanBroker>])[] = [
  ['Kafka 4', () => javaScanBroker('4')],
  ['embedded', embeddedScanBroker],
];

for (const [name, start] of brokers) {
  describe(`bulk produce (${name})`, function () {
    this.timeout(120_000);
    let broker: ScanBroker;
    let connection: KafkaConnection;
    let producer: RecordProducer;

    before(async function () {
      this.timeout(900_000);
      broker = await start();
    });

    beforeEach(async () => {
      connection = await KafkaConnection.open({ bootstrap: [broker.target.bootstrap] }, { logger });
      producer = new RecordProducer(connection, logger);
    });

    afterEach(() => {
      producer.dispose();
      connection.dispose();
    });

    after(() => broker.dispose());

    function* numbered(topic: string, count: number): Generator<ProduceRecord> {
      for (let i = 0; i < count; i++) {
        const value = Buffer.from(`${i} ${'x'.repeat(i % 100)}`);
        yield { topic, key: i % 3 === 0 ? null : Buffer.from(`k${i}`), value, partition: i % PARTITIONS };
      }
    }

    /** Writes the records and compares with what kcat reads, record by record and place by place. */
    async function writeAndCompare(
      topic: string,
      count: number,
      compression: CompressionName,
    ): Promise<void> {
      await createTopic(broker.target, topic, { partitions: PARTITIONS });
      const places: string[] = [];
      for await (const run of producer.produceAll(numbered(topic, count), { compression })) {
        for (const outcome of run) {
          if (!outcome.ok) throw outcome.error;
          places.push(`${outcome.produced.partition}/${outcome.produced.offset}`);
        }
      }
      assert.equal(places.length, count);
      const read = new Map(
        (await kcatConsume(broker.target.bootstrap, topic)).map(({ partition, offset, key, value }) => [
          `${partition}/${offset}`,
          `${key?.toString() ?? null}=${value!.toString()}`,
        ]),
      );
      assert.equal(read.size, count);
      let i = 0;
      for (const { key, value } of numbered(topic, count)) {
        const text = Buffer.from(value!).toString();
        assert.equal(read.get(places[i]!), `${key === null ? null : Buffer.from(key).toString()}=${text}`);
        i++;
      }
    }

    it('writes 100,000 records where kcat finds them', () => writeAndCompare('bulk', 100_000, 'none'));

    for (const codec of codecs.filter((one) => one !== 'none')) {
      it(`writes ${codec} that kcat can read`, () => writeAndCompare(`bulk-${codec}`, 20_000, codec));
    }

    it('raises its epoch behind an unknown outcome, and the broker goes on with it', async () => {
      await createTopic(broker.target, 'epochs', { partitions: 1 });
      let loses = false;
      let calls = 0;
      const sent: { readonly epoch: number; readonly sequence: number }[] = [];
      const flaky = new RecordProducer(
        {
          call: async (target, api, request, options) => {
            calls++;
            const answer = await connection.call(target, api, request, options).finally(() => calls--);
            if (api.name !== 'Produce') return answer;
            const bytes = Buffer.from((request as ProduceRequest).topicData[0]!.partitionData[0]!.records!);
            sent.push({ epoch: bytes.readInt16BE(51), sequence: bytes.readInt32BE(53) });
            if (loses) throw connectionFailure('closed', { host: 'h', port: 1 }, 'The connection broke.');
            return answer;
          },
          send: connection.send.bind(connection),
          leaders: connection.leaders.bind(connection),
          invalidate: connection.invalidate.bind(connection),
        },
        logger,
      );
      const record = (value: string): ProduceRecord => ({
        topic: 'epochs',
        key: null,
        value: Buffer.from(value),
      });
      try {
        await flaky.produce(record('0'));
        for (let epoch = 1; epoch <= 3; epoch++) {
          loses = true;
          await assert.rejects(flaky.produce(record(`unknown ${epoch}`), { timeoutMs: 1_000 }), {
            code: 'PRODUCE_OUTCOME_UNKNOWN',
          });
          // An answer that still came would settle the batch.
          await until(() => calls === 0, { deadlineMs: 10_000, what: 'the last answer' });
          loses = false;
          await flaky.produce(record(`after ${epoch}`));
          assert.deepEqual(sent.at(-1), { epoch, sequence: 0 });
          await flaky.produce(record(`then ${epoch}`));
          assert.deepEqual(sent.at(-1), { epoch, sequence: 1 });
        }
      } finally {
        flaky.dispose();
      }
      const values = (await kcatConsume(broker.target.bootstrap, 'epochs')).map(({ value }) =>
        value!.toString(),
      );
      const rounds = [1, 2, 3].flatMap((epoch) => [`unknown ${epoch}`, `after ${epoch}`, `then ${epoch}`]);
      assert.deepEqual(values, ['0', ...rounds]);
    });
  });
}
