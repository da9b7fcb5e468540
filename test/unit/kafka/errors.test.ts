import assert from 'node:assert/strict';
import { KafkaManagerError } from '../../../src/contract/errors';
import { errorTable } from '../../../src/contract/errorTable';
import {
  BrokerError,
  brokerCodeOf,
  brokerError,
  isConnectionLoss,
  isRetriable,
} from '../../../src/kafka/errors';
import { errorCode } from '../../../src/kafka/protocol/errorCodes';

describe('brokerError', () => {
  it('has a sentence, a code of the table and the cause for every error of Kafka', () => {
    for (const [name, code] of Object.entries(errorCode)) {
      const error = brokerError(code, { api: 'Metadata', topic: 'orders', partition: 3 });
      assert.ok(error.code in errorTable);
      assert.match(error.message, /orders.*[.!?]$/, name);
      assert.equal(error.details?.['kafka_error'], name);
      assert.equal(brokerCodeOf(error), code);
      assert.ok(error.cause instanceof BrokerError);
    }
  });

  it('names the topic and the partition', () => {
    const error = brokerError(errorCode.UNKNOWN_TOPIC_OR_PARTITION, {
      api: 'ListOffsets',
      topic: 'a',
      partition: 7,
    });
    assert.equal(error.code, 'PARTITION_NOT_FOUND');
    assert.equal(error.message, 'Topic "a" has no partition 7.');
    assert.deepEqual(error.details, { kafka_error: 'UNKNOWN_TOPIC_OR_PARTITION', topic: 'a', partition: 7 });
  });

  it("uses the broker's own words", () => {
    const message = 'Invalid value soon for configuration retention.ms';
    const error = brokerError(errorCode.INVALID_CONFIG, { api: 'CreateTopics', topic: 'a', message });
    assert.equal(error.code, 'INVALID_CONFIGURATION');
    assert.equal(error.message, `CreateTopics of topic "a" was refused: ${message}.`);
  });

  it('tells a collision from a bad name', () => {
    const code = errorCode.INVALID_TOPIC_EXCEPTION;
    const collides = brokerError(code, {
      api: 'CreateTopics',
      topic: 'a_b',
      message: "Topic 'a_b' collides with existing topics: a.b",
    });
    assert.equal(collides.code, 'TOPIC_NAME_COLLISION');
    assert.equal(brokerError(code, { api: 'CreateTopics', topic: 'a b' }).code, 'INVALID_TOPIC_NAME');
  });

  it('knows what may be tried again', () => {
    const of = (code: number): KafkaManagerError => brokerError(code, { api: 'Produce', topic: 'a' });
    assert.ok(isRetriable(of(errorCode.NOT_LEADER_OR_FOLLOWER)));
    assert.ok(!isRetriable(of(errorCode.INVALID_CONFIG)));
    assert.ok(!isRetriable(new Error('other')));
    assert.ok(isConnectionLoss(new KafkaManagerError('TIMEOUT')));
    assert.ok(isConnectionLoss(new KafkaManagerError('KAFKA_CONNECTION_ERROR')));
    // The broker answered this one, so what happened is known.
    assert.ok(!isConnectionLoss(of(errorCode.REQUEST_TIMED_OUT)));
    assert.ok(!isConnectionLoss(new KafkaManagerError('TOPIC_NOT_FOUND')));
  });
});
