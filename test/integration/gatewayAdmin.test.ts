import assert from 'node:assert/strict';
import { join } from 'node:path';
import { createLogger } from '../../src/base/logger';
import type { ErrorCode } from '../../src/contract/errors';
import type { Capabilities } from '../../src/core/kafkaTypes';
import type { KafkaGateway } from '../../src/core/ports';
import { KafkaConnector } from '../../src/kafka/kafkaConnector';
import { partitionForKey } from '../../src/kafka/producer/partitioner';
import { freePort } from '../support/freePort';
import { startJavaBroker } from '../support/real/javaBroker';
import { realKafka } from '../support/real/kafkaDist';
import type { KafkaLine } from '../support/real/kafkaDist';
import { makeTempDir } from '../support/real/tempDir';
import { BrokerProcess, brokerConfig, bundleBroker } from '../unit/runtimes/embedded/support/brokerProcess';

interface StartedBroker {
  readonly bootstrap: string;
  /** Ends and starts it on the same port and data. */
  restart(): Promise<void>;
  dispose(): Promise<void>;
}

/** What differs between the brokers, listed here and asserted below. */
interface Differences {
  readonly capabilities: Capabilities;
  /** Apache Kafka deletes no records of a topic that is only compacted. */
  readonly keepsCompactedRecords: boolean;
  /** The embedded broker speaks the version with documentation, and has none. */
  readonly documentsConfigs: boolean;
}

const all: Capabilities = {
  describeLogDirs: true,
};

async function javaBroker(line: KafkaLine): Promise<StartedBroker> {
  const broker = await startJavaBroker(await realKafka(line));
  return { bootstrap: broker.bootstrap, restart: () => broker.restart(), dispose: () => broker.dispose() };
}

async function embeddedBroker(): Promise<StartedBroker> {
  const folder = await makeTempDir('gateway-embedded');
  const dist = await bundleBroker();
  const config = brokerConfig(join(folder, 'data'), { port: await freePort() });
  const start = (): Promise<BrokerProcess> => new BrokerProcess(dist, config).ready();
  let broker = await start();
  const kill = async (): Promise<void> => {
    await broker.kill('SIGKILL');
  };
  return {
    bootstrap: `127.0.0.1:${broker.port}`,
    restart: async () => {
      await kill();
      broker = await start();
    },
    dispose: kill,
  };
}

/** The named fields are as expected; others may be there. */
function assertPart<T extends object>(actual: T | undefined, expected: Partial<T>): void {
  assert.ok(actual, 'nothing is there');
  assert.deepEqual({ ...actual, ...expected }, actual);
}

const text = (value: string): Uint8Array => Buffer.from(value);

