import assert from 'node:assert/strict';
import { setTimeout as delay } from 'node:timers/promises';
import { createLogger } from '../../../../src/base/logger';
import { partitionForKey } from '../../../../src/kafka/producer/partitioner';
import { RecordProducer } from '../../../../src/kafka/producer/recordProducer';
import { errorCode } from '../../../../src/kafka/protocol/errorCodes';
import { until } from '../../../support/until';
import { FakeConnection, forbidden, leaders, lost, rejectsWith } from './support/fakeConnection';

describe('RecordProducer, when things go wrong', () => {
  let connection: FakeConnection;
  let producer: RecordProducer;
  const record = (value: string, partition = 0) => ({
    topic: 't',
    key: null,
    value: Buffer.from(value),
    partition,
  });
  const requests = (count: number): Promise<unknown> =>
    until(() => connection.requests.length >= count, {
      deadlineMs: 2_000,
      what: `${count} requests`,
      everyMs: 1,
    });

  beforeEach(() => {
    connection = new FakeConnection();
    producer = new RecordProducer(
      connection,
      createLogger(() => {}),
    );
  });

  afterEach(() => producer.dispose());

  describe('sequence numbers', () => {
    /** Makes the producer ask for the leaders, and get an error that is final. */
    async function failMetadata(): Promise<void> {
      connection.metadataErrors = [forbidden()];
      connection.reply = () => ({ errorCode: errorCode.NOT_ENOUGH_REPLICAS });
      await rejectsWith(producer.produce(record('refused')), 'KAFKA_AUTHORIZATION_FAILED');
      connection.reply = () => ({});
    }

    it('go on after a final error of Metadata: the next record is no repetition of the first', async () => {
      await producer.produce(record('first'));
      await failMetadata();
      const { offset } = await producer.produce(record('second'));
      assert.equal(offset, 1);
      assert.deepEqual(connection.log('t', 0).values, ['first', 'second']);
      assert.equal(connection.batches.at(-1)!.sequence, 1);
    });

    it('go on where the topic was gone for a while, and where it was made anew', async () => {
      await producer.produce(record('first'));
      const found = connection.topics.get('t')!;
      connection.topics.clear();
      producer.forget('t');
      await rejectsWith(producer.produce(record('meanwhile')), 'TOPIC_NOT_FOUND');
      connection.topics.set('t', found);
      assert.equal((await producer.produce(record('second'))).offset, 1);
      connection.deleteTopic('t');
      producer.forget('t');
      await rejectsWith(producer.produce(record('meanwhile')), 'TOPIC_NOT_FOUND');
      connection.topics.set('t', found);
      assert.equal((await producer.produce(record('third'))).offset, 0);
      assert.equal((await producer.produce(record('fourth'))).offset, 1);
      assert.deepEqual(connection.log('t', 0).values, ['third', 'fourth']);
    });

    it('begin anew under the next epoch where the final error left open what was written', async () => {
      await producer.produce(record('first'));
      connection.metadataErrors = [forbidden()];
      connection.reply = () => 'lose answer';
      await rejectsWith(producer.produce(record('second')), 'PRODUCE_OUTCOME_UNKNOWN');
      connection.reply = () => ({});
      assert.equal((await producer.produce(record('third'))).offset, 2);
      const { producerId, epoch, sequence } = connection.batches.at(-1)!;
      assert.deepEqual([producerId, epoch, sequence], [1n, 1, 0]);
    });
  });

  describe('withdrawn records', () => {
    it('are left out of a refused batch that goes again', async () => {
      const abort = new AbortController();
      connection.reply = (_, request) => (request === 1 ? { errorCode: errorCode.NOT_ENOUGH_REPLICAS } : {});
      const kept = [producer.produce(record('a')), producer.produce(record('b'))];
      const withdrawn = producer.produce(record('x'), {}, abort.signal);
      kept.push(producer.produce(record('c')));
      await requests(1);
      // The refusal has arrived once Metadata is asked again.
      await until(() => connection.metadataCalls === 2, { deadlineMs: 2_000, what: 'Metadata', everyMs: 1 });
      abort.abort();
      await assert.rejects(withdrawn, /withdrawn before it was sent/);
      const offsets = (await Promise.all(kept)).map(({ offset }) => offset);
      assert.deepEqual(offsets, [0, 1, 2]);
      await producer.produce(record('d'));
      assert.deepEqual(connection.log('t', 0).values, ['a', 'b', 'c', 'd']);
      assert.equal(connection.ids, 1n);
    });

    it('are left out where their time is up before the batch goes again', async () => {
      connection.reply = (_, request) => (request <= 4 ? { errorCode: errorCode.NOT_ENOUGH_REPLICAS } : {});
      const kept = producer.produce(record('kept'));
      await rejectsWith(producer.produce(record('late'), { timeoutMs: 60 }), 'NOT_ENOUGH_REPLICAS');
      await kept;
      assert.deepEqual(connection.log('t', 0).values, ['kept']);
    });

    it('stay in a batch that may be written: only the same bytes can be told from new ones', async () => {
      const abort = new AbortController();
      connection.reply = (_, request) => (request === 1 ? 'lose answer' : {});
      const kept = producer.produce(record('a'));
      const withdrawn = producer.produce(record('b'), {}, abort.signal);
      await until(() => connection.metadataCalls === 2, { deadlineMs: 2_000, what: 'Metadata', everyMs: 1 });
      abort.abort();
      await assert.rejects(withdrawn, /may have been written/);
      assert.equal((await kept).offset, 0);
      assert.deepEqual(connection.log('t', 0).values, ['a', 'b']);
    });
  });

  describe('partitions', () => {
    const keyed = (i: number) => ({ topic: 't', key: Buffer.from(`k${i}`), value: Buffer.from('v') });

    it('are asked for again after forget(), also where an older question is still open', async () => {
      connection.topics.set('t', leaders(1));
      await producer.produce(keyed(0));
      let release!: () => void;
      connection.metadataHold = new Promise((resolve) => (release = resolve));
      producer.forget('t');
      const early = producer.produce(keyed(1));
      await until(() => connection.metadataCalls === 2, { deadlineMs: 2_000, what: 'Metadata', everyMs: 1 });
      connection.topics.set('t', leaders(10));
      producer.forget('t');
      release();
      await early;
      const keys = Array.from({ length: 50 }, (_, i) => i);
      const produced = await Promise.all(keys.map((i) => producer.produce(keyed(i))));
      assert.deepEqual(
        produced.map(({ partition }) => partition),
        keys.map((i) => partitionForKey(Buffer.from(`k${i}`), 10)),
      );
    });

    it('are asked for again after some minutes, while records go on by what is known', async () => {
      await producer.produce(keyed(0));
      const now = performance.now.bind(performance);
      performance.now = () => now() + 300_001;
      try {
        connection.topics.set('t', leaders(10));
        await producer.produce(keyed(0));
        await until(() => connection.metadataCalls === 2, { deadlineMs: 2_000, what: 'Metadata' });
        assert.equal((await producer.produce(keyed(3))).partition, partitionForKey(Buffer.from('k3'), 10));
      } finally {
        Reflect.deleteProperty(performance, 'now');
      }
    });
  });

  describe("the caller's signal", () => {
    it('tells a timeout from a cancellation', async () => {
      let release!: () => void;
      connection.hold = new Promise((resolve) => (release = resolve));
      const sent = producer.produce(record('sent'), {}, AbortSignal.timeout(30));
      await requests(1);
      const unsent = producer.produce(record('unsent'), {}, AbortSignal.timeout(10));
      await Promise.all([rejectsWith(sent, 'PRODUCE_OUTCOME_UNKNOWN'), rejectsWith(unsent, 'TIMEOUT')]);
      release();
      const late = AbortSignal.timeout(1);
      await delay(5);
      await rejectsWith(producer.produce(record('late'), {}, late), 'TIMEOUT');
      await producer.produce(record('after'));
      assert.deepEqual(connection.log('t', 0).values, ['sent', 'after']);
    });

    it('has one listener however many records share it, and none when they are done', async () => {
      const { signal } = new AbortController();
      let listeners = 0;
      const add = signal.addEventListener.bind(signal);
      const remove = signal.removeEventListener.bind(signal);
      signal.addEventListener = (...args: Parameters<typeof add>) => {
        listeners++;
        add(...args);
      };
      signal.removeEventListener = (...args: Parameters<typeof remove>) => {
        listeners--;
        remove(...args);
      };
      connection.reply = (_, request) => (request === 1 ? lost() : {});
      const sent = Array.from({ length: 100 }, (_, i) => producer.produce(record(String(i)), {}, signal));
      assert.equal(listeners, 1);
      await Promise.all(sent);
      assert.equal(listeners, 0);
    });
  });
});
