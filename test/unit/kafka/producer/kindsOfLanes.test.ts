import assert from 'node:assert/strict';
import { createLogger } from '../../../../src/base/logger';
import { RecordProducer } from '../../../../src/kafka/producer/recordProducer';
import { FakeConnection } from './support/fakeConnection';

describe('records of one partition, idempotent and not', () => {
  it('never share a request, of whose two batches a broker would keep one', async () => {
    const connection = new FakeConnection();
    const logger = createLogger(() => {});
    const producer = new RecordProducer(connection, logger);
    const sent = await Promise.all(
      [true, false, true, false].map((idempotent, i) => {
        const record = { topic: 't', key: null, value: Buffer.from(String(i)), partition: 0 };
        return producer.produce(record, { idempotent });
      }),
    );
    producer.dispose();
    for (const { batches } of connection.requests) assert.equal(batches.length, 1);
    const { values } = connection.log('t', 0);
    assert.deepEqual(
      sent.map(({ offset }) => values[offset]),
      ['0', '1', '2', '3'],
    );
  });
});
