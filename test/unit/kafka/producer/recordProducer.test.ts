import assert from 'node:assert/strict';
import { setImmediate as turn } from 'node:timers/promises';
import { createLogger } from '../../../../src/base/logger';
import { RecordProducer } from '../../../../src/kafka/producer/recordProducer';
import { errorCode } from '../../../../src/kafka/protocol/errorCodes';
import { until } from '../../../support/until';
import { FakeConnection, lost, refused, rejectsWith } from './support/fakeConnection';

describe('RecordProducer', () => {
  let connection: FakeConnection;
  let producer: RecordProducer;
  const record = (value: string, partition = 0) => ({
    topic: 't',
    key: null,
    value: Buffer.from(value),
    partition,
  });

  beforeEach(() => {
    connection = new FakeConnection();
    producer = new RecordProducer(
      connection,
      createLogger(() => {}),
      { now: () => 1_700_000_000_000 },
    );
  });

  afterEach(() => producer.dispose());

  it('puts what arrives in one turn into one request per broker', async () => {
    connection.topics.set(
      't',
      new Map([
        [0, 1],
        [1, 2],
        [2, 1],
      ]),
    );
    const sent = Array.from({ length: 30 }, (_, i) => producer.produce(record(String(i), i % 3)));
    const produced = await Promise.all(sent);
    assert.deepEqual(
      connection.requests.map(({ leader, batches }) => [leader, batches.length]),
      [
        [1, 2],
        [2, 1],
      ],
    );
    assert.deepEqual(
      produced.slice(0, 4).map(({ partition, offset }) => [partition, offset]),
      [
        [0, 0],
        [1, 0],
        [2, 0],
        [0, 1],
      ],
    );
    assert.equal(produced[0]!.timestamp, 1_700_000_000_000);
  });

  it('collects what comes while a request is in flight, and counts its sequence on', async () => {
    let release!: () => void;
    connection.hold = new Promise((resolve) => (release = resolve));
    const first = producer.produce(record('0'));
    await until(() => connection.requests.length === 1, {
      deadlineMs: 2000,
      what: 'the first request',
      everyMs: 1,
    });
    const rest: Promise<unknown>[] = [];
    for (let i = 1; i < 10; i++) {
      rest.push(producer.produce(record(String(i))));
      await turn();
    }
    assert.equal(connection.requests.length, 1);
    release();
    await Promise.all([first, ...rest]);
    assert.deepEqual(
      connection.batches.map(({ sequence, count }) => [sequence, count]),
      [
        [0, 1],
        [1, 9],
      ],
    );
  });

  it('repeats exactly the same bytes until it has an answer', async () => {
    connection.reply = (_, request) =>
      request === 1 ? lost() : request === 2 ? { errorCode: errorCode.NOT_LEADER_OR_FOLLOWER } : {};
    const { offset } = await producer.produce(record('x'));
    assert.equal(offset, 0);
    assert.equal(connection.batches.length, 3);
    for (const { bytes } of connection.batches) assert.ok(bytes.equals(connection.batches[0]!.bytes));
  });

  it('takes DUPLICATE_SEQUENCE_NUMBER for what it is: written', async () => {
    connection.reply = (_, request) =>
      request === 1 ? lost() : { errorCode: errorCode.DUPLICATE_SEQUENCE_NUMBER, baseOffset: 41 };
    assert.equal((await producer.produce(record('x'))).offset, 41);
  });

  it('follows a leader that moves', async () => {
    connection.reply = (_, request) => {
      connection.topics.set('t', new Map([[0, 7]]));
      return request === 1 ? { errorCode: errorCode.NOT_LEADER_OR_FOLLOWER } : {};
    };
    await producer.produce(record('x'));
    assert.deepEqual(
      connection.requests.map(({ leader }) => leader),
      [1, 7],
    );
  });

  it('uses the sequence numbers of a refused batch for the next one', async () => {
    connection.reply = (_, request) => (request === 1 ? { errorCode: errorCode.MESSAGE_TOO_LARGE } : {});
    await rejectsWith(producer.produce(record('x')), 'MESSAGE_TOO_LARGE');
    await producer.produce(record('y'));
    assert.deepEqual(
      connection.batches.map(({ sequence, producerId }) => [sequence, producerId]),
      [
        [0, 1n],
        [0, 1n],
      ],
    );
  });

  it('gets another producer id when the broker lost the sequence, and sends the same records again', async () => {
    connection.reply = ({ producerId }) =>
      producerId === 1n ? { errorCode: errorCode.UNKNOWN_PRODUCER_ID } : {};
    await producer.produce(record('x'));
    assert.deepEqual(
      connection.batches.map(({ sequence, producerId }) => [sequence, producerId]),
      [
        [0, 1n],
        [0, 2n],
      ],
    );
  });

  it('says that the outcome is unknown when a lost batch comes back out of order, and goes on under the next epoch', async () => {
    connection.reply = (_, request) =>
      request === 1 ? lost() : request === 2 ? { errorCode: errorCode.OUT_OF_ORDER_SEQUENCE_NUMBER } : {};
    await rejectsWith(producer.produce(record('x')), 'PRODUCE_OUTCOME_UNKNOWN');
    await producer.produce(record('y'));
    const { producerId, epoch, sequence } = connection.batches[2]!;
    assert.deepEqual([producerId, epoch, sequence], [1n, 1, 0]);
  });

  it('repeats nothing that is not idempotent once it may be written', async () => {
    connection.reply = (_, request) => (request === 1 ? lost() : {});
    await rejectsWith(producer.produce(record('x'), { acks: 1 }), 'PRODUCE_OUTCOME_UNKNOWN');
    assert.equal(connection.batches[0]!.producerId, -1n);
    await producer.produce(record('y'), { acks: 1 });
    assert.equal(connection.requests.length, 2);
  });

  it('repeats what surely was not sent, idempotent or not', async () => {
    connection.reply = (_, request) => (request < 3 ? refused() : {});
    await producer.produce(record('x'), { acks: 1 });
    assert.equal(connection.requests.length, 3);
  });

  it('tells apart, at its deadline, what was sent, what was refused and what never left', async () => {
    connection.reply = () => lost();
    await rejectsWith(producer.produce(record('x'), { timeoutMs: 60 }), 'PRODUCE_OUTCOME_UNKNOWN');
    connection.reply = () => ({ errorCode: errorCode.NOT_ENOUGH_REPLICAS });
    await rejectsWith(producer.produce(record('x', 1), { timeoutMs: 60 }), 'NOT_ENOUGH_REPLICAS');
    connection.metadataErrors = Array.from({ length: 50 }, lost);
    await rejectsWith(producer.produce({ ...record('x'), topic: 'u' }, { timeoutMs: 60 }), 'TIMEOUT');
  });

  it('keeps order when records wait for Metadata, and for those that come later', async () => {
    connection.metadataErrors = [lost()];
    const first = producer.produce(record('0'));
    await turn();
    const later = ['1', '2', '3'].map((value) => producer.produce(record(value)));
    const offsets = (await Promise.all([first, ...later])).map(({ offset }) => offset);
    assert.deepEqual(offsets, [0, 1, 2, 3]);
  });

  it('refuses unknown topics, partitions and options at once', async () => {
    await rejectsWith(producer.produce({ ...record('x'), topic: 'typo' }), 'TOPIC_NOT_FOUND');
    await rejectsWith(producer.produce(record('x', 2)), 'PARTITION_NOT_FOUND');
    await rejectsWith(producer.produce(record('x', -1)), 'VALIDATION_ERROR');
    await rejectsWith(producer.produce({ ...record('x'), timestamp: 1.5 }), 'VALIDATION_ERROR');
    await rejectsWith(producer.produce(record('x'), { acks: 0, idempotent: true }), 'VALIDATION_ERROR');
    await rejectsWith(producer.produce(record('x'), { timeoutMs: 0 }), 'VALIDATION_ERROR');
    await rejectsWith(producer.produce(record('x'), {}, AbortSignal.abort()), 'CANCELLED');
    assert.equal(connection.requests.length, 0);
  });

  it('fails records whose topic was deleted meanwhile', async () => {
    await producer.produce(record('x'));
    connection.topics.set('t', new Map([[0, 1]]));
    connection.reply = ({ partition }) =>
      partition === 1 ? { errorCode: errorCode.UNKNOWN_TOPIC_OR_PARTITION } : {};
    await rejectsWith(producer.produce(record('y', 1)), 'PARTITION_NOT_FOUND');
    connection.topics.clear();
    connection.reply = () => ({ errorCode: errorCode.UNKNOWN_TOPIC_OR_PARTITION });
    await rejectsWith(producer.produce(record('z')), 'TOPIC_NOT_FOUND');
  }).timeout(10_000);

  it('ends with CANCELLED when it is disposed, and takes nothing more', async () => {
    let release!: () => void;
    connection.hold = new Promise((resolve) => (release = resolve));
    const sent = producer.produce(record('sent'));
    await until(() => connection.requests.length === 1, {
      deadlineMs: 2000,
      what: 'the request',
      everyMs: 1,
    });
    const unsent = producer.produce(record('unsent'));
    const checks = [
      assert.rejects(sent, /may have been written/),
      assert.rejects(unsent, /withdrawn before it was sent/),
    ];
    producer.dispose();
    await Promise.all(checks);
    await rejectsWith(producer.produce(record('late')), 'KAFKA_CONNECTION_ERROR');
    release();
    await producer.flush();
  });

  it('flushes: waits for every record that is on its way', async () => {
    connection.reply = (_, request) => (request === 1 ? lost() : {});
    let done = false;
    const sent = producer.produce(record('x')).then(() => (done = true));
    await producer.flush();
    await sent;
    assert.ok(done);
    assert.equal(connection.requests.length, 2);
  });
});
