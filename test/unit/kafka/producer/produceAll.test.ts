import assert from 'node:assert/strict';
import { setImmediate as turn, setTimeout as delay } from 'node:timers/promises';
import { createLogger } from '../../../../src/base/logger';
import type { ProduceOptions, ProduceOutcome, ProduceRecord } from '../../../../src/core/kafkaTypes';
import { RecordProducer } from '../../../../src/kafka/producer/recordProducer';
import { errorCode } from '../../../../src/kafka/protocol/errorCodes';
import { until } from '../../../support/until';
import { FakeConnection, lost, rejectsWith } from './support/fakeConnection';

describe('RecordProducer.produceAll', () => {
  let connection: FakeConnection;
  let producer: RecordProducer;
  const record = (i: number, partition = i % 2): ProduceRecord => ({
    topic: 't',
    key: null,
    value: Buffer.from(String(i)),
    partition,
  });
  const numbered = (count: number): ProduceRecord[] => Array.from({ length: count }, (_, i) => record(i));

  beforeEach(() => {
    connection = new FakeConnection();
    producer = new RecordProducer(
      connection,
      createLogger(() => {}),
    );
  });

  afterEach(() => producer.dispose());

  async function collect(
    records: Iterable<ProduceRecord> | AsyncIterable<ProduceRecord>,
    options?: ProduceOptions,
    signal?: AbortSignal,
  ): Promise<{ outcomes: ProduceOutcome[]; error: unknown }> {
    const outcomes: ProduceOutcome[] = [];
    try {
      for await (const run of producer.produceAll(records, options, signal)) outcomes.push(...run);
    } catch (error) {
      return { outcomes, error };
    }
    return { outcomes, error: undefined };
  }

  /** "partition/offset" of what was written, else the code of the error, with a ? where it may be written. */
  const told = (outcomes: readonly ProduceOutcome[]): string[] =>
    outcomes.map((outcome) =>
      outcome.ok
        ? `${outcome.produced.partition}/${outcome.produced.offset}`
        : outcome.error.code + (outcome.mayBeWritten ? '?' : ''),
    );

  it('gives one outcome per record in their order, from arrays, generators and async generators', async () => {
    async function* slowly(): AsyncGenerator<ProduceRecord> {
      for (let i = 0; i < 4; i++) {
        await delay(1);
        yield record(i);
      }
    }
    const expected = ['0/0', '1/0', '0/1', '1/1'];
    assert.deepEqual(told((await collect(numbered(4))).outcomes), expected);
    connection.deleteTopic('t');
    connection.topics.set('t', new FakeConnection().topics.get('t')!);
    assert.deepEqual(told((await collect(slowly())).outcomes), expected);
    assert.deepEqual(await collect([]), { outcomes: [], error: undefined });
  });

  it('goes on behind records that can not be sent, each with its own error', async () => {
    const records = [
      record(0, 0),
      { ...record(1), timestamp: -5 },
      record(2, 0),
      { ...record(3), topic: 'typo' },
      record(4, 7),
      record(5, 0),
    ];
    const { outcomes, error } = await collect(records);
    assert.equal(error, undefined);
    assert.deepEqual(told(outcomes), [
      '0/0',
      'VALIDATION_ERROR',
      '0/1',
      'TOPIC_NOT_FOUND',
      'PARTITION_NOT_FOUND',
      '0/2',
    ]);
  });

  it('keeps order and loses nothing where answers and requests are lost', async () => {
    connection.reply = (_, request) => (request % 3 === 1 ? 'lose answer' : request % 3 === 2 ? lost() : {});
    const { outcomes } = await collect(numbered(2_000), { batchBytes: 16 * 1024 });
    assert.deepEqual(
      told(outcomes),
      numbered(2_000).map((_, i) => `${i % 2}/${Math.floor(i / 2)}`),
    );
    assert.ok(connection.requests.length > 3);
  });

  it('says of each record whether it was written, not written or unknown', async () => {
    connection.reply = ({ partition }, request) =>
      partition === 1 ? { errorCode: errorCode.TOPIC_AUTHORIZATION_FAILED } : request === 1 ? {} : lost();
    const { outcomes } = await collect([record(0), record(1)], { acks: 1 });
    assert.deepEqual(told(outcomes), ['0/0', 'KAFKA_AUTHORIZATION_FAILED']);
    connection.reply = () => lost();
    assert.deepEqual(told((await collect([record(2)], { acks: 1 })).outcomes), ['PRODUCE_OUTCOME_UNKNOWN?']);
  });

  it('takes no more than fits into its buffer, while nothing is written and while nobody asks', async () => {
    let taken = 0;
    function* large(): Generator<ProduceRecord> {
      for (; taken < 64; taken++) yield { ...record(taken), value: Buffer.alloc(1024 * 1024) };
    }
    let release!: () => void;
    connection.hold = new Promise((resolve) => (release = resolve));
    const runs = producer.produceAll(large());
    const first = runs.next();
    const taking = (least: number): Promise<unknown> =>
      until(() => taken >= least, { deadlineMs: 5_000, what: `${least} taken, not ${taken}`, everyMs: 1 });
    await taking(14);
    // Many turns of the event loop in which it could go on.
    for (let i = 0; i < 100; i++) await turn();
    assert.ok(taken <= 17, `${taken} of 1 MiB were taken before any was written`);
    connection.hold = undefined;
    release();
    await first;
    await producer.flush();
    for (let i = 0; i < 100; i++) await turn();
    assert.ok(taken < 40, `${taken} of 1 MiB were taken though nobody asked for the outcomes`);
    let outcomes = (await first).value!.length;
    for await (const run of runs) outcomes += run.length;
    assert.equal(outcomes, 64);
  }).timeout(20_000);

  it('ends with the error of a broken iterable, behind the outcomes of what it gave', async () => {
    const broken = new Error('the file ends early');
    function* breaking(): Generator<ProduceRecord> {
      yield* numbered(3);
      throw broken;
    }
    const { outcomes, error } = await collect(breaking());
    assert.deepEqual(told(outcomes), ['0/0', '1/0', '0/1']);
    assert.equal(error, broken);
  });

  it('ends with CANCELLED when it is aborted, behind the outcomes of what it has taken', async () => {
    const abort = new AbortController();
    let isClosed = false;
    async function* endless(): AsyncGenerator<ProduceRecord> {
      try {
        for (let i = 0; ; i++) {
          await delay(1);
          yield record(i, 0);
        }
      } finally {
        isClosed = true;
      }
    }
    connection.reply = (_, request) => {
      if (request < 3) return {};
      abort.abort();
      return 'lose answer';
    };
    const { outcomes, error } = await collect(endless(), {}, abort.signal);
    assert.equal((error as { code?: string }).code, 'CANCELLED');
    const words = told(outcomes);
    const { values } = connection.log('t', 0);
    const written = words.filter((word) => word.startsWith('0/')).length;
    assert.ok(written > 0);
    assert.ok(words.includes('CANCELLED?'), words.join(' '));
    words.forEach((word, i) => {
      if (word === 'CANCELLED') assert.ok(!values.includes(String(i)), `record ${i} was written`);
    });
    await until(() => isClosed, { deadlineMs: 2_000, what: 'the end of the iterable' });
    await rejectsWith(producer.produceAll(numbered(1), {}, AbortSignal.abort()).next(), 'CANCELLED');
  });

  it('withdraws what is not written when the caller leaves, and lets the producer go on', async () => {
    for await (const run of producer.produceAll(numbered(10))) {
      assert.ok(run.length > 0);
      break;
    }
    await producer.flush();
    assert.equal((await producer.produce(record(0))).partition, 0);
  });

  it('ends when the producer does, and refuses options that can not be', async () => {
    async function* until1(): AsyncGenerator<ProduceRecord> {
      yield record(0);
      producer.dispose();
      await delay(1);
      yield record(1);
    }
    const { error } = await collect(until1());
    assert.equal((error as { code?: string }).code, 'KAFKA_CONNECTION_ERROR');
    for (const options of [{ lingerMs: -1 }, { lingerMs: 100_000 }, { batchBytes: 100 }, { batchBytes: 1e9 }])
      await rejectsWith(producer.produceAll([], options).next(), 'VALIDATION_ERROR');
  });
});
