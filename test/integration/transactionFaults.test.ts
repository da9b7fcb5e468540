import assert from 'node:assert/strict';
import { createLogger } from '../../src/base/logger';
import type { TransactionalOptions, TransactionalProducer } from '../../src/core/ports';
import { addPartitionsToTxn } from '../../src/kafka/protocol/messages/addPartitionsToTxn';
import { endTxn } from '../../src/kafka/protocol/messages/endTxn';
import { initProducerId } from '../../src/kafka/protocol/messages/initProducerId';
import { produce } from '../../src/kafka/protocol/messages/produce';
import { txnOffsetCommit } from '../../src/kafka/protocol/messages/txnOffsetCommit';
import { TransactionalProducer as Producer } from '../../src/kafka/transactions/transactionalProducer';
import { FaultyProxy } from '../support/faultyProxy';
import { Opened } from '../support/opened';
import { startJavaBroker } from '../support/real/javaBroker';
import type { JavaBroker } from '../support/real/javaBroker';
import { createTopic } from '../support/real/javaTools';
import { KAFKA_LINES, realKafka } from '../support/real/kafkaDist';
import { kcatConsume } from '../support/real/tools';
import { range, text } from '../support/scanWords';
import { write } from '../support/transactionReads';
import { until } from '../support/until';

const logger = createLogger(() => {});

