import assert from 'node:assert/strict';
import { setTimeout as delay } from 'node:timers/promises';
import { createLogger } from '../../../../src/base/logger';
import type { ProduceOptions, ProduceOutcome, ProduceRecord } from '../../../../src/core/kafkaTypes';
import { RecordProducer } from '../../../../src/kafka/producer/recordProducer';
import { errorCode } from '../../../../src/kafka/protocol/errorCodes';
import { FakeConnection, lost } from './support/fakeConnection';

describe('records of a bulk write that share a batch', () => {
  let connection: FakeConnection;
  let producer: RecordProducer;

  beforeEach(async () => {
    connection = new FakeConnection();
    producer = new RecordProducer(
      connection,
      createLogger(() => {}),
    );
    // From now on the partitions are known, and records of a bulk write are encoded when they come.
    await producer.produce(record(-1, { partition: 0 }));
  });

  afterEach(() => producer.dispose());

  const record = (i: number, more: Partial<ProduceRecord> = {}): ProduceRecord => ({
    topic: 't',
    key: i % 2 === 0 ? null : Buffer.from(`k${i}`),
    value: Buffer.from(String(i)),
    headers: [{ key: 'h', value: Buffer.from('v') }],
    partition: 1,
    ...more,
  });
  const numbered = (count: number): ProduceRecord[] => Array.from({ length: count }, (_, i) => record(i));

  async function told(records: Iterable<ProduceRecord>, options?: ProduceOptions): Promise<string[]> {
    const outcomes: ProduceOutcome[] = [];
    for await (const run of producer.produceAll(records, options)) outcomes.push(...run);
    return outcomes.map((outcome) =>
      outcome.ok
        ? `${outcome.produced.partition}/${outcome.produced.offset}`
        : outcome.error.code + (outcome.mayBeWritten ? '?' : ''),
    );
  }

  const values = (count: number): string[] => Array.from({ length: count }, (_, i) => String(i));
  const places = (count: number): string[] => Array.from({ length: count }, (_, i) => `1/${i}`);

  it('are halved until the broker takes them', async () => {
    connection.reply = ({ values: of }) => (of.length > 3 ? { errorCode: errorCode.MESSAGE_TOO_LARGE } : {});
    assert.deepEqual(await told(numbered(20)), places(20));
    assert.deepEqual(connection.log('t', 1).values, values(20));
  });

  it('go on without those that the broker finds invalid', async () => {
    connection.reply = ({ values: of }) => {
      const batchIndex = of.indexOf('3');
      if (batchIndex < 0) return {};
      return {
        errorCode: errorCode.INVALID_RECORD,
        recordErrors: [{ batchIndex, batchIndexErrorMessage: 'no' }],
      };
    };
    const words = await told(numbered(6));
    assert.match(words[3]!, /^[A-Z_]+$/);
    assert.deepEqual(
      words.filter((_, i) => i !== 3),
      places(5),
    );
    assert.deepEqual(connection.log('t', 1).values, ['0', '1', '2', '4', '5']);
  });

  it('are halved where the broker says of none which it is, until that is alone', async () => {
    connection.reply = ({ values: of }) =>
      of.includes('3')
        ? {
            errorCode: errorCode.INVALID_RECORD,
            recordErrors: [{ batchIndex: 99, batchIndexErrorMessage: null }],
          }
        : {};
    const before = connection.requests.length;
    const words = await told(numbered(6));
    assert.equal(connection.log('t', 1).values.join(), '0,1,2,4,5');
    assert.equal(words.filter((word) => word.startsWith('1/')).length, 5);
    assert.ok(connection.requests.length - before < 10, `${connection.requests.length} requests`);
  });

  it('go again under another producer id where the broker has lost the first', async () => {
    let refusals = 2;
    connection.reply = ({ partition }) =>
      partition === 1 && refusals-- > 0 ? { errorCode: errorCode.UNKNOWN_PRODUCER_ID } : {};
    assert.deepEqual(await told(numbered(10)), places(10));
    assert.deepEqual(connection.log('t', 1).values, values(10));
  });

  it('keep their timestamps, and get the one of the call where they have none', async () => {
    const from = Date.now();
    const timestamps: number[] = [];
    const records = [record(0, { timestamp: 17 }), record(1), record(2, { timestamp: 4_000_000_000_000 })];
    for await (const run of producer.produceAll(records)) {
      for (const outcome of run) if (outcome.ok) timestamps.push(outcome.produced.timestamp);
    }
    assert.deepEqual([timestamps[0], timestamps[2]], [17, 4_000_000_000_000]);
    assert.ok(timestamps[1]! >= from && timestamps[1]! <= Date.now());
  });

  it('end together at their deadline, unknown where they were sent', async () => {
    connection.reply = () => lost();
    const words = await told(numbered(5), { timeoutMs: 100 });
    assert.deepEqual(words, Array(5).fill('PRODUCE_OUTCOME_UNKNOWN?'));
  });

  it('have all of their time, however long the iterable took for them', async () => {
    async function* slow(): AsyncGenerator<ProduceRecord> {
      yield record(0);
      await delay(200);
      yield record(1);
    }
    const outcomes: ProduceOutcome[] = [];
    for await (const run of producer.produceAll(slow(), { timeoutMs: 150 })) outcomes.push(...run);
    assert.deepEqual(
      outcomes.map(({ ok }) => ok),
      [true, true],
    );
  });

  it('keep the order with single calls to their partition', async () => {
    let release!: () => void;
    connection.hold = new Promise((resolve) => (release = resolve));
    const first = producer.produce(record(0));
    const bulk = told([record(1), record(2)]);
    await delay(20);
    const last = producer.produce(record(3));
    release();
    await Promise.all([first, bulk, last]);
    assert.deepEqual(connection.log('t', 1).values, values(4));
  });
});
