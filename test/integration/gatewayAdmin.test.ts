import assert from 'node:assert/strict';
import { assertPart, gatewayBrokers, GatewayStage, rejects } from '../support/gatewayStage';

const text = (value: string): Uint8Array => Buffer.from(value);

for (const [name, start, differences] of gatewayBrokers) {
  describe(`KafkaGateway, ${name}`, function () {
    this.timeout(60_000);
    let stage: GatewayStage;

    before(async function () {
      this.timeout(900_000);
      stage = await GatewayStage.open(start);
    });
    after(() => stage.dispose());

    it('tells what the broker can do', () => {
      assert.deepEqual(stage.gateway.capabilities, differences.capabilities);
    });

    it('describes the cluster', async () => {
      const { clusterId, brokers } = await stage.gateway.describeCluster();
      assert.ok(clusterId.length > 0);
      const [host = '', port] = stage.broker.bootstrap.split(':');
      assert.equal(brokers.length, 1);
      assertPart(brokers[0], { host, port: Number(port), rack: null, isController: true });
    });

    it('describes configs with source, type and documentation', async () => {
      const topic = await stage.withTopic(1, { 'cleanup.policy': 'compact', 'retention.ms': '12345' });
      const plain = await stage.gateway.describeTopicConfig(topic);
      const entry = (key: string) => plain.find((candidate) => candidate.name === key);
      assertPart(entry('retention.ms'), {
        value: '12345',
        source: 'topic',
        isReadOnly: false,
      });
      assertPart(entry('cleanup.policy'), { value: 'compact', source: 'topic' });
      assert.equal(entry('max.message.bytes')?.source, 'default');
      assert.equal(entry('retention.ms')?.type, 'long');
      assert.equal(entry('retention.ms')?.documentation, null);
      const documented = await stage.gateway.describeTopicConfig(topic, { documentation: true });
      const words = documented.find((candidate) => candidate.name === 'retention.ms')?.documentation;
      if (differences.documentsConfigs) assert.match(words ?? '', /retain a log/);
      else assert.equal(words, null);
    });

    it('changes one config, leaves all others, and shows it at once', async () => {
      const topic = await stage.withTopic(1, { 'retention.ms': '1000', 'segment.bytes': '2000000' });
      await stage.gateway.alterTopicConfig(topic, { 'retention.ms': '2000' });
      const set = async (): Promise<unknown> =>
        Object.fromEntries(
          (await stage.gateway.describeTopicConfig(topic))
            .filter((e) => e.source === 'topic')
            .map((e) => [e.name, e.value]),
        );
      assert.deepEqual(await set(), { 'retention.ms': '2000', 'segment.bytes': '2000000' });
      await stage.gateway.alterTopicConfig(topic, {
        'retention.ms': null,
        'cleanup.policy': 'compact,delete',
      });
      assert.deepEqual(await set(), { 'segment.bytes': '2000000', 'cleanup.policy': 'compact,delete' });
      await stage.gateway.alterTopicConfig(topic, { 'segment.bytes': '3000000' }, { validateOnly: true });
      await rejects(
        stage.gateway.alterTopicConfig(topic, { 'segment.bytes': 'big' }),
        'INVALID_CONFIGURATION',
        /segment\.bytes/,
      );
      await rejects(
        stage.gateway.alterTopicConfig(topic, { 'no.such.key': '1' }),
        'INVALID_CONFIGURATION',
        /no\.such\.key/,
      );
      assert.deepEqual(await set(), { 'segment.bytes': '2000000', 'cleanup.policy': 'compact,delete' });
    });

    it('does not wait for a value that the broker shows in another way', async () => {
      const topic = await stage.withTopic(1);
      const started = performance.now();
      await stage.gateway.alterTopicConfig(topic, {
        'cleanup.policy': 'compact, delete',
        'retention.ms': '060000',
      });
      const took = performance.now() - started;
      assert.ok(took < 800, `took ${Math.round(took)} ms`);
      const entries = await stage.gateway.describeTopicConfig(topic);
      assert.equal(entries.find((entry) => entry.name === 'retention.ms')?.source, 'topic');
    });

    it('tells how much room topics take', async () => {
      const topic = await stage.withTopic(2);
      await stage.gateway.produce({ topic, partition: 0, key: null, value: Buffer.alloc(10_000, 1) });
      await stage.gateway.produce({ topic, partition: 1, key: null, value: Buffer.alloc(10_000, 1) });
      const size = (await stage.gateway.topicSizes()).get(topic) ?? 0;
      assert.ok(size >= 20_000 && size < 40_000, `${size} bytes`);
    });

    it('deletes records before an offset', async () => {
      const topic = await stage.withTopic(3);
      await stage.fill(topic, 0, 5);
      await stage.fill(topic, 1, 4);
      const beginnings = await stage.gateway.deleteRecords(
        topic,
        new Map([
          [0, 2],
          [1, -1],
        ]),
      );
      assert.deepEqual(Object.fromEntries(beginnings), { 0: 2, 1: 4 });
      assert.deepEqual(await stage.gateway.offsets(topic), [
        { partition: 0, beginning: 2, end: 5 },
        { partition: 1, beginning: 4, end: 4 },
        { partition: 2, beginning: 0, end: 0 },
      ]);
    });

    it('deletes nothing where an offset lies beyond the end', async () => {
      const topic = await stage.withTopic(2);
      await stage.fill(topic, 0, 2);
      const before = new Map([
        [0, 1],
        [1, 1],
      ]);
      await rejects(
        stage.gateway.deleteRecords(topic, before),
        'OFFSET_OUT_OF_RANGE',
        /from 0 to 0; there is no offset 1/,
      );
      await rejects(stage.gateway.deleteRecords(topic, new Map([[0, -2]])), 'OFFSET_OUT_OF_RANGE');
      await rejects(stage.gateway.deleteRecords(topic, new Map([[0, 0.5]])), 'OFFSET_OUT_OF_RANGE');
      await rejects(stage.gateway.deleteRecords(topic, new Map([[7, 0]])), 'PARTITION_NOT_FOUND');
      assert.deepEqual(await stage.gateway.offsets(topic, [0]), [{ partition: 0, beginning: 0, end: 2 }]);
    });

    it('deletes records of a compacted topic only where the broker does', async () => {
      const topic = await stage.withTopic(1, { 'cleanup.policy': 'compact' });
      await stage.gateway.produce({ topic, key: text('k'), value: text('v') });
      const deleting = stage.gateway.deleteRecords(topic, new Map([[0, 1]]));
      if (differences.keepsCompactedRecords) await rejects(deleting, 'POLICY_VIOLATION', /compacted/);
      else await deleting;
      const beginning = differences.keepsCompactedRecords ? 0 : 1;
      assert.deepEqual(await stage.gateway.offsets(topic), [{ partition: 0, beginning, end: 1 }]);
    });

    it('ends a call at once when aborted', async () => {
      await rejects(stage.gateway.listTopics(AbortSignal.abort()), 'CANCELLED');
      const abort = new AbortController();
      const listing = stage.gateway.listTopics(abort.signal);
      abort.abort();
      await rejects(listing, 'CANCELLED');
      assert.ok((await stage.gateway.listTopics()).length > 0);
    });

    it('goes on after the broker was restarted', async () => {
      const topic = await stage.withTopic(1);
      await stage.broker.restart();
      assert.deepEqual(await stage.gateway.offsets(topic), [{ partition: 0, beginning: 0, end: 0 }]);
      await stage.gateway.deleteTopic(topic);
    });

    it('refuses everything once it is disposed', async () => {
      const other = await stage.connect();
      other.dispose();
      await rejects(other.listTopics(), 'KAFKA_CONNECTION_ERROR', /closed/);
    });
  });
}