function suite(name: string, start: () => Promise<StartedBroker>, differences: Differences): void {
  describe(`KafkaGateway, ${name}`, function () {
    this.timeout(60_000);
    let broker: StartedBroker;
    let gateway: KafkaGateway;
    let made = 0;
    const connector = new KafkaConnector(createLogger(() => {}));
    const topicName = (): string => `gateway-${(made += 1)}`;
    const withTopic = async (partitions = 1, configs: Record<string, string> = {}): Promise<string> => {
      const topic = topicName();
      await gateway.createTopic({ name: topic, partitions, replicationFactor: 1, configs });
      return topic;
    };
    const fill = async (topic: string, partition: number, count: number): Promise<void> => {
      for (let i = 0; i < count; i++) {
        await gateway.produce({ topic, partition, key: null, value: text(`value ${i}`) });
      }
    };
    const rejects = (work: Promise<unknown>, code: ErrorCode, message?: RegExp): Promise<void> =>
      assert.rejects(work, message ? { code, message } : { code });

    before(async function () {
      this.timeout(900_000);
      broker = await start();
      gateway = await connector.connect({ bootstrap: [broker.bootstrap] });
    });
    after(async () => {
      gateway.dispose();
      await broker.dispose();
    });

    it('tells what the broker can do', () => {
      assert.deepEqual(gateway.capabilities, differences.capabilities);
    });

    it('describes the cluster', async () => {
      const { clusterId, brokers } = await gateway.describeCluster();
      assert.ok(clusterId.length > 0);
      const [host = '', port] = broker.bootstrap.split(':');
      assert.equal(brokers.length, 1);
      assertPart(brokers[0], { host, port: Number(port), rack: null, isController: true });
    });

    it('creates a topic that can be used at once', async () => {
      for (let i = 0; i < 5; i++) {
        const topic = await withTopic(3, { 'retention.ms': '3600000' });
        const offsets = await gateway.offsets(topic);
        assert.deepEqual(
          offsets,
          [0, 1, 2].map((partition) => ({ partition, beginning: 0, end: 0 })),
        );
        const described = await gateway.describeTopic(topic);
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
      const topic = await withTopic(2);
      const listed = await gateway.listTopics();
      assertPart(
        listed.find((candidate) => candidate.name === topic),
        { partitions: 2, replicationFactor: 1, isInternal: false },
      );
      const names = listed.map((candidate) => candidate.name);
      assert.deepEqual(names, [...names].sort());
    });

    it('asks the broker first, where it is told to validate only', async () => {
      const topic = topicName();
      await gateway.createTopic({ name: topic, partitions: 1, replicationFactor: 1, validateOnly: true });
      await rejects(gateway.describeTopic(topic), 'TOPIC_NOT_FOUND');
    });

    it('says why a topic can not be created, and creates nothing', async () => {
      const topic = await withTopic();
      const spec = { name: topicName(), partitions: 1, replicationFactor: 1 };
      const create = (changes: object): Promise<void> => gateway.createTopic({ ...spec, ...changes });
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
      await rejects(gateway.describeTopic(spec.name), 'TOPIC_NOT_FOUND');
    });

    it('tells a collision of names from a bad name', async () => {
      const spec = { partitions: 1, replicationFactor: 1 };
      await gateway.createTopic({ ...spec, name: 'metric.name' });
      await rejects(
        gateway.createTopic({ ...spec, name: 'metric_name' }),
        'TOPIC_NAME_COLLISION',
        /metric\.name/,
      );
    });

    it('deletes a topic, which is gone then and can be made anew', async () => {
      const topic = await withTopic(2);
      const { id } = await gateway.describeTopic(topic);
      await fill(topic, 0, 1);
      await gateway.deleteTopic(topic);
      await rejects(gateway.describeTopic(topic), 'TOPIC_NOT_FOUND');
      assert.ok(!(await gateway.listTopics()).some((candidate) => candidate.name === topic));
      await gateway.createTopic({ name: topic, partitions: 1, replicationFactor: 1 });
      assert.deepEqual(await gateway.offsets(topic), [{ partition: 0, beginning: 0, end: 0 }]);
      assert.notEqual((await gateway.describeTopic(topic)).id, id);
    });

    it('never creates a topic that it is only asked about', async () => {
      const topic = topicName();
      const message = new RegExp(`There is no topic "${topic}"`);
      await rejects(gateway.describeTopic(topic), 'TOPIC_NOT_FOUND', message);
      await rejects(gateway.offsets(topic), 'TOPIC_NOT_FOUND', message);
      await rejects(gateway.deleteTopic(topic), 'TOPIC_NOT_FOUND', message);
      await rejects(gateway.describeTopicConfig(topic), 'TOPIC_NOT_FOUND', message);
      await rejects(gateway.alterTopicConfig(topic, { 'retention.ms': '1' }), 'TOPIC_NOT_FOUND', message);
      await rejects(gateway.createPartitions(topic, 2), 'TOPIC_NOT_FOUND', message);
      await rejects(gateway.deleteRecords(topic, new Map([[0, -1]])), 'TOPIC_NOT_FOUND', message);
      await rejects(gateway.produce({ topic, key: null, value: text('v') }), 'TOPIC_NOT_FOUND', message);
      assert.ok(!(await gateway.listTopics()).some((candidate) => candidate.name === topic));
    });

    it('describes configs with source, type and documentation', async () => {
      const topic = await withTopic(1, { 'cleanup.policy': 'compact', 'retention.ms': '12345' });
      const plain = await gateway.describeTopicConfig(topic);
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
      const documented = await gateway.describeTopicConfig(topic, { documentation: true });
      const words = documented.find((candidate) => candidate.name === 'retention.ms')?.documentation;
      if (differences.documentsConfigs) assert.match(words ?? '', /retain a log/);
      else assert.equal(words, null);
    });

    it('changes one config, leaves all others, and shows it at once', async () => {
      const topic = await withTopic(1, { 'retention.ms': '1000', 'segment.bytes': '2000000' });
      await gateway.alterTopicConfig(topic, { 'retention.ms': '2000' });
      const set = async (): Promise<unknown> =>
        Object.fromEntries(
          (await gateway.describeTopicConfig(topic))
            .filter((e) => e.source === 'topic')
            .map((e) => [e.name, e.value]),
        );
      assert.deepEqual(await set(), { 'retention.ms': '2000', 'segment.bytes': '2000000' });
      await gateway.alterTopicConfig(topic, { 'retention.ms': null, 'cleanup.policy': 'compact,delete' });
      assert.deepEqual(await set(), { 'segment.bytes': '2000000', 'cleanup.policy': 'compact,delete' });
      await gateway.alterTopicConfig(topic, { 'segment.bytes': '3000000' }, { validateOnly: true });
      await rejects(
        gateway.alterTopicConfig(topic, { 'segment.bytes': 'big' }),
        'INVALID_CONFIGURATION',
        /segment\.bytes/,
      );
      await rejects(
        gateway.alterTopicConfig(topic, { 'no.such.key': '1' }),
        'INVALID_CONFIGURATION',
        /no\.such\.key/,
      );
      assert.deepEqual(await set(), { 'segment.bytes': '2000000', 'cleanup.policy': 'compact,delete' });
    });

    it('does not wait for a value that the broker shows in another way', async () => {
      const topic = await withTopic(1);
      const started = performance.now();
      await gateway.alterTopicConfig(topic, {
        'cleanup.policy': 'compact, delete',
        'retention.ms': '060000',
      });
      const took = performance.now() - started;
      assert.ok(took < 800, `took ${Math.round(took)} ms`);
      const entries = await gateway.describeTopicConfig(topic);
      assert.equal(entries.find((entry) => entry.name === 'retention.ms')?.source, 'topic');
    });

    it('sends keys where they belong as soon as there are more partitions', async () => {
      const topic = await withTopic(1);
      const keys = Array.from({ length: 30 }, (_, i) => text(`k${i}`));
      const send = (): Promise<readonly number[]> =>
        Promise.all(
          keys.map(async (key) => (await gateway.produce({ topic, key, value: text('v') })).partition),
        );
      assert.deepEqual(new Set(await send()), new Set([0]));
      await gateway.createPartitions(topic, 10);
      assert.deepEqual(
        await send(),
        keys.map((key) => partitionForKey(key, 10)),
      );
    });

    it('writes to a topic that was deleted and made anew with other partitions', async () => {
      const topic = await withTopic(3);
      await fill(topic, 2, 2);
      await gateway.deleteTopic(topic);
      await rejects(gateway.produce({ topic, key: null, value: text('v') }), 'TOPIC_NOT_FOUND');
      await gateway.createTopic({ name: topic, partitions: 1, replicationFactor: 1 });
      await fill(topic, 0, 2);
      await rejects(
        gateway.produce({ topic, partition: 2, key: null, value: text('v') }),
        'PARTITION_NOT_FOUND',
      );
      await gateway.createPartitions(topic, 3);
      await fill(topic, 2, 3);
      assert.deepEqual(
        (await gateway.offsets(topic)).map(({ end }) => end),
        [2, 0, 3],
      );
    });

    it('adds partitions that can be used at once, and refuses to take some away', async () => {
      const topic = await withTopic(1);
      await gateway.createPartitions(topic, 4);
      assert.equal((await gateway.offsets(topic)).length, 4);
      await fill(topic, 3, 1);
      await rejects(gateway.createPartitions(topic, 2), 'INVALID_PARTITIONS');
      await rejects(gateway.createPartitions(topic, 4), 'INVALID_PARTITIONS');
      assert.equal((await gateway.describeTopic(topic)).partitions, 4);
    });

    it('reads the ends of some or all partitions', async () => {
      const topic = await withTopic(3);
      await fill(topic, 2, 3);
      await fill(topic, 0, 1);
      assert.deepEqual(await gateway.offsets(topic), [
        { partition: 0, beginning: 0, end: 1 },
        { partition: 1, beginning: 0, end: 0 },
        { partition: 2, beginning: 0, end: 3 },
      ]);
      assert.deepEqual(await gateway.offsets(topic, [2]), [{ partition: 2, beginning: 0, end: 3 }]);
      await rejects(gateway.offsets(topic, [3]), 'PARTITION_NOT_FOUND', /no partition 3/);
    });

    it('tells how much room topics take', async () => {
      const topic = await withTopic(2);
      await gateway.produce({ topic, partition: 0, key: null, value: Buffer.alloc(10_000, 1) });
      await gateway.produce({ topic, partition: 1, key: null, value: Buffer.alloc(10_000, 1) });
      const size = (await gateway.topicSizes()).get(topic) ?? 0;
      assert.ok(size >= 20_000 && size < 40_000, `${size} bytes`);
    });

    it('deletes records before an offset', async () => {
      const topic = await withTopic(3);
      await fill(topic, 0, 5);
      await fill(topic, 1, 4);
      const beginnings = await gateway.deleteRecords(
        topic,
        new Map([
          [0, 2],
          [1, -1],
        ]),
      );
      assert.deepEqual(Object.fromEntries(beginnings), { 0: 2, 1: 4 });
      assert.deepEqual(await gateway.offsets(topic), [
        { partition: 0, beginning: 2, end: 5 },
        { partition: 1, beginning: 4, end: 4 },
        { partition: 2, beginning: 0, end: 0 },
      ]);
    });

    it('deletes nothing where an offset lies beyond the end', async () => {
      const topic = await withTopic(2);
      await fill(topic, 0, 2);
      const before = new Map([
        [0, 1],
        [1, 1],
      ]);
      await rejects(
        gateway.deleteRecords(topic, before),
        'OFFSET_OUT_OF_RANGE',
        /from 0 to 0; there is no offset 1/,
      );
      await rejects(gateway.deleteRecords(topic, new Map([[0, -2]])), 'OFFSET_OUT_OF_RANGE');
      await rejects(gateway.deleteRecords(topic, new Map([[0, 0.5]])), 'OFFSET_OUT_OF_RANGE');
      await rejects(gateway.deleteRecords(topic, new Map([[7, 0]])), 'PARTITION_NOT_FOUND');
      assert.deepEqual(await gateway.offsets(topic, [0]), [{ partition: 0, beginning: 0, end: 2 }]);
    });

    it('deletes records of a compacted topic only where the broker does', async () => {
      const topic = await withTopic(1, { 'cleanup.policy': 'compact' });
      await gateway.produce({ topic, key: text('k'), value: text('v') });
      const deleting = gateway.deleteRecords(topic, new Map([[0, 1]]));
      if (differences.keepsCompactedRecords) await rejects(deleting, 'POLICY_VIOLATION', /compacted/);
      else await deleting;
      const beginning = differences.keepsCompactedRecords ? 0 : 1;
      assert.deepEqual(await gateway.offsets(topic), [{ partition: 0, beginning, end: 1 }]);
    });

    it('ends a call at once when aborted', async () => {
      await rejects(gateway.listTopics(AbortSignal.abort()), 'CANCELLED');
      const abort = new AbortController();
      const listing = gateway.listTopics(abort.signal);
      abort.abort();
      await rejects(listing, 'CANCELLED');
      assert.ok((await gateway.listTopics()).length > 0);
    });

    it('goes on after the broker was restarted', async () => {
      const topic = await withTopic(1);
      await broker.restart();
      assert.deepEqual(await gateway.offsets(topic), [{ partition: 0, beginning: 0, end: 0 }]);
      await gateway.deleteTopic(topic);
    });

    it('refuses everything once it is disposed', async () => {
      const other = await connector.connect({ bootstrap: [broker.bootstrap] });
      other.dispose();
      await rejects(other.listTopics(), 'KAFKA_CONNECTION_ERROR', /closed/);
    });
  });
}

suite('Apache Kafka 4', () => javaBroker('4'), {
  capabilities: all,
  keepsCompactedRecords: true,
  documentsConfigs: true,
});
suite('Apache Kafka 3.9', () => javaBroker('3.9'), {
  capabilities: all,
  keepsCompactedRecords: true,
  documentsConfigs: true,
});
suite('embedded broker', embeddedBroker, {
  capabilities: all,
  keepsCompactedRecords: false,
  documentsConfigs: false,
});
