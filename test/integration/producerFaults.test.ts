import assert from 'node:assert/strict';
import { setTimeout as delay } from 'node:timers/promises';
import { createLogger } from '../../src/base/logger';
import type { KafkaManagerError } from '../../src/contract/errors';
import type { ProduceOptions } from '../../src/core/kafkaTypes';
import { KafkaConnection } from '../../src/kafka/connection';
import { RecordProducer } from '../../src/kafka/producer/recordProducer';
import { FaultyProxy } from '../support/faultyProxy';
import type { Fault } from '../support/faultyProxy';
import { Opened } from '../support/opened';
import { startJavaBroker } from '../support/real/javaBroker';
import type { JavaBroker } from '../support/real/javaBroker';
import { createTopic } from '../support/real/javaTools';
import { KAFKA_LINES, realKafka } from '../support/real/kafkaDist';
import { kcatConsume } from '../support/real/tools';
import { until } from '../support/until';

const PARTITIONS = 3;
const logger = createLogger(() => {});

/** What became of numbered records that were sent while things broke. */
interface Sent {
  /** Number of the record -> offset, for those that were acknowledged. */
  readonly acked: Map<number, { partition: number; offset: number }>;
  readonly failed: Map<number, KafkaManagerError>;
}

for (const line of KAFKA_LINES) {
  describe(`a producer whose connections break (Kafka ${line})`, function () {
    this.timeout(180_000);
    const opened = new Opened();
    let proxy: FaultyProxy;
    let broker: JavaBroker;
    let connection: KafkaConnection;
    let producer: RecordProducer;

    before(async function () {
      this.timeout(900_000);
      proxy = opened.add(await FaultyProxy.listen());
      // All clients are led through the proxy.
      const properties = { 'advertised.listeners': `PLAINTEXT://127.0.0.1:${proxy.port}` };
      broker = opened.add(await startJavaBroker(await realKafka(line), { properties }));
      proxy.brokerPort = broker.port;
    });

    beforeEach(async () => {
      proxy.fault = () => 'none';
      connection = await KafkaConnection.open({ bootstrap: [`127.0.0.1:${proxy.port}`] }, { logger });
      producer = new RecordProducer(connection, logger);
    });

    afterEach(() => {
      producer.dispose();
      connection.dispose();
    });

    after(() => opened.dispose());

    /** Sends numbered records, up to 600 of them overlapping: enough for many batches, too many for a few large ones. */
    async function send(topic: string, count: number, options: ProduceOptions, sent: Sent): Promise<void> {
      const outcomes: Promise<void>[] = [];
      for (let i = 0; i < count; i++) {
        const record = {
          topic,
          key: Buffer.from(`k${i}`),
          value: Buffer.from(String(i)),
          partition: i % PARTITIONS,
        };
        outcomes.push(
          producer.produce(record, options).then(
            ({ partition, offset }) => void sent.acked.set(i, { partition, offset }),
            (error: unknown) => void sent.failed.set(i, error as KafkaManagerError),
          ),
        );
        while (i - sent.acked.size - sent.failed.size >= 600) await delay(1);
      }
      await Promise.all(outcomes);
    }

    /** Every acknowledged record is in the log once, at the offset that was told; each partition is in order. */
    async function verify(topic: string, { acked }: Sent): Promise<Map<number, number>> {
      const seen = new Map<number, number>();
      const last = new Map<number, number>();
      for (const record of await kcatConsume(broker.bootstrap, topic)) {
        const number = Number(record.value!.toString());
        seen.set(number, (seen.get(number) ?? 0) + 1);
        assert.ok(number > (last.get(record.partition) ?? -1), `record ${number} is out of order or doubled`);
        last.set(record.partition, number);
        const at = acked.get(number);
        if (at) assert.deepEqual(at, { partition: record.partition, offset: record.offset });
      }
      for (const number of acked.keys())
        assert.equal(seen.get(number), 1, `record ${number} was acknowledged`);
      return seen;
    }

    const mixed = (request: number): Fault =>
      request % 5 === 0 ? 'lose answer' : request % 7 === 0 ? 'cut request' : 'none';

    it('loses and doubles none of 20,000 overlapping records when answers and requests get lost', async () => {
      await createTopic({ dist: broker.dist, bootstrap: broker.bootstrap }, 'faults', {
        partitions: PARTITIONS,
      });
      const before = { lost: proxy.lostAnswers, cut: proxy.cutRequests };
      proxy.fault = mixed;
      const sent: Sent = { acked: new Map(), failed: new Map() };
      await send('faults', 20_000, {}, sent);
      assert.deepEqual([...sent.failed.values()], []);
      assert.equal(sent.acked.size, 20_000);
      assert.ok(
        proxy.lostAnswers - before.lost >= 5,
        `only ${proxy.lostAnswers - before.lost} answers were lost`,
      );
      assert.ok(
        proxy.cutRequests - before.cut >= 3,
        `only ${proxy.cutRequests - before.cut} requests were cut`,
      );
      proxy.fault = () => 'none';
      assert.equal((await verify('faults', sent)).size, 20_000);
    });

    it('says that the outcome is unknown where it can not repeat, and doubles nothing', async () => {
      await createTopic({ dist: broker.dist, bootstrap: broker.bootstrap }, 'plain', {
        partitions: PARTITIONS,
      });
      proxy.fault = mixed;
      const sent: Sent = { acked: new Map(), failed: new Map() };
      await send('plain', 3_000, { idempotent: false }, sent);
      assert.ok(sent.failed.size > 0 && sent.acked.size > 0);
      for (const error of sent.failed.values())
        assert.equal(error.code, 'PRODUCE_OUTCOME_UNKNOWN', error.message);
      proxy.fault = () => 'none';
      await verify('plain', sent);
    });

    it('goes on in order under another producer id after records were given up', async () => {
      await createTopic({ dist: broker.dist, bootstrap: broker.bootstrap }, 'given-up', {
        partitions: PARTITIONS,
      });
      const first: Sent = { acked: new Map(), failed: new Map() };
      proxy.fault = () => 'lose answer';
      await send('given-up', 30, { timeoutMs: 400 }, first);
      assert.deepEqual(
        [...new Set([...first.failed.values()].map(({ code }) => code))],
        ['PRODUCE_OUTCOME_UNKNOWN'],
      );
      proxy.fault = () => 'none';
      const { acked } = first;
      for (let i = 100; i < 200; i++) {
        const value = Buffer.from(String(i));
        const { partition, offset } = await producer.produce({
          topic: 'given-up',
          key: null,
          value,
          partition: i % PARTITIONS,
        });
        acked.set(i, { partition, offset });
      }
      const seen = await verify('given-up', first);
      for (const number of first.failed.keys())
        assert.equal(seen.get(number), 1, 'its answer was lost, not the record');
    });

    it('tells what became of records when the broker hangs for longer than the caller waits', async () => {
      await createTopic({ dist: broker.dist, bootstrap: broker.bootstrap }, 'hung');
      const record = { topic: 'hung', key: null, value: Buffer.from('1') };
      await producer.produce({ ...record, value: Buffer.from('0') });
      process.kill(broker.pid, 'SIGSTOP');
      try {
        const sent = producer.produce(record, {}, AbortSignal.timeout(500));
        await assert.rejects(sent, { code: 'PRODUCE_OUTCOME_UNKNOWN' });
        const unsent = producer.produce({ ...record, value: Buffer.from('2') }, {}, AbortSignal.timeout(100));
        await assert.rejects(unsent, { code: 'TIMEOUT' });
      } finally {
        process.kill(broker.pid, 'SIGCONT');
      }
      await producer.produce({ ...record, value: Buffer.from('3') });
      const values = (await kcatConsume(broker.bootstrap, 'hung')).map(({ value }) => value!.toString());
      assert.deepEqual(values, ['0', '1', '3']);
    });

    it('has every acknowledged record once after the broker was killed and started again', async () => {
      await createTopic({ dist: broker.dist, bootstrap: broker.bootstrap }, 'killed', {
        partitions: PARTITIONS,
      });
      const sent: Sent = { acked: new Map(), failed: new Map() };
      const sending = send('killed', 20_000, { timeoutMs: 120_000 }, sent);
      await until(() => sent.acked.size > 3_000, { deadlineMs: 30_000, what: '3,000 acknowledgements' });
      await broker.kill();
      assert.ok(sent.acked.size < 20_000);
      await broker.start();
      await sending;
      assert.deepEqual([...sent.failed.values()], []);
      assert.equal((await verify('killed', sent)).size, 20_000);
    });
  });
}
