import assert from 'node:assert/strict';
import { createLogger } from '../../src/base/logger';
import { KafkaManagerError } from '../../src/contract/errors';
import { KafkaConnection } from '../../src/kafka/connection';
import { RecordProducer } from '../../src/kafka/producer/recordProducer';
import { canCompress } from '../../src/kafka/records/codecs';
import { FetchSource } from '../../src/kafka/source/fetchSource';
import { readTopic } from '../support/readTopic';
import { Opened } from '../support/opened';
import { startJavaBroker } from '../support/real/javaBroker';
import type { JavaBroker } from '../support/real/javaBroker';
import { javaProduce } from '../support/real/javaRecords';
import type { JavaTarget } from '../support/real/javaRecords';
import { createTopic, kafkaTool } from '../support/real/javaTools';
import { realKafka } from '../support/real/kafkaDist';
import { kcatConsume } from '../support/real/tools';
import { recordsOf } from '../support/rowsOf';

const logger = createLogger(() => {});
const text = (value: Uint8Array | null): string | null =>
  value === null ? null : Buffer.from(value).toString();

describe('producing to and reading from Apache Kafka', function () {
  this.timeout(120_000);
  const opened = new Opened();
  let broker: JavaBroker;
  let target: JavaTarget;
  let connection: KafkaConnection;
  let producer: RecordProducer;
  let source: FetchSource;

  before(async function () {
    this.timeout(900_000);
    broker = opened.add(await startJavaBroker(await realKafka('4')));
    target = { dist: broker.dist, bootstrap: broker.bootstrap };
    connection = opened.add(await KafkaConnection.open({ bootstrap: [broker.bootstrap] }, { logger }));
    producer = opened.add(new RecordProducer(connection, logger));
    source = opened.add(await FetchSource.open({ bootstrap: [broker.bootstrap] }, logger));
    await createTopic(target, 'three', { partitions: 3 });
  });

  after(() => opened.dispose());

  const record = (topic: string, value: string | Buffer | null, partition?: number) => ({
    topic,
    key: null,
    value: value === null ? null : Buffer.from(value),
    ...(partition === undefined ? {} : { partition }),
  });

  async function rejectsWith(promise: Promise<unknown>, code: string, message: RegExp): Promise<void> {
    await assert.rejects(promise, (error) => {
      assert.ok(error instanceof KafkaManagerError, String(error));
      assert.equal(error.code, code, error.message);
      assert.match(error.message, message);
      return true;
    });
  }

  it('answers with every kind of acknowledgement', async () => {
    await createTopic(target, 'acks');
    const all = await producer.produce(record('acks', 'all'));
    const leader = await producer.produce(record('acks', 'leader'), { acks: 1 });
    const plain = await producer.produce(record('acks', 'plain'), { idempotent: false });
    const none = await producer.produce(record('acks', 'none'), { acks: 0 });
    await producer.produce(record('acks', 'last'));
    assert.deepEqual([all.offset, leader.offset, plain.offset, none.offset], [0, 1, 2, -1]);
    const read = await readTopic(source, 'acks');
    assert.deepEqual(
      read.map((one) => text(one.value)),
      ['all', 'leader', 'plain', 'none', 'last'],
    );
  });

  it('writes to the partition that was asked for, at the timestamp that was asked for', async () => {
    const timestamp = Date.now() - 3_600_000;
    const produced = await producer.produce({ ...record('three', 'here', 2), timestamp });
    assert.deepEqual(produced, { topic: 'three', partition: 2, offset: 0, timestamp });
    const read = (await readTopic(source, 'three')).filter((one) => one.partition === 2);
    assert.equal(read[0]!.timestamp, timestamp);
    const offsets = await source.offsets('three', [0, 1, 2], { timestamp: timestamp - 1 }, 'read_committed');
    assert.equal(offsets.get(2), 0);
    const behind = await source.offsets(
      'three',
      [2],
      { timestamp: Date.now() + 86_400_000 },
      'read_committed',
    );
    assert.equal(behind.get(2), 1);
  });

  it('refuses a partition that does not exist, and finds one that was added meanwhile', async () => {
    await rejectsWith(producer.produce(record('three', 'x', 3)), 'PARTITION_NOT_FOUND', /no partition 3/);
    await kafkaTool(target, 'kafka-topics', ['--alter', '--topic', 'three', '--partitions', '4']);
    const produced = await producer.produce(record('three', 'x', 3));
    assert.equal(produced.partition, 3);
    await rejectsWith(
      source.offsets('three', [17], 'end', 'read_committed'),
      'PARTITION_NOT_FOUND',
      /no partition 17/,
    );
  });

  it('spreads records by the same hash as Kafka, and those without a key over all partitions', async () => {
    await createTopic(target, 'spread', { partitions: 7 });
    const keys = Array.from({ length: 60 }, (_, i) => Buffer.from(`schlüssel-${i * 37}`));
    const ours = await Promise.all(
      keys.map((key) => producer.produce({ topic: 'spread', key, value: Buffer.from('x') })),
    );
    const java = await javaProduce(
      target,
      'spread',
      keys.map((key) => ({ key, value: Buffer.from('x') })),
    );
    assert.deepEqual(
      ours.map((one) => one.partition),
      java.map((one) => one.partition),
    );
    const keyless = await Promise.all(keys.map(() => producer.produce(record('spread', 'x'))));
    const counts = Array.from({ length: 7 }, (_, p) => keyless.filter((one) => one.partition === p).length);
    assert.ok(Math.min(...counts) >= 8, counts.join());
  });

  it("answers the broker's time where the topic is set to LogAppendTime", async () => {
    await createTopic(target, 'append-time', { config: { 'message.timestamp.type': 'LogAppendTime' } });
    const before = Date.now();
    const produced = await producer.produce({ ...record('append-time', 'x'), timestamp: 1000 });
    assert.ok(produced.timestamp >= before - 2000 && produced.timestamp <= Date.now() + 2000);
    const [read] = await readTopic(source, 'append-time');
    assert.equal(read!.timestamp, produced.timestamp);
  });

  it('takes 900 KB, with every compression, and names the size of what is too large', async () => {
    await createTopic(target, 'large');
    const value = Buffer.from(
      Array.from({ length: 900_000 }, (_, i) => (Math.imul(i, 2654435761) >>> 15) & 255),
    );
    const codecs = [
      'none',
      'gzip',
      'snappy',
      'lz4',
      ...(canCompress('zstd') ? (['zstd'] as const) : []),
    ] as const;
    for (const compression of codecs) await producer.produce(record('large', value), { compression });
    const read = await readTopic(source, 'large', 'read_committed', 1000);
    assert.equal(read.length, codecs.length);
    for (const one of read) assert.ok(value.equals(one.value!));
    const seen = await kcatConsume(broker.bootstrap, 'large');
    for (const one of seen) assert.ok(value.equals(one.value!));

    const tooLarge = producer.produce(record('large', Buffer.alloc(2_000_000, 1)));
    const beside = producer.produce(record('large', 'beside it'));
    await rejectsWith(tooLarge, 'MESSAGE_TOO_LARGE', /takes 20000\d\d bytes, more than topic "large"/);
    assert.equal((await beside).offset, codecs.length);
  });

  it('splits a batch that is too large for a topic although its records are not', async () => {
    await createTopic(target, 'narrow', { config: { 'max.message.bytes': '3000' } });
    const sent = Array.from({ length: 50 }, (_, i) =>
      producer.produce(record('narrow', String(i).repeat(400).slice(0, 700))),
    );
    assert.deepEqual(
      (await Promise.all(sent)).map((one) => one.offset),
      Array.from({ length: 50 }, (_, i) => i),
    );
  });

  it('fails an invalid record alone, not those that shared its batch', async () => {
    await createTopic(target, 'compacted', { config: { 'cleanup.policy': 'compact' } });
    const keyed = (key: string) =>
      producer.produce({ topic: 'compacted', key: Buffer.from(key), value: null });
    const [a, bad, b] = await Promise.allSettled([
      keyed('a'),
      producer.produce(record('compacted', 'without a key')),
      keyed('b'),
    ]);
    assert.equal(a.status, 'fulfilled');
    assert.equal(b.status, 'fulfilled');
    assert.equal(bad.status, 'rejected');
    await rejectsWith(producer.produce(record('compacted', 'x')), 'INVALID_RECORD', /refused/);
    const read = await readTopic(source, 'compacted');
    assert.deepEqual(
      read.map((one) => [text(one.key), one.value]),
      [
        ['a', null],
        ['b', null],
      ],
    );
  });

  it('never creates a topic, neither by writing nor by reading', async () => {
    await rejectsWith(producer.produce(record('typo', 'x')), 'TOPIC_NOT_FOUND', /no topic "typo"/);
    await rejectsWith(source.partitions('typo'), 'TOPIC_NOT_FOUND', /no topic "typo"/);
    const fetch = {
      isolation: 'read_committed',
      maxBytesPerPartition: 1000,
      maxWaitMs: 0,
      minBytes: 0,
    } as const;
    await rejectsWith(
      source.fetch('typo', [{ partition: 0, offset: 0 }], fetch),
      'TOPIC_NOT_FOUND',
      /"typo"/,
    );
    const { stdout } = await kafkaTool(target, 'kafka-topics', ['--list']);
    assert.doesNotMatch(stdout.toString(), /typo/);
  });

  it('hides what was never committed under read_committed, and shows it otherwise', async () => {
    await createTopic(target, 'transactions');
    const send = (value: string, transaction: 'commit' | 'abort') =>
      javaProduce(target, 'transactions', [{ key: null, value: Buffer.from(value) }], { transaction });
    await send('A1', 'abort');
    await send('C1', 'commit');
    await producer.produce(record('transactions', 'plain'));
    await send('A2', 'abort');
    await send('C2', 'commit');
    const read = async (isolation: 'read_committed' | 'read_uncommitted') =>
      (await readTopic(source, 'transactions', isolation)).map((one) => text(one.value));
    assert.deepEqual(await read('read_committed'), ['C1', 'plain', 'C2']);
    assert.deepEqual(await read('read_uncommitted'), ['A1', 'C1', 'plain', 'A2', 'C2']);
  });

  it('tells where a partition begins and ends when the asked offset lies outside', async () => {
    await createTopic(target, 'trimmed');
    for (let i = 0; i < 10; i++) await producer.produce(record('trimmed', String(i)));
    const options = {
      isolation: 'read_committed',
      maxBytesPerPartition: 1 << 20,
      maxWaitMs: 100,
      minBytes: 1,
    } as const;
    const [behind] = await source.fetch('trimmed', [{ partition: 0, offset: 11 }], options);
    assert.deepEqual(behind, {
      partition: 0,
      batches: [],
      nextOffset: 11,
      highWatermark: 10,
      lastStableOffset: 10,
      logStartOffset: 0,
      outOfRange: true,
    });
    const [middle] = await source.fetch('trimmed', [{ partition: 0, offset: 7 }], options);
    assert.deepEqual(
      middle!.batches.flatMap((one) => recordsOf(one).map((r) => r.offset)).slice(-3),
      [7, 8, 9],
    );
    assert.deepEqual(await source.fetch('trimmed', [{ partition: 0, offset: 10 }], options), []);
  });

  it('lets no partition starve when the first one always fills the answer', async () => {
    await createTopic(target, 'hungry', { partitions: 3 });
    for (let round = 0; round < 3; round++) {
      await Promise.all(
        [0, 1, 2].map((p) => producer.produce(record('hungry', Buffer.alloc(800_000, round), p))),
      );
    }
    const read = await readTopic(source, 'hungry', 'read_committed', 1000);
    assert.equal(read.length, 9);
  });

  it('ends a parked fetch when its signal is aborted, and when the source is disposed', async () => {
    const parked = {
      isolation: 'read_committed',
      maxBytesPerPartition: 1000,
      maxWaitMs: 30_000,
      minBytes: 1,
    } as const;
    await createTopic(target, 'quiet');
    const own = await FetchSource.open({ bootstrap: [broker.bootstrap] }, logger);
    const abort = new AbortController();
    const started = Date.now();
    const first = own.fetch('quiet', [{ partition: 0, offset: 0 }], parked, abort.signal);
    setImmediate(() => abort.abort());
    await rejectsWith(first, 'CANCELLED', /./);
    const second = own.fetch('quiet', [{ partition: 0, offset: 0 }], parked);
    setImmediate(() => own.dispose());
    await rejectsWith(second, 'CANCELLED', /closed/);
    await rejectsWith(own.partitions('quiet'), 'CANCELLED', /closed/);
    assert.ok(Date.now() - started < 5000);
  });

  it('withdraws a record that was not sent yet', async () => {
    await createTopic(target, 'withdrawn');
    await producer.produce(record('withdrawn', 'first'));
    const abort = new AbortController();
    const gone = producer.produce(record('withdrawn', 'gone'), {}, abort.signal);
    const stays = producer.produce(record('withdrawn', 'stays'));
    abort.abort();
    await rejectsWith(gone, 'CANCELLED', /before it was sent/);
    assert.equal((await stays).offset, 1);
    assert.deepEqual(
      (await readTopic(source, 'withdrawn')).map((one) => text(one.value)),
      ['first', 'stays'],
    );
  });

  it('is told within its time when the broker hangs, and whether the record may be there', async () => {
    await createTopic(target, 'hanging');
    await producer.produce(record('hanging', 'before'));
    process.kill(broker.pid, 'SIGSTOP');
    try {
      const sent = producer.produce(record('hanging', 'sent'), { timeoutMs: 500 });
      await rejectsWith(sent, 'PRODUCE_OUTCOME_UNKNOWN', /within 500 ms.*may or may not/);
      // It waits behind the one that is in flight.
      const unsent = producer.produce(record('hanging', 'unsent'), { timeoutMs: 300 });
      await rejectsWith(unsent, 'TIMEOUT', /could not be sent within 300 ms/);
    } finally {
      process.kill(broker.pid, 'SIGCONT');
    }
    await producer.produce(record('hanging', 'after'));
    const read = (await readTopic(source, 'hanging')).map((one) => text(one.value));
    assert.deepEqual(read, ['before', 'sent', 'after']);
  });
});
