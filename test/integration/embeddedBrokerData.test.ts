import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { ConfigResourceTypes } from 'kafkajs';
import { makeTempDir } from '../support/real/tempDir';
import { until } from '../support/until';
import { brokersOfSuite, consumeAll, offsets, produce } from '../unit/runtimes/embedded/support/suite';
import { OP, alterTopic, createTopics } from '../unit/runtimes/embedded/support/wire';

describe('the data of the embedded broker', function () {
  this.timeout(90_000);
  const { start } = brokersOfSuite();

  describe('after kill -9', () => {
    it('has every acknowledged record, the topics, their configs and the deleted offsets', async () => {
      const dataDir = join(await makeTempDir('broker'), 'data');
      let broker = await start(dataDir).ready();
      await createTopics(broker.port, [
        { name: 'kept', configs: { 'retention.ms': '99999999' } },
        { name: 'deleted' },
        { name: 'emptied' },
      ]);
      await alterTopic(broker.port, 'kept', [['max.message.bytes', OP.set, '54321']]);
      for (const topic of ['deleted', 'emptied']) {
        for (let i = 0; i < 10; i++) await produce(broker, topic, [{ value: `${i}` }]);
      }
      const admin = broker.kafka().admin();
      await admin.connect();
      // kafkajs finds the leader only of topics whose offsets it was asked for.
      for (const topic of ['deleted', 'emptied']) await admin.fetchTopicOffsets(topic);
      await admin.deleteTopicRecords({ topic: 'deleted', partitions: [{ partition: 0, offset: '7' }] });
      await admin.deleteTopicRecords({ topic: 'emptied', partitions: [{ partition: 0, offset: '-1' }] });
      await admin.disconnect();

      // Killed in the middle of producing: what was acknowledged by then must be there.
      const acknowledged: string[] = [];
      const producer = broker.kafka().producer({ retry: { retries: 0 } });
      await producer.connect();
      const producing = (async () => {
        for (let i = 0; ; i++) {
          const values = Array.from({ length: 20 }, (_, n) => `${i}-${n}`);
          await producer.send({ topic: 'kept', acks: -1, messages: values.map((value) => ({ value })) });
          acknowledged.push(...values);
        }
      })();
      const ended = assert.rejects(producing);
      await until(() => acknowledged.length >= 2_000, {
        deadlineMs: 30_000,
        what: '2000 acknowledged records',
      });
      await broker.kill('SIGKILL');
      await ended;
      await producer.disconnect();

      broker = await start(dataDir).ready();
      const found = (await consumeAll(broker, 'kept')).map(({ value }) => value);
      assert.deepEqual(found.slice(0, acknowledged.length), acknowledged);
      assert.deepEqual(await offsets(broker, 'deleted'), { low: '7', high: '10' });
      assert.deepEqual(
        (await consumeAll(broker, 'deleted')).map(({ offset }) => offset),
        ['7', '8', '9'],
      );
      assert.deepEqual(await offsets(broker, 'emptied'), { low: '10', high: '10' });
      await produce(broker, 'emptied', [{ value: 'next' }]);
      assert.deepEqual(await consumeAll(broker, 'emptied'), [{ offset: '10', value: 'next' }]);
      const again = broker.kafka().admin();
      await again.connect();
      const { resources } = await again.describeConfigs({
        includeSynonyms: false,
        resources: [
          {
            type: ConfigResourceTypes.TOPIC,
            name: 'kept',
            configNames: ['retention.ms', 'max.message.bytes'],
          },
        ],
      });
      await again.disconnect();
      assert.deepEqual(
        Object.fromEntries((resources[0]?.configEntries ?? []).map((e) => [e.configName, e.configValue])),
        { 'retention.ms': '99999999', 'max.message.bytes': '54321' },
      );
    });

    it('goes on with an idempotent producer, after a clean stop before it too', async () => {
      const dataDir = join(await makeTempDir('broker'), 'data');
      let broker = await start(dataDir).ready();
      const { port } = broker;
      await createTopics(port, [{ name: 't' }]);
      const producer = broker
        .kafka()
        .producer({ idempotent: true, maxInFlightRequests: 1, retry: { retries: 20 } });
      await producer.connect();
      const send = (value: string): Promise<unknown> => producer.send({ topic: 't', messages: [{ value }] });
      try {
        await send('a');
        await broker.kill('SIGTERM');
        broker = await start(dataDir, { port }).ready();
        await send('b');
        await send('c');
        await broker.kill('SIGKILL');
        broker = await start(dataDir, { port }).ready();
        await send('d');
      } finally {
        await producer.disconnect();
      }
      assert.deepEqual(
        (await consumeAll(broker, 't')).map(({ value }) => value),
        ['a', 'b', 'c', 'd'],
      );
    });
  });

  it('compacts and applies retention as Kafka does, and keeps offsets', async () => {
    const dataDir = join(await makeTempDir('broker'), 'data');
    let broker = await start(dataDir).ready();
    await createTopics(broker.port, [
      { name: 'compacted', configs: { 'cleanup.policy': 'compact', 'retention.ms': '1' } },
      { name: 'expired', configs: { 'retention.ms': '1000' } },
      { name: 'mixed' },
    ]);
    const old = String(Date.now() - 100_000_000_000);
    for (let i = 0; i < 10; i++) {
      const batch = ['a', 'b', 'c'].map((key) => ({ key, value: `${key}${i}`, timestamp: old }));
      await produce(broker, 'compacted', batch);
    }
    await produce(broker, 'expired', [{ value: 'x', timestamp: old }]);
    await produce(broker, 'mixed', [{ value: 'new' }]);
    await produce(broker, 'mixed', [{ value: 'old', timestamp: old }]);
    // Housekeeping runs each minute, and before a stop.
    await broker.kill('SIGTERM');
    broker = await start(dataDir).ready();

    // The last batch is not looked at, like Kafka's active segment; in front of it only the newest of each key is left.
    assert.deepEqual(
      (await consumeAll(broker, 'compacted')).map(({ offset, value }) => `${offset} ${value}`),
      ['24 a8', '25 b8', '26 c8', '27 a9', '28 b9', '29 c9'],
    );
    assert.deepEqual(await offsets(broker, 'compacted'), { low: '0', high: '30' });
    assert.deepEqual(await offsets(broker, 'expired'), { low: '1', high: '1' });
    assert.deepEqual(await offsets(broker, 'mixed'), { low: '0', high: '2' });
  });

  it('keeps the data below its cap, by the oldest records first', async () => {
    const cap = 8 * 1024 * 1024;
    const dataDir = join(await makeTempDir('broker'), 'data');
    const broker = await start(dataDir, { dataCapBytes: cap }).ready();
    await createTopics(broker.port, [{ name: 't' }]);
    const producer = broker.kafka().producer();
    await producer.connect();
    const value = randomBytes(500_000);
    for (let i = 0; i < 40; i++) await producer.send({ topic: 't', messages: [{ value }] });
    await producer.disconnect();
    const { low, high } = await offsets(broker, 't');
    assert.equal(high, '40');
    assert.ok(Number(low) > 20 && Number(low) < 40, low);
    const files = readdirSync(dataDir, { recursive: true, encoding: 'utf8' }).filter((name) =>
      name.endsWith('.dat'),
    );
    assert.equal(files.length, 40 - Number(low));
    await broker.kill('SIGKILL');
    assert.equal((await offsets(await start(dataDir, { dataCapBytes: cap }).ready(), 't')).low, low);
  });
});
