import assert from 'node:assert/strict';
import { createLogger } from '../../../../src/base/logger';
import { errorCode } from '../../../../src/kafka/protocol/errorCodes';
import { TransactionalProducer } from '../../../../src/kafka/transactions/transactionalProducer';
import { until } from '../../../support/until';
import { FakeBroker } from './support/fakeBroker';

const logger = createLogger(() => {});

describe('TransactionalProducer, when a transaction ends while something of it is on its way', () => {
  let broker: FakeBroker;
  let producer: TransactionalProducer;

  beforeEach(async () => {
    broker = new FakeBroker();
    producer = await TransactionalProducer.on(broker, { transactionalId: 'id' }, logger);
    broker.calls.length = 0;
  });

  afterEach(() => producer.dispose());

  const write = (value: string, signal?: AbortSignal): Promise<unknown> =>
    producer.produce({ topic: 't', partition: 0, key: null, value: Buffer.from(value) }, {}, signal);
  const called = (api: string, times = 1): Promise<unknown> =>
    until(() => broker.calls.filter((name) => name === api).length >= times, {
      deadlineMs: 2_000,
      what: `${times} ${api}`,
      everyMs: 1,
    });
  const closed = (): Promise<unknown> =>
    until(() => broker.isDisposed, { deadlineMs: 10_000, what: 'the end of the connection', everyMs: 1 });

  it('goes on after an abort that came while the coordinator was asked to admit a partition', async () => {
    const { CONCURRENT_TRANSACTIONS } = errorCode;
    broker.fault = (api) => (api === 'AddPartitionsToTxn' ? CONCURRENT_TRANSACTIONS : undefined);
    producer.begin();
    const withdrawal = new AbortController();
    const withdrawn = write('x', withdrawal.signal);
    await called('AddPartitionsToTxn', 2);
    withdrawal.abort();
    await assert.rejects(withdrawn, { code: 'CANCELLED' });
    await producer.abort();
    broker.fault = () => undefined;
    const asked = broker.calls.filter((name) => name === 'AddPartitionsToTxn').length;
    producer.begin();
    await write('a');
    await producer.commit();
    assert.deepEqual(broker.visible(0), ['a']);
    assert.equal(broker.calls.filter((name) => name === 'AddPartitionsToTxn').length, asked + 1);
  });

  it('raises the epoch when it is closed with a record on its way, so that this one can not come late', async () => {
    producer.begin();
    await write('a');
    const { epoch } = broker;
    broker.fault = (api) => (api === 'Produce' ? 'arrives late' : undefined);
    const late = write('late');
    late.catch(() => {});
    await called('Produce', 2);
    producer.dispose();
    await assert.rejects(late);
    await closed();
    assert.equal(broker.calls.includes('abort'), false);
    assert.ok(broker.epoch > epoch, 'the epoch is the same');
    broker.deliverLate();
    broker.takeOver();
    assert.deepEqual(broker.visible(0), []);
  });

  it('is aborted when it is closed in a commit of which the coordinator was not told yet', async () => {
    producer.begin();
    broker.fault = (api) => (api === 'Produce' ? 'arrives late' : undefined);
    const sent = write('a');
    sent.catch(() => {});
    await called('Produce');
    const commit = producer.commit();
    producer.dispose();
    await assert.rejects(commit, { code: 'KAFKA_CONNECTION_ERROR' });
    await assert.rejects(sent);
    await closed();
    assert.equal(broker.calls.includes('commit'), false);
    assert.ok(broker.calls.includes('InitProducerId'));
  });

  it('does not say that a commit has arrived where the coordinator has forgotten the id', async () => {
    producer.begin();
    await write('a');
    broker.fault = (api) => (api === 'commit' ? 'never arrives' : undefined);
    const unknown = { code: 'TRANSACTION_OUTCOME_UNKNOWN' };
    await assert.rejects(producer.commit(AbortSignal.timeout(50)), unknown);
    broker.forget();
    broker.fault = (api) => (api === 'abort' ? errorCode.INVALID_PRODUCER_ID_MAPPING : undefined);
    await assert.rejects(producer.abort(), unknown);
    producer.begin();
    await producer.commit();
  });
});
