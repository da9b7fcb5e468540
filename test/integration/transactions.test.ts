import assert from 'node:assert/strict';
import type { TransactionalProducer } from '../../src/core/ports';
import { scanBrokers, ScanStage } from '../support/scanStage';
import { beginning, range, text } from '../support/scanWords';
import { ended, readByAll, readEnded, write } from '../support/transactionReads';

for (const [name, start] of scanBrokers) {
  describe(`transactions on ${name}`, function () {
    this.timeout(180_000);
    let stage: ScanStage;
    let producer: TransactionalProducer;
    let made = 0;

    before(async function () {
      this.timeout(900_000);
      stage = await ScanStage.open(start);
    });

    beforeEach(async () => {
      producer = await stage.gateway.openTransactional({ transactionalId: 'main' });
    });

    afterEach(() => producer.dispose());
    after(() => stage.dispose());

    async function withTopic(partitions = 1, configs: Record<string, string> = {}): Promise<string> {
      const topic = `transactions-${(made += 1)}`;
      await stage.create(topic, partitions, configs);
      return topic;
    }

    /** The offset that a group has committed, as another client sees it; '-1' for none. */
    async function committed(groupId: string, topic: string, partition = 0): Promise<string | undefined> {
      const admin = stage.kafka.admin();
      await admin.connect();
      try {
        const [found] = await admin.fetchOffsets({ groupId, topics: [topic] });
        return found?.partitions.find((one) => one.partition === partition)?.offset;
      } catch (error) {
        // Apache Kafka tells of no offsets, the embedded broker of no group.
        if (error instanceof Error && /group id was not found/.test(error.message)) return '-1';
        throw error;
      } finally {
        await admin.disconnect();
      }
    }

    it('shows the records of a transaction from the commit on, those of an aborted one never', async () => {
      const topic = await withTopic(2);
      producer.begin();
      const [first] = await write(producer, topic, ['a', 'b'], 0);
      await write(producer, topic, ['c'], 1);
      assert.equal(first!.offset, 0);
      assert.deepEqual(await readByAll(stage, topic), []);
      assert.equal((await readByAll(stage, topic, 'read_uncommitted')).length, 3);
      await producer.commit();
      assert.deepEqual((await readEnded(stage, topic)).sort(), ['a', 'b', 'c']);
      producer.begin();
      await write(producer, topic, ['d', 'e'], 1);
      await producer.abort();
      assert.deepEqual((await readEnded(stage, topic)).sort(), ['a', 'b', 'c']);
      assert.equal((await readByAll(stage, topic, 'read_uncommitted')).length, 5);
    });

    it('keeps aborted, committed and plain records apart that lie between each other', async () => {
      const topic = await withTopic();
      const expected: string[] = [];
      for (const round of range(6)) {
        const isCommitted = round % 2 === 1;
        producer.begin();
        const values = range(3).map((i) => `${isCommitted ? 'committed' : 'aborted'} ${round}.${i}`);
        await write(producer, topic, values);
        const value = `plain ${round}`;
        await stage.gateway.produce({ topic, partition: 0, key: null, value: text(value) });
        await write(producer, topic, [`${values[0]!} again`]);
        if (isCommitted) await producer.commit();
        else await producer.abort();
        if (isCommitted) expected.push(...values, value, `${values[0]!} again`);
        else expected.push(value);
      }
      assert.deepEqual(await readEnded(stage, topic), expected);
    });

    it('commits 20,000 records in three partitions as one', async () => {
      const topic = await withTopic(3);
      const all = range(20_000);
      producer.begin();
      const outcomes = all.map((i) =>
        producer.produce(
          { topic, partition: i % 3, key: null, value: text(String(i)) },
          { compression: 'lz4' },
        ),
      );
      await producer.commit();
      const produced = await Promise.all(outcomes);
      await ended(stage, topic);
      const records = await stage.reads.once({ topic, from: beginning });
      assert.equal(records.records.length, 20_000);
      const at = new Map(
        records.records.map((r) => [`${r.partition}:${r.offset}`, Buffer.from(r.value!).toString()]),
      );
      produced.forEach(({ partition, offset }, i) =>
        assert.equal(at.get(`${partition}:${offset}`), String(i)),
      );
      assert.equal((await readEnded(stage, topic)).length, 20_000);
    });

    it('ends at the last stable offset while a transaction is open', async () => {
      const topic = await withTopic();
      const plain = async (value: string): Promise<void> => {
        await stage.gateway.produce({ topic, partition: 0, key: null, value: text(value) });
      };
      await plain('before');
      producer.begin();
      await write(producer, topic, ['open']);
      await plain('behind');
      assert.deepEqual(await readByAll(stage, topic), ['before']);
      assert.deepEqual(await readByAll(stage, topic, 'read_uncommitted'), ['before', 'open', 'behind']);
      await producer.abort();
      assert.deepEqual(await readEnded(stage, topic), ['before', 'behind']);
    });

    it('fences the producer before, and voids what it has left open', async () => {
      const topic = await withTopic();
      const first = await stage.gateway.openTransactional({ transactionalId: 'fenced' });
      first.begin();
      await write(first, topic, ['of the first']);
      const second = await stage.gateway.openTransactional({ transactionalId: 'fenced' });
      const other = await stage.gateway.openTransactional({ transactionalId: 'not fenced' });
      try {
        second.begin();
        await write(second, topic, ['of the second']);
        const fenced = { code: 'PRODUCER_FENCED', message: /Another producer has taken over/ };
        await assert.rejects(write(first, topic, ['too late']), { code: 'PRODUCER_FENCED' });
        await assert.rejects(first.commit(), fenced);
        await assert.rejects(first.abort(), fenced);
        assert.throws(() => first.begin(), fenced);
        other.begin();
        await write(other, topic, ['of another']);
        await other.commit();
        await second.commit();
        assert.deepEqual(await readEnded(stage, topic), ['of the second', 'of another']);
      } finally {
        for (const one of [first, second, other]) one.dispose();
      }
    });

    it('tells a fenced producer on its commit and on its offsets as well', async () => {
      const topic = await withTopic();
      const open = (): Promise<TransactionalProducer> =>
        stage.gateway.openTransactional({ transactionalId: 'fenced later' });
      const committing = await open();
      committing.begin();
      await write(committing, topic, ['lost']);
      const sending = await open();
      await assert.rejects(committing.commit(), { code: 'PRODUCER_FENCED' });
      sending.begin();
      const last = await open();
      await assert.rejects(sending.sendOffsets('g', new Map([[topic, new Map([[0, 1]])]])), {
        code: 'PRODUCER_FENCED',
      });
      for (const one of [committing, sending, last]) one.dispose();
      assert.deepEqual(await readEnded(stage, topic), []);
    });

    it('commits offsets of a group with the transaction, and none with an aborted one', async () => {
      const topic = await withTopic(2);
      producer.begin();
      await write(producer, topic, ['x']);
      await producer.sendOffsets('readers', new Map([[topic, new Map([[0, 7], [1, 9]])]])); // prettier-ignore
      assert.equal(await committed('readers', topic), '-1');
      await producer.commit();
      assert.equal(await committed('readers', topic, 0), '7');
      assert.equal(await committed('readers', topic, 1), '9');
      producer.begin();
      await producer.sendOffsets('readers', new Map([[topic, new Map([[0, 8]])]]));
      await producer.abort();
      assert.equal(await committed('readers', topic, 0), '7');
      producer.begin();
      await producer.sendOffsets('readers', new Map([[topic, new Map([[1, 10]])]]));
      await producer.commit();
      assert.equal(await committed('readers', topic, 1), '10');
    });

    it('can only be aborted after an error, and goes on then', async () => {
      const topic = await withTopic(1, { 'max.message.bytes': '2000' });
      producer.begin();
      await write(producer, topic, ['void']);
      await assert.rejects(write(producer, topic, ['x'.repeat(3000)]), { code: 'MESSAGE_TOO_LARGE' });
      await assert.rejects(write(producer, topic, ['no']), { code: 'INVALID_TRANSACTION_STATE' });
      await assert.rejects(producer.commit(), { code: 'MESSAGE_TOO_LARGE' });
      await producer.abort();
      producer.begin();
      const missing = producer.produce({ topic: 'no-such-topic', key: null, value: text('x') });
      await assert.rejects(producer.commit(), { code: 'TOPIC_NOT_FOUND' });
      await assert.rejects(missing, { code: 'TOPIC_NOT_FOUND' });
      await producer.abort();
      producer.begin();
      await assert.rejects(producer.sendOffsets('g', new Map([[topic, new Map([[0, -5]])]])), {
        code: 'VALIDATION_ERROR',
      });
      await producer.abort();
      producer.begin();
      await write(producer, topic, ['seen']);
      await producer.commit();
      assert.deepEqual(await readEnded(stage, topic), ['seen']);
    });

    it('voids the transaction of a producer that is closed', async () => {
      const topic = await withTopic();
      const closed = await stage.gateway.openTransactional({ transactionalId: 'closed' });
      closed.begin();
      await write(closed, topic, ['void']);
      closed.dispose();
      await assert.rejects(closed.commit(), { code: 'KAFKA_CONNECTION_ERROR' });
      // The broker itself would do that only after a minute.
      producer.begin();
      await write(producer, topic, ['behind']);
      await producer.commit();
      assert.deepEqual(await readEnded(stage, topic), ['behind']);
    });

    it('refuses a timeout that the broker does not take', async () => {
      const open = stage.gateway.openTransactional({ transactionalId: 'long', transactionTimeoutMs: 1e9 });
      await assert.rejects(open, {
        code: 'INVALID_CONFIGURATION',
        message: /no transaction timeout of 1000000000 ms/,
      });
    });
  });
}
