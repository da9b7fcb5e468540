import assert from 'node:assert/strict';
import { partitionForKey } from '../../src/kafka/producer/partitioner';
import { assertPart, gatewayBrokers, GatewayStage, rejects } from '../support/gatewayStage';

const text = (value: string): Uint8Array => Buffer.from(value);

for (const [name, start] of gatewayBrokers) {
  describe(`Topics of a KafkaGateway, ${name}`, function () {
    this.timeout(60_000);
    let stage: GatewayStage;

    before(async function () {
      this.timeout(900_000);
      stage = await GatewayStage.open(start);
    });
    after(() => stage.dispose());

    it('creates a topic that can be used at once', async () => {
      for (let i = 0; i < 5; i++) {
        const topic = await stage.withTopic(3, { 'retention.ms': '3600000' });
        const offsets = await stage.gateway.offsets(topic);
        assert.deepEqual(
          offsets,
          [0, 1, 2].map((partition) => ({ partition, beginning: 0, end: 0 })),
        );
        const described = await stage.gateway.describeTopic(topic);
        assertPart(described, {
          name: topic,
          partitions: 3,
          replicationFactor: 1,
          isInternal: false,
        });
        assert.match(described.id ?? '', /^[\w-]{22}$/);
        for (const p of described.partitionInfo)
          assert.deepEqual([p.replicas, p.isr, p.offlineReplicas], [[p.leader], [p.leader], []]);
      }
    });

    it('lists topics, sorted by name', async () => {
      const topic = await stage.withTopic(2);
      const listed = await stage.gateway.listTopics();
      assertPart(
        listed.find((candidate) => candidate.name === topic),
        { partitions: 2, replicationFactor: 1, isInternal: false },
      );
      const names = listed.map((candidate) => candidate.name);
      assert.deepEqual(names, [...names].sort());
    });

    it('asks the broker first, where it is told to validate only', async () => {
      const topic = stage.topicName();
      await stage.gateway.createTopic({
        name: topic,
        partitions: 1,
        replicationFactor: 1,
        validateOnly: true,
      });
      await rejects(stage.gateway.describeTopic(topic), 'TOPIC_NOT_FOUND');
    });

    it('says why a topic can not be created, and creates nothing', async () => {
      const topic = await stage.withTopic();
      const spec = { name: stage.topicName(), partitions: 1, replicationFactor: 1 };
      const create = (changes: object): Promise<void> => stage.gateway.createTopic({ ...spec, ...changes });
      await rejects(create({ name: topic }), 'TOPIC_ALREADY_EXISTS', new RegExp(`"${topic}" exists already`));
      await rejects(create({ name: 'white space' }), 'INVALID_TOPIC_NAME');
      await rejects(create({ name: '..' }), 'INVALID_TOPIC_NAME');
      await rejects(create({ name: 'x'.repeat(250) }), 'INVALID_TOPIC_NAME');
      await rejects(create({ partitions: 0 }), 'INVALID_PARTITIONS');
      await rejects(create({ replicationFactor: 2 }), 'INVALID_REPLICATION_FACTOR');
      await rejects(
        create({ configs: { 'retention.ms': 'soon' } }),
        'INVALID_CONFIGURATION',
        /retention\.ms/,
      );
      await rejects(create({ configs: { 'no.such.key': '1' } }), 'INVALID_CONFIGURATION', /no\.such\.key/);
      await rejects(create({ partitions: 10_001 }), 'POLICY_VIOLATION');
      await rejects(stage.gateway.describeTopic(spec.name), 'TOPIC_NOT_FOUND');
    });

    it('tells a collision of names from a bad name', async () => {
      const spec = { partitions: 1, replicationFactor: 1 };
      await stage.gateway.createTopic({ ...spec, name: 'metric.name' });
      await rejects(
        stage.gateway.createTopic({ ...spec, name: 'metric_name' }),
        'TOPIC_NAME_COLLISION',
        /metric\.name/,
      );
    });

    it('deletes a topic, which is gone then and can be made anew', async () => {
      const topic = await stage.withTopic(2);
      const { id } = await stage.gateway.describeTopic(topic);
      await stage.fill(topic, 0, 1);
      await stage.gateway.deleteTopic(topic);
      await rejects(stage.gateway.describeTopic(topic), 'TOPIC_NOT_FOUND');
      assert.ok(!(await stage.gateway.listTopics()).some((candidate) => candidate.name === topic));
      await stage.gateway.createTopic({ name: topic, partitions: 1, replicationFactor: 1 });
      assert.deepEqual(await stage.gateway.offsets(topic), [{ partition: 0, beginning: 0, end: 0 }]);
      assert.notEqual((await stage.gateway.describeTopic(topic)).id, id);
    });

    it('never creates a topic that it is only asked about', async () => {
      const topic = stage.topicName();
      const message = new RegExp(`There is no topic "${topic}"`);
      await rejects(stage.gateway.describeTopic(topic), 'TOPIC_NOT_FOUND', message);
      await rejects(stage.gateway.offsets(topic), 'TOPIC_NOT_FOUND', message);
      await rejects(stage.gateway.deleteTopic(topic), 'TOPIC_NOT_FOUND', message);
      await rejects(stage.gateway.describeTopicConfig(topic), 'TOPIC_NOT_FOUND', message);
      await rejects(
        stage.gateway.alterTopicConfig(topic, { 'retention.ms': '1' }),
        'TOPIC_NOT_FOUND',
        message,
      );
      await rejects(stage.gateway.createPartitions(topic, 2), 'TOPIC_NOT_FOUND', message);
      await rejects(stage.gateway.deleteRecords(topic, new Map([[0, -1]])), 'TOPIC_NOT_FOUND', message);
      await rejects(
        stage.gateway.produce({ topic, key: null, value: text('v') }),
        'TOPIC_NOT_FOUND',
        message,
      );
      assert.ok(!(await stage.gateway.listTopics()).some((candidate) => candidate.name === topic));
    });

    it('sends keys where they belong as soon as there are more partitions', async () => {
      const topic = await stage.withTopic(1);
      const keys = Array.from({ length: 30 }, (_, i) => text(`k${i}`));
      const send = (): Promise<readonly number[]> =>
        Promise.all(
          keys.map(async (key) => (await stage.gateway.produce({ topic, key, value: text('v') })).partition),
        );
      assert.deepEqual(new Set(await send()), new Set([0]));
      await stage.gateway.createPartitions(topic, 10);
      assert.deepEqual(
        await send(),
        keys.map((key) => partitionForKey(key, 10)),
      );
    });

    it('writes to a topic that was deleted and made anew with other partitions', async () => {
      const topic = await stage.withTopic(3);
      await stage.fill(topic, 2, 2);
      await stage.gateway.deleteTopic(topic);
      await rejects(stage.gateway.produce({ topic, key: null, value: text('v') }), 'TOPIC_NOT_FOUND');
      await stage.gateway.createTopic({ name: topic, partitions: 1, replicationFactor: 1 });
      await stage.fill(topic, 0, 2);
      await rejects(
        stage.gateway.produce({ topic, partition: 2, key: null, value: text('v') }),
        'PARTITION_NOT_FOUND',
      );
      await stage.gateway.createPartitions(topic, 3);
      await stage.fill(topic, 2, 3);
      assert.deepEqual(
        (await stage.gateway.offsets(topic)).map(({ end }) => end),
        [2, 0, 3],
      );
    });

    it('adds partitions that can be used at once, and refuses to take some away', async () => {
      const topic = await stage.withTopic(1);
      await stage.gateway.createPartitions(topic, 4);
      assert.equal((await stage.gateway.offsets(topic)).length, 4);
      await stage.fill(topic, 3, 1);
      await rejects(stage.gateway.createPartitions(topic, 2), 'INVALID_PARTITIONS');
      await rejects(stage.gateway.createPartitions(topic, 4), 'INVALID_PARTITIONS');
      assert.equal((await stage.gateway.describeTopic(topic)).partitions, 4);
    });

    it('reads the ends of some or all partitions', async () => {
      const topic = await stage.withTopic(3);
      await stage.fill(topic, 2, 3);
      await stage.fill(topic, 0, 1);
      assert.deepEqual(await stage.gateway.offsets(topic), [
        { partition: 0, beginning: 0, end: 1 },
        { partition: 1, beginning: 0, end: 0 },
        { partition: 2, beginning: 0, end: 3 },
      ]);
      assert.deepEqual(await stage.gateway.offsets(topic, [2]), [{ partition: 2, beginning: 0, end: 3 }]);
      await rejects(stage.gateway.offsets(topic, [3]), 'PARTITION_NOT_FOUND', /no partition 3/);
    });
  });
}
