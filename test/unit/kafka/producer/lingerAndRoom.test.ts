import assert from 'node:assert/strict';
import { createLogger } from '../../../../src/base/logger';
import { RecordProducer } from '../../../../src/kafka/producer/recordProducer';
import { errorCode } from '../../../../src/kafka/protocol/errorCodes';
import { until } from '../../../support/until';
import { FakeConnection, lost, rejectsWith } from './support/fakeConnection';

describe('RecordProducer: linger, batch size, room and epochs', () => {
  let connection: FakeConnection;
  let producer: RecordProducer;
  const record = (value: string | Buffer, partition = 0) => ({
    topic: 't',
    key: null,
    value: Buffer.from(value),
    partition,
  });
  const requests = (count: number): Promise<unknown> =>
    until(() => connection.requests.length >= count, {
      deadlineMs: 5_000,
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

  it('lets a batch linger for records that come later', async () => {
    const start = performance.now();
    const first = producer.produce(record('0'), { lingerMs: 150 });
    await until(() => performance.now() - start > 50, { deadlineMs: 2_000, what: '50 ms', everyMs: 5 });
    const second = producer.produce(record('1'), { lingerMs: 5_000 });
    await Promise.all([first, second]);
    assert.ok(performance.now() - start >= 145, 'it was sent too early');
    assert.deepEqual(
      connection.batches.map(({ count }) => count),
      [2],
    );
  });

  it('sends at once what is full, what somebody who does not linger joins, and what is flushed', async () => {
    const lingering = { lingerMs: 60_000, batchBytes: 1024 };
    const full = Array.from({ length: 3 }, () => producer.produce(record(Buffer.alloc(600)), lingering));
    await Promise.all(full.slice(0, 2));
    assert.equal(connection.requests.length, 2);
    await Promise.all([producer.produce(record('now')), full[2]]);
    const left = producer.produce(record('left'), lingering);
    await producer.flush();
    await left;
  });

  it('keeps no timer when nothing lingers any more', async () => {
    const timers = (): number =>
      process.getActiveResourcesInfo().filter((resource) => resource === 'Timeout').length;
    await producer.produce(record('first'));
    const before = timers();
    const left = producer.produce(record('left'), { lingerMs: 60_000 });
    await until(() => timers() >= before + 2, { deadlineMs: 2_000, what: 'both timers', everyMs: 1 });
    await producer.flush();
    await left;
    await until(() => timers() <= before, { deadlineMs: 2_000, what: 'no timer', everyMs: 1 });
  });

  it('lets nothing linger that waits for its partition when it is flushed', async () => {
    let release!: () => void;
    connection.metadataHold = new Promise((resolve) => (release = resolve));
    const start = performance.now();
    const sent = producer.produce(record('a'), { lingerMs: 5_000 });
    const flushed = producer.flush();
    release();
    await Promise.all([flushed, sent]);
    assert.ok(performance.now() - start < 2_500, 'it lingered');
  });

  it('keeps the order where a record fails for its partition and makes room for another', async () => {
    let release!: () => void;
    connection.metadataHold = new Promise((resolve) => (release = resolve));
    const large = Buffer.alloc(40 * 1024 * 1024);
    const failing = producer.produce(record(large, 99));
    const second = producer.produce(record('second'));
    const third = producer.produce({ ...record('third'), headers: [{ key: 'h', value: large }] });
    release();
    await rejectsWith(failing, 'PARTITION_NOT_FOUND');
    await Promise.all([second, third]);
    assert.deepEqual(connection.log('t', 0).values, ['second', 'third']);
  }).timeout(20_000);

  it('keeps batches to the size asked for, and a larger record alone', async () => {
    const sizes = [400, 400, 400, 3_000, 400];
    await Promise.all(
      sizes.map((size) => producer.produce(record(Buffer.alloc(size)), { batchBytes: 1024 })),
    );
    assert.deepEqual(
      connection.batches.map(({ count }) => count),
      [2, 1, 1, 1],
    );
  });

  for (const compression of ['gzip', 'zstd'] as const) {
    it(`compresses ${compression} of large records aside, once each, and in order`, async () => {
      const values = ['a', 'b', 'c'].map((letter) => letter.repeat(500_000));
      await Promise.all(values.map((value) => producer.produce(record(value), { compression })));
      assert.deepEqual(connection.log('t', 0).values, values);
      for (const { bytes } of connection.batches) assert.ok(bytes.length < 5_000, `${bytes.length} bytes`);
    });
  }

  it('makes calls wait for room beyond 64 MiB, in order, and fail unsent when their time is up', async () => {
    let release!: () => void;
    connection.hold = new Promise((resolve) => (release = resolve));
    const large = Buffer.alloc(15 * 1024 * 1024);
    const inside = Array.from({ length: 4 }, () => producer.produce(record(large)));
    await requests(1);
    const late = producer.produce(record(large, 1), { timeoutMs: 60 });
    await assert.rejects(late, { code: 'TIMEOUT', message: /could not be sent within 60 ms: .*bytes wait/ });
    const abort = new AbortController();
    const withdrawn = producer.produce(record(large, 1), {}, abort.signal);
    const waiting = producer.produce(record('waits', 1));
    abort.abort();
    await rejectsWith(withdrawn, 'CANCELLED');
    connection.hold = undefined;
    release();
    await Promise.all([...inside, waiting]);
    assert.deepEqual(connection.log('t', 1).values, ['waits']);
  }).timeout(20_000);

  it('raises the epoch where an outcome is unknown; other partitions follow with their next batch', async () => {
    await Promise.all([producer.produce(record('a', 0)), producer.produce(record('b', 1))]);
    connection.reply = () => 'lose answer';
    await rejectsWith(producer.produce(record('c', 0), { timeoutMs: 60 }), 'PRODUCE_OUTCOME_UNKNOWN');
    connection.reply = () => ({});
    await Promise.all([producer.produce(record('d', 0)), producer.produce(record('e', 1))]);
    assert.deepEqual(
      connection.batches.slice(-2).map(({ producerId, epoch, sequence }) => [producerId, epoch, sequence]),
      [
        [1n, 1, 0],
        [1n, 1, 0],
      ],
    );
    assert.equal(connection.ids, 1n);
  });

  it('asks for another id where the broker refuses the raised epoch, from then on each time', async () => {
    const loseOne = async (): Promise<void> => {
      connection.reply = () => lost();
      await rejectsWith(producer.produce(record('x'), { timeoutMs: 60 }), 'PRODUCE_OUTCOME_UNKNOWN');
      connection.reply = ({ epoch }) => (epoch > 0 ? { errorCode: errorCode.INVALID_PRODUCER_EPOCH } : {});
    };
    await loseOne();
    await producer.produce(record('y'));
    assert.equal(connection.ids, 2n);
    await loseOne();
    const { length } = connection.batches;
    await producer.produce(record('z'));
    assert.deepEqual(
      connection.batches.slice(length).map(({ producerId, epoch }) => [producerId, epoch]),
      [[3n, 0]],
    );
  });
});
