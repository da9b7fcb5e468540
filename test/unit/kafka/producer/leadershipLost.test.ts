import assert from 'node:assert/strict';
import { createLogger } from '../../../../src/base/logger';
import type { KafkaManagerError } from '../../../../src/contract/errors';
import { RecordProducer } from '../../../../src/kafka/producer/recordProducer';
import { errorCode } from '../../../../src/kafka/protocol/errorCodes';
import { until } from '../../../support/until';
import { FakeConnection, rejectsWith } from './support/fakeConnection';
import type { Reply } from './support/fakeConnection';

/** A leader that has appended the batch and waits for its replicas answers these where it loses the partition. */
const AFTER_APPEND = ['NOT_LEADER_OR_FOLLOWER', 'UNKNOWN_TOPIC_OR_PARTITION', 'KAFKA_STORAGE_ERROR'] as const;

describe('RecordProducer, when a leader has written a batch and refuses it nevertheless', () => {
  let connection: FakeConnection;
  let producer: RecordProducer;
  const record = (value: string) => ({ topic: 't', key: null, value: Buffer.from(value), partition: 0 });
  const written = (): readonly string[] => connection.log('t', 0).values;
  const metadata = (): Promise<unknown> =>
    until(() => connection.metadataCalls === 2, { deadlineMs: 2_000, what: 'Metadata', everyMs: 1 });

  beforeEach(() => {
    connection = new FakeConnection();
    producer = new RecordProducer(
      connection,
      createLogger(() => {}),
    );
  });

  afterEach(() => producer.dispose());

  for (const name of AFTER_APPEND) {
    describe(name, () => {
      const refuseFirst = (): void => {
        connection.reply = (_, request): Reply => (request === 1 ? { writtenBut: errorCode[name] } : {});
      };

      it('is followed by the same bytes, also where a record of them is withdrawn meanwhile', async () => {
        refuseFirst();
        const abort = new AbortController();
        const withdrawn = producer.produce(record('a'), {}, abort.signal);
        const kept = producer.produce(record('b'));
        await metadata();
        abort.abort();
        await assert.rejects(withdrawn, (error: KafkaManagerError) => {
          assert.deepEqual([error.code, error.details?.['mayBeWritten']], ['CANCELLED', true]);
          return true;
        });
        assert.equal((await kept).offset, 1);
        assert.equal((await producer.produce(record('c'))).offset, 2);
        assert.deepEqual(written(), ['a', 'b', 'c']);
        const [first, second] = connection.batches;
        assert.deepEqual(first!.bytes, second!.bytes);
      });

      it('leaves the outcome open at the deadline, and the next record is none of it', async () => {
        connection.reply = () => ({ writtenBut: errorCode[name] });
        await rejectsWith(producer.produce(record('a'), { timeoutMs: 80 }), 'PRODUCE_OUTCOME_UNKNOWN');
        connection.reply = () => ({});
        assert.equal((await producer.produce(record('b'))).offset, 1);
        assert.deepEqual(written(), ['a', 'b']);
      });

      it('ends a record without idempotence at once, unknown, instead of writing it twice', async () => {
        refuseFirst();
        const sent = producer.produce(record('a'), { idempotent: false });
        await rejectsWith(sent, 'PRODUCE_OUTCOME_UNKNOWN');
        await producer.produce(record('b'), { idempotent: false });
        assert.deepEqual(written(), ['a', 'b']);
      });
    });
  }

  it('repeats with acks 1, whose leader answers a lost leadership only where it wrote nothing', async () => {
    connection.reply = (_, request) => (request === 1 ? { errorCode: errorCode.NOT_LEADER_OR_FOLLOWER } : {});
    assert.equal((await producer.produce(record('a'), { acks: 1 })).offset, 0);
    assert.deepEqual(written(), ['a']);
  });

  it('does not repeat with acks 1 what a failed disk may hold', async () => {
    connection.reply = () => ({ writtenBut: errorCode.KAFKA_STORAGE_ERROR });
    await rejectsWith(producer.produce(record('a'), { acks: 1 }), 'PRODUCE_OUTCOME_UNKNOWN');
    assert.deepEqual(written(), ['a']);
  });
});
