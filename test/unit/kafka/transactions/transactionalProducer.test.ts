import assert from 'node:assert/strict';
import { createLogger } from '../../../../src/base/logger';
import { errorCode } from '../../../../src/kafka/protocol/errorCodes';
import { TransactionalProducer } from '../../../../src/kafka/transactions/transactionalProducer';
import { FakeBroker } from './support/fakeBroker';

const logger = createLogger(() => {});

describe('TransactionalProducer', () => {
  let broker: FakeBroker;
  let producer: TransactionalProducer;

  const open = (): Promise<TransactionalProducer> =>
    TransactionalProducer.on(broker, { transactionalId: 'id' }, logger);

  beforeEach(async () => {
    broker = new FakeBroker();
    producer = await open();
    broker.calls.length = 0;
  });

  afterEach(() => producer.dispose());

  const write = (value: string, partition = 0, timeoutMs = 30_000): Promise<unknown> =>
    producer.produce({ topic: 't', partition, key: null, value: Buffer.from(value) }, { timeoutMs });
  const offsets = (offset: number): ReadonlyMap<string, ReadonlyMap<number, number>> =>
    new Map([['t', new Map([[0, offset]])]]);

  /** One fault at the first request of that API from now on. */
  function once(api: string, fault: ReturnType<FakeBroker['fault']>): void {
    let isDue = true;
    broker.fault = (name) => {
      if (name !== api || !isDue) return undefined;
      isDue = false;
      return fault;
    };
  }

  it('adds the partitions of a transaction once, in one request, before anything is written to them', async () => {
    producer.begin();
    await Promise.all([write('a', 0), write('b', 1), write('c', 0)]);
    await write('d', 1);
    await producer.commit();
    assert.deepEqual(broker.calls, ['AddPartitionsToTxn', 'Produce', 'Produce', 'commit']);
    assert.deepEqual([broker.visible(0), broker.visible(1)], [['a', 'c'], ['b', 'd']]); // prettier-ignore
  });

  it('tells nobody of a transaction in which nothing was done', async () => {
    producer.begin();
    await producer.commit();
    producer.begin();
    await producer.abort();
    assert.deepEqual(broker.calls, []);
  });

  it('commits what was begun before, also where nobody has waited for it', async () => {
    producer.begin();
    const sent = [write('a'), write('b', 1), producer.sendOffsets('g', offsets(5))];
    await producer.commit();
    await Promise.all(sent);
    assert.deepEqual([broker.visible(0), broker.visible(1), broker.offsets.get(0)], [['a'], ['b'], 5]);
  });

  it('does only what is possible in a state', async () => {
    const wrong = { code: 'INVALID_TRANSACTION_STATE' };
    await assert.rejects(write('a'), wrong);
    await assert.rejects(producer.commit(), wrong);
    await assert.rejects(producer.abort(), wrong);
    await assert.rejects(producer.sendOffsets('g', offsets(1)), wrong);
    producer.begin();
    assert.throws(() => producer.begin(), wrong);
    const sent = write('a');
    const commit = producer.commit();
    await assert.rejects(write('b'), wrong);
    await assert.rejects(producer.commit(), wrong);
    await assert.rejects(producer.abort(), wrong);
    await commit;
    await sent;
    assert.deepEqual(broker.visible(0), ['a']);
  });

  for (const code of [
    'CONCURRENT_TRANSACTIONS',
    'COORDINATOR_LOAD_IN_PROGRESS',
    'NOT_COORDINATOR',
  ] as const) {
    it(`asks again after ${code}`, async () => {
      for (const api of ['AddPartitionsToTxn', 'AddOffsetsToTxn', 'TxnOffsetCommit', 'commit']) {
        once(api, errorCode[code]);
        producer.begin();
        await Promise.all([write(api), producer.sendOffsets('g', offsets(3))]);
        await producer.commit();
        assert.equal(broker.calls.filter((name) => name === api).length > 1, true, api);
      }
      assert.equal(broker.visible(0).length, 4);
      assert.equal(broker.calls.includes('InitProducerId'), false, 'nothing was lost');
      const isMove = code === 'NOT_COORDINATOR';
      assert.equal(broker.calls.filter((name) => name === 'FindCoordinator').length, isMove ? 5 : 1);
    });
  }

  it('begins the next transaction under another epoch after an answer was lost', async () => {
    once('commit', 'arrives late');
    producer.begin();
    await write('a');
    await producer.commit();
    assert.deepEqual(broker.calls.slice(-4), ['commit', 'FindCoordinator', 'commit', 'InitProducerId']);
    producer.begin();
    await write('b');
    // The first commit, which has been on its way all the time, must not end the second transaction.
    broker.deliverLate();
    assert.deepEqual(broker.visible(0), ['a']);
    await producer.abort();
    assert.deepEqual(broker.visible(0), ['a']);
    assert.equal(broker.epoch, 1);
  });

  it('begins sequence numbers anew after a batch whose outcome is unknown', async () => {
    producer.begin();
    await write('a');
    await producer.commit();
    producer.begin();
    broker.fault = (api) => (api === 'Produce' ? 'lose answer' : undefined);
    await assert.rejects(write('b', 0, 100), { code: 'PRODUCE_OUTCOME_UNKNOWN' });
    broker.fault = () => undefined;
    await assert.rejects(producer.commit(), { code: 'PRODUCE_OUTCOME_UNKNOWN' });
    await producer.abort();
    assert.equal(broker.epoch, 1);
    producer.begin();
    await write('c');
    await producer.commit();
    assert.deepEqual(broker.visible(0), ['a', 'c']);
  });

  it('can be aborted after an error of the broker, and goes on', async () => {
    for (const api of ['AddPartitionsToTxn', 'Produce', 'AddOffsetsToTxn', 'TxnOffsetCommit', 'commit']) {
      once(api, errorCode.TOPIC_AUTHORIZATION_FAILED);
      producer.begin();
      const work = Promise.allSettled([write('void'), producer.sendOffsets('g', offsets(3))]);
      await assert.rejects(producer.commit(), { code: 'KAFKA_AUTHORIZATION_FAILED' }, api);
      await work;
      await assert.rejects(write('x'), { code: 'INVALID_TRANSACTION_STATE' });
      await producer.abort();
    }
    producer.begin();
    await write('seen');
    await producer.commit();
    assert.deepEqual([broker.visible(0), broker.offsets.size], [['seen'], 0]);
  });

  it('ends for good when it is fenced, whatever tells it', async () => {
    const steps = [
      () => write('x'),
      () => write('x', 1),
      () => producer.sendOffsets('g', offsets(1)),
      () => producer.commit(),
      () => producer.abort(),
    ];
    for (const step of steps) {
      producer.dispose();
      producer = await open();
      producer.begin();
      await write('void');
      broker.takeOver();
      await assert.rejects(step(), { code: 'PRODUCER_FENCED' });
      await assert.rejects(producer.abort(), { code: 'PRODUCER_FENCED' });
      assert.throws(() => producer.begin(), { code: 'PRODUCER_FENCED' });
    }
    assert.deepEqual(broker.visible(0), []);
  });

  it('does not say that a commit failed where it was lost before another producer took over', async () => {
    producer.begin();
    await write('a');
    once('commit', 'lose answer');
    const commit = producer.commit();
    await Promise.resolve();
    const fault = broker.fault;
    broker.fault = (api, request) => {
      const found = fault(api, request);
      if (found === 'lose answer') setImmediate(() => broker.takeOver());
      return found;
    };
    await assert.rejects(commit, { code: 'TRANSACTION_OUTCOME_UNKNOWN' });
    assert.deepEqual(broker.visible(0), ['a']);
    assert.throws(() => producer.begin(), { code: 'PRODUCER_FENCED' });
  });

  it('can begin again where the coordinator knows of no open transaction', async () => {
    for (const end of ['commit', 'abort'] as const) {
      producer.begin();
      await write('void');
      broker.forget();
      if (end === 'commit') await assert.rejects(producer.commit(), { code: 'INVALID_TRANSACTION_STATE' });
      await producer.abort();
      assert.equal(broker.calls.at(-1), 'InitProducerId');
    }
    producer.begin();
    await write('seen');
    await producer.commit();
    assert.deepEqual(broker.visible(0), ['seen']);
  });

  it('stays open where the coordinator could not be told of the commit', async () => {
    producer.begin();
    await write('a');
    broker.fault = (api) => (api === 'commit' ? errorCode.COORDINATOR_NOT_AVAILABLE : undefined);
    await assert.rejects(producer.commit(AbortSignal.timeout(100)), { code: 'TIMEOUT' });
    broker.fault = () => undefined;
    await producer.commit();
    assert.deepEqual(broker.visible(0), ['a']);
  });

  it('aborts what is open when it is closed, then closes its connection', async () => {
    producer.begin();
    await write('a');
    producer.dispose();
    await assert.rejects(write('b'), { code: 'KAFKA_CONNECTION_ERROR' });
    for (let turn = 0; turn < 100 && !broker.isDisposed; turn++) await new Promise(setImmediate);
    assert.ok(broker.isDisposed);
    assert.equal(broker.calls.at(-1), 'abort');
  });

  it('refuses what is no transactional id or timeout, and records without acknowledgement', async () => {
    const invalid = { code: 'VALIDATION_ERROR' };
    for (const options of [{ transactionalId: '' }, { transactionalId: 'a', transactionTimeoutMs: 0.5 }]) {
      await assert.rejects(TransactionalProducer.open({ bootstrap: [] }, options, logger), invalid);
    }
    producer.begin();
    const record = { topic: 't', key: null, value: null };
    await assert.rejects(producer.produce(record, { acks: 0 }), invalid);
    await assert.rejects(producer.produce(record, { idempotent: false }), invalid);
    await assert.rejects(producer.produce(record, { timeoutMs: 0 }), invalid);
    await assert.rejects(producer.produce({ ...record, partition: -1 }), invalid);
    await assert.rejects(producer.sendOffsets('', offsets(1)), invalid);
    const large = { ...record, value: Buffer.alloc(100 * 1024 * 1024) };
    await assert.rejects(producer.produce(large), { code: 'MESSAGE_TOO_LARGE' });
    // The transaction has not noticed.
    await write('a');
    await producer.commit();
    assert.deepEqual(broker.visible(0), ['a']);
    assert.equal(broker.calls.includes('InitProducerId'), false);
  });
});
