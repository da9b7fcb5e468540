import assert from 'node:assert/strict';
import { KafkaManagerError } from '../../../../src/contract/errors';
import {
  explainStartFailure,
  logErrors,
  lostControllerPort,
} from '../../../../src/runtimes/java/javaFailure';

const failed = (...lines: string[]) =>
  new KafkaManagerError('CLUSTER_START_FAILED', 'It ended.', { details: { last_log: lines } });

describe('explainStartFailure', () => {
  it('says that the Java is too old for this Kafka', () => {
    const error = failed(
      'Error: LinkageError',
      'java.lang.UnsupportedClassVersionError: kafka/Kafka has been',
    );
    const explained = explainStartFailure(error) as KafkaManagerError;
    assert.equal(explained.code, 'RUNTIME_UNAVAILABLE');
    assert.equal(explained.cause, error);
    assert.deepEqual(explained.details, error.details);
  });

  it('names the entry that Kafka refuses', () => {
    const line =
      'org.apache.kafka.common.config.ConfigException: Invalid value x for configuration num.partitions';
    const explained = explainStartFailure(failed(line)) as KafkaManagerError;
    assert.equal(explained.code, 'INVALID_CONFIGURATION');
    assert.match(explained.message, /Invalid value x for configuration num\.partitions/);
  });

  it('names the one of several directories that is not formatted', () => {
    const line = 'java.lang.RuntimeException: No `meta.properties` found in /data/second (have you run it?)';
    const explained = explainStartFailure(failed(line)) as KafkaManagerError;
    assert.match(explained.message, /\/data\/second is not formatted/);
  });

  it('tells the port of the controller from that of the Kafka listener', () => {
    const codeOf = (line: string) =>
      logErrors('127.0.0.1', 9092).find(({ contains }) => line.includes(contains))?.code;
    const line = (port: number) =>
      `org.apache.kafka.common.KafkaException: Socket server failed to bind to 127.0.0.1:${port}: Address already in use.`;
    assert.equal(codeOf(line(9092)), 'PORT_IN_USE');
    assert.equal(codeOf(line(40001)), 'CLUSTER_START_FAILED');
    assert.equal(lostControllerPort(failed(line(40001))), true);
    assert.equal(lostControllerPort(failed('something else')), false);
    const explained = explainStartFailure(failed(line(40001))) as KafkaManagerError;
    assert.equal(explained.code, 'PORT_IN_USE');
    assert.match(explained.message, /127\.0\.0\.1:40001 of the controller/);
  });

  it('tells of memory', () => {
    const explained = explainStartFailure(
      failed('Terminating due to java.lang.OutOfMemoryError: Java heap space'),
    ) as KafkaManagerError;
    assert.match(explained.message, /Java heap space/);
  });

  it('leaves everything else as it is', () => {
    const unknown = failed('something new');
    assert.equal(explainStartFailure(unknown), unknown);
    const port = new KafkaManagerError('PORT_IN_USE');
    assert.equal(explainStartFailure(port), port);
    const foreign = new Error('OutOfMemoryError: x');
    assert.equal(explainStartFailure(foreign), foreign);
  });
});