for (const line of KAFKA_LINES) {
  describe(`transactions whose connections break (Kafka ${line})`, function () {
    this.timeout(120_000);
    const opened = new Opened();
    let proxy: FaultyProxy;
    let broker: JavaBroker;
    let producer: TransactionalProducer;
    let topic: string;
    let made = 0;

    before(async function () {
      this.timeout(900_000);
      proxy = opened.add(await FaultyProxy.listen());
      const properties = {
        // All clients are led through the proxy.
        'advertised.listeners': `PLAINTEXT://127.0.0.1:${proxy.port}`,
        'transaction.abort.timed.out.transaction.cleanup.interval.ms': '200',
      };
      broker = opened.add(await startJavaBroker(await realKafka(line), { properties }));
      proxy.brokerPort = broker.port;
    });

    beforeEach(async () => {
      topic = `faults-${(made += 1)}`;
      await createTopic({ dist: broker.dist, bootstrap: broker.bootstrap }, topic, { partitions: 3 });
      producer = await open({ transactionalId: topic });
    });

    afterEach(() => {
      proxy.fault = () => 'none';
      producer.dispose();
    });

    after(() => opened.dispose());

    function open(options: TransactionalOptions): Promise<TransactionalProducer> {
      return Producer.open({ bootstrap: [`127.0.0.1:${proxy.port}`] }, options, logger);
    }

    /** Values under read_committed, sorted, as soon as they are so many: a commit is answered before all can be seen. */
    async function visible(count: number): Promise<string[]> {
      const properties = { 'isolation.level': 'read_committed' };
      const read = async (): Promise<string[]> => {
        const records = await kcatConsume(broker.bootstrap, topic, { properties });
        return records.map(({ value }) => value!.toString()).sort();
      };
      let values: string[] = [];
      await until(async () => (values = await read()).length >= count, {
        deadlineMs: 20_000,
        what: `${count} records`,
      });
      return values;
    }

    const thrice = (values: readonly string[]): string[] => values.flatMap((v) => [v, v, v]).sort();

    /** Breaks requests of these APIs from now on. */
    function breaking(apis: readonly { readonly key: number }[], fault: FaultyProxy['fault']): void {
      proxy.apis = apis.map(({ key }) => key);
      proxy.produced = 0;
      proxy.fault = fault;
    }

    async function writeAll(values: readonly string[]): Promise<void> {
      await Promise.all(range(3).map((partition) => write(producer, topic, values, partition)));
    }

    for (const fault of ['lose answer', 'cut request'] as const) {
      it(`commits although the connection breaks twice (${fault})`, async () => {
        producer.begin();
        await writeAll(['a', 'b']);
        breaking([endTxn], (request) => (request <= 2 ? fault : 'none'));
        await producer.commit();
        // One more each time the coordinator is still ending it.
        assert.ok(proxy.produced >= 3);
        assert.deepEqual(await visible(6), thrice(['a', 'b']));
        producer.begin();
        await writeAll(['c']);
        await producer.abort();
        producer.begin();
        await writeAll(['d']);
        await producer.commit();
        assert.deepEqual(await visible(9), thrice(['a', 'b', 'd']));
      });
    }

    it('says that the outcome is unknown; committing again tells, and so does aborting', async () => {
      const unknown = async (fault: 'lose answer' | 'cut request', value: string): Promise<void> => {
        producer.begin();
        await writeAll([value]);
        breaking([endTxn], () => fault);
        await assert.rejects(producer.commit(AbortSignal.timeout(700)), {
          code: 'TRANSACTION_OUTCOME_UNKNOWN',
        });
        assert.throws(() => producer.begin(), { code: 'INVALID_TRANSACTION_STATE' });
        await assert.rejects(write(producer, topic, ['x']), { code: 'INVALID_TRANSACTION_STATE' });
        proxy.fault = () => 'none';
      };
      await unknown('lose answer', 'arrived');
      await producer.commit();
      await unknown('cut request', 'repeated');
      await producer.commit();
      await unknown('lose answer', 'not to be aborted');
      await assert.rejects(producer.abort(), { code: 'INVALID_TRANSACTION_STATE', message: /had arrived/ });
      await unknown('cut request', 'aborted');
      await producer.abort();
      producer.begin();
      await writeAll(['last']);
      await producer.commit();
      const values = ['arrived', 'repeated', 'not to be aborted', 'last'];
      assert.deepEqual(await visible(3 * values.length), thrice(values));
    });

    it('shows each of 40 transactions whole or not at all while all requests break now and then', async () => {
      breaking([produce, addPartitionsToTxn, endTxn, initProducerId, txnOffsetCommit], (request) =>
        request % 5 === 0 ? 'lose answer' : request % 7 === 0 ? 'cut request' : 'none',
      );
      const expected: string[] = [];
      const lostBefore = proxy.lostAnswers;
      for (const round of range(40)) {
        producer.begin();
        const values = range(20).map((i) => `${round}.${i}`);
        const isCommitted = round % 3 !== 0;
        const offsets = new Map([[topic, new Map([[0, round]])]]);
        await Promise.all([writeAll(values), producer.sendOffsets('g', offsets)]);
        if (isCommitted) expected.push(...values, ...values, ...values);
        await (isCommitted ? producer.commit() : producer.abort());
      }
      proxy.fault = () => 'none';
      const lost = proxy.lostAnswers - lostBefore;
      assert.ok(lost > 20, `only ${lost} answers were lost`);
      assert.deepEqual(await visible(expected.length), expected.sort());
    });

    it('goes on under another epoch when a batch is uncertain', async () => {
      producer.begin();
      await writeAll(['a']);
      await producer.commit();
      producer.begin();
      breaking([produce], () => 'lose answer');
      const record = { topic, partition: 0, key: null, value: text('uncertain') };
      await assert.rejects(producer.produce(record, { timeoutMs: 500 }), { code: 'PRODUCE_OUTCOME_UNKNOWN' });
      await assert.rejects(producer.commit(), { code: 'PRODUCE_OUTCOME_UNKNOWN' });
      proxy.fault = () => 'none';
      await producer.abort();
      producer.begin();
      await writeAll(['b', 'c']);
      await producer.commit();
      assert.deepEqual(await visible(9), thrice(['a', 'b', 'c']));
    });

    it('tells on the commit that the broker has aborted a transaction which took too long', async () => {
      const slow = await open({ transactionalId: 'slow', transactionTimeoutMs: 1_000 });
      try {
        slow.begin();
        await write(slow, topic, ['too slow']);
        producer.begin();
        await write(producer, topic, ['behind']);
        await producer.commit();
        // Hidden until the broker has aborted the transaction before it.
        assert.deepEqual(await visible(1), ['behind']);
        const message = /longer than its timeout of 1000 ms/;
        await assert.rejects(slow.commit(), { code: 'PRODUCER_FENCED', message });
      } finally {
        slow.dispose();
      }
      assert.deepEqual(await visible(1), ['behind']);
    });

    for (const [how, restart] of [
      ['was stopped', () => broker.restart()],
      ['was killed', () => broker.kill().then(() => broker.start())],
    ] as const) {
      it(`commits a transaction in the middle of which the broker ${how}`, async () => {
        producer.begin();
        await writeAll(['before']);
        const meanwhile = restart();
        await writeAll(['while it is away']);
        await meanwhile;
        await writeAll(['after']);
        await producer.commit();
        const values = ['after', 'before', 'while it is away'];
        assert.deepEqual(await visible(3 * values.length), thrice(values));
      });
    }
  });
}
