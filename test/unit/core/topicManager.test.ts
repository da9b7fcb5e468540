import assert from 'node:assert/strict';
import { createLogger } from '../../../src/base/logger';
import { ClusterManager } from '../../../src/core/clusterManager';
import type { CreateTopicSpec, TopicDescription } from '../../../src/core/kafkaTypes';
import type { Clock, KafkaGateway } from '../../../src/core/ports';
import { type TopicChange, TopicManager } from '../../../src/core/topicManager';
import { FakeConnector, FakeRuntime, fakeProfile } from '../../support/fakeCluster';

async function setUp(gateway: Partial<KafkaGateway>, clock?: Clock) {
  const clusters = new ClusterManager({
    profiles: [fakeProfile],
    runtimes: [new FakeRuntime()],
    connector: new FakeConnector(gateway),
    logger: createLogger(() => {}),
  });
  await clusters.start();
  const topics = new TopicManager(clusters, clock);
  const changes: TopicChange[] = [];
  topics.onDidChange((change) => changes.push(change));
  return { topics, changes };
}

const spec = (name: string, more: Partial<CreateTopicSpec> = {}): CreateTopicSpec => ({
  name,
  partitions: 1,
  replicationFactor: 1,
  ...more,
});
const described: TopicDescription = {
  name: 'orders',
  id: null,
  partitions: 3,
  replicationFactor: 1,
  isInternal: false,
  partitionInfo: [0, 1, 2].map((partition) => ({
    partition,
    leader: 1,
    replicas: [1],
    isr: [1],
    offlineReplicas: [],
  })),
};

describe('TopicManager', () => {
  it('refuses wrong input before it asks the broker, and tells nobody of a change', async () => {
    let asked = 0;
    const { topics, changes } = await setUp({ createTopic: async () => void (asked += 1) });
    for (const name of ['', '.', '..', 'a b', 'ä', 'x'.repeat(250), 'a/b', '\u0000']) {
      await assert.rejects(topics.create(undefined, spec(name)), { code: 'INVALID_TOPIC_NAME' }, name);
    }
    for (const partitions of [0, -1, 1.5, 10_001, 100_001, Number.NaN]) {
      await assert.rejects(topics.create(undefined, spec('a', { partitions })), {
        code: 'INVALID_PARTITIONS',
      });
    }
    for (const replicationFactor of [0, 1.5, 40_000]) {
      await assert.rejects(topics.create(undefined, spec('a', { replicationFactor })), {
        code: 'INVALID_REPLICATION_FACTOR',
      });
    }
    assert.equal(asked, 0);
    assert.deepEqual(changes, []);
  });

  it('creates, and tells of it; asking whether it could is no change', async () => {
    const { topics, changes } = await setUp({ createTopic: async () => {} });
    await topics.create(undefined, spec('x'.repeat(249)));
    await topics.create(undefined, spec('asked', { validateOnly: true }));
    assert.deepEqual(changes, [{ cluster: 'fake', topic: 'x'.repeat(249), kind: 'created' }]);
  });

  it('shares a running list, hides internal topics, and loads anew after a mutation', async () => {
    let loads = 0;
    const topic = { id: null, partitions: 1, replicationFactor: 1 };
    const { topics } = await setUp({
      deleteTopic: async () => {},
      listTopics: async () => {
        loads++;
        return [
          { name: 'a', isInternal: false, ...topic },
          { name: '__consumer_offsets', isInternal: true, ...topic },
        ];
      },
    });
    const [visible, all] = await Promise.all([
      topics.list(undefined),
      topics.list(undefined, { internal: true }),
    ]);
    assert.deepEqual([visible.length, all.length, loads], [1, 2, 1]);
    await topics.delete(undefined, 'a');
    await topics.list(undefined);
    assert.equal(loads, 2);
  });

  it('partitions can only grow', async () => {
    let total = 0;
    const { topics, changes } = await setUp({
      describeTopic: async () => described,
      createPartitions: async (_name, wanted) => {
        total = wanted;
      },
    });
    await assert.rejects(topics.addPartitions(undefined, 'orders', 3), {
      code: 'INVALID_PARTITIONS',
      message: /3/,
    });
    assert.equal(total, 0);
    await topics.addPartitions(undefined, 'orders', 5);
    assert.equal(total, 5);
    assert.equal(changes.length, 1);
  });

  it('hands the signal to everything that asks the broker', async () => {
    const seen: (AbortSignal | undefined)[] = [];
    const hear = async (signal: AbortSignal | undefined): Promise<void> => void seen.push(signal);
    const { topics } = await setUp({
      describeTopic: (_name, signal) => hear(signal).then(() => described),
      createTopic: (_spec, signal) => hear(signal),
      deleteTopic: (_name, signal) => hear(signal),
      describeTopicConfig: (_name, _options, signal) => hear(signal).then(() => []),
      alterTopicConfig: (_name, _changes, _options, signal) => hear(signal),
      createPartitions: (_name, _total, signal) => hear(signal),
      deleteRecords: (_name, before, signal) => hear(signal).then(() => before),
    });
    const { signal } = new AbortController();
    await topics.create(undefined, spec('orders'), signal);
    await topics.config(undefined, 'orders', {}, signal);
    await topics.alterConfig(undefined, 'orders', { 'retention.ms': '1' }, {}, signal);
    await topics.addPartitions(undefined, 'orders', 5, signal);
    await topics.truncate(undefined, 'orders', undefined, signal);
    await topics.delete(undefined, 'orders', signal);
    assert.equal(seen.length, 8);
    assert.ok(seen.every((one) => one === signal));
  });

  it('an aborted caller leaves a shared list, the others get it', async () => {
    let answer = (): void => {};
    const { topics } = await setUp({
      listTopics: () => new Promise((resolve) => (answer = () => resolve([]))),
    });
    const abort = new AbortController();
    const left = topics.list(undefined, {}, abort.signal);
    const stayed = topics.list(undefined);
    abort.abort();
    await assert.rejects(left, { name: 'AbortError' });
    answer();
    assert.deepEqual(await stayed, []);
  });

  it('truncate without offsets means all records of all partitions', async () => {
    let asked: ReadonlyMap<number, number> | undefined;
    const { topics } = await setUp({
      describeTopic: async () => described,
      deleteRecords: async (_name, before) => (asked = before),
    });
    await topics.truncate(undefined, 'orders');
    assert.deepEqual(asked, new Map([0, 1, 2].map((partition) => [partition, -1])));
  });

  it('a topic without log dirs has no size, rather than none at all', async () => {
    const { topics } = await setUp({
      capabilities: {
        describeLogDirs: false,
      },
      describeTopic: async () => described,
      offsets: async () => [],
    });
    assert.equal((await topics.describe(undefined, 'orders')).sizeInBytes, null);
  });

  it('counts what lies between beginning and end, and nothing where a partition did not answer', async () => {
    const { topics } = await setUp({
      offsetsOf: async (wanted, which) => {
        assert.deepEqual(
          [...wanted],
          [
            ['orders', 'all'],
            ['half', 'all'],
            ['gone', 'all'],
          ],
        );
        const isEnd = which === 'end';
        return new Map([
          [
            'orders',
            new Map([
              [1, isEnd ? 9 : 2],
              [0, isEnd ? 3 : 4],
            ]),
          ],
          [
            'half',
            new Map([
              [0, 1],
              [1, isEnd ? undefined : 1],
            ]),
          ],
        ]);
      },
    });
    const counts = await topics.counts(undefined, ['orders', 'half', 'gone']);
    assert.deepEqual([...counts.keys()], ['orders', 'half']);
    assert.deepEqual(counts.get('orders'), {
      records: 7,
      offsets: [
        { partition: 0, beginning: 4, end: 4 },
        { partition: 1, beginning: 2, end: 9 },
      ],
    });
    assert.deepEqual(counts.get('half'), {
      records: undefined,
      offsets: [{ partition: 0, beginning: 1, end: 1 }],
    });
  });

  it('opens one topic without asking for the sizes of all', async () => {
    const offsets = new Map([
      [0, 1],
      [1, 1],
      [2, undefined],
    ]);
    const { topics } = await setUp({
      describeTopic: async () => described,
      offsetsOf: async () => new Map([['orders', offsets]]),
    });
    const opened = await topics.partitions(undefined, 'orders');
    assert.equal(opened.partitionInfo.length, 3);
    assert.deepEqual(
      opened.offsets.map(({ partition }) => partition),
      [0, 1],
    );
    await assert.rejects(topics.partitions(undefined, '../etc'), { code: 'INVALID_TOPIC_NAME' });
  });

  it('asks for sizes every 10 s at most, once for all who ask', async () => {
    let now = 0;
    let loads = 0;
    const gateway: Partial<KafkaGateway> = {
      capabilities: { describeLogDirs: true },
      topicSizes: async () => new Map([['orders', ++loads]]),
    };
    const { topics } = await setUp(gateway, { now: () => now });
    const [one, other] = await Promise.all([topics.sizes(undefined), topics.sizes('fake')]);
    assert.deepEqual([one?.get('orders'), other?.get('orders')], [1, 1]);
    now = 9_999;
    assert.equal((await topics.sizes(undefined))?.get('orders'), 1);
    now = 10_000;
    assert.equal((await topics.sizes(undefined))?.get('orders'), 2);
  });

  it('has no sizes where the broker does not tell', async () => {
    const { topics } = await setUp({ capabilities: { describeLogDirs: false } });
    assert.equal(await topics.sizes(undefined), undefined);
  });

  it('tells how topics keep their records', async () => {
    const { topics } = await setUp({
      topicConfigsOf: async (names, keys) => {
        assert.deepEqual(
          [names, [...keys]],
          [
            ['a', 'b', 'gone'],
            ['cleanup.policy', 'retention.ms'],
          ],
        );
        return new Map<string, ReadonlyMap<string, string | null>>([
          [
            'a',
            new Map([
              ['cleanup.policy', 'compact'],
              ['retention.ms', '-1'],
            ]),
          ],
          ['b', new Map([['cleanup.policy', null]])],
        ]);
      },
    });
    const policies = await topics.policies(undefined, ['a', 'b', 'gone']);
    assert.deepEqual(
      policies,
      new Map([
        ['a', { cleanupPolicy: 'compact', retentionMs: -1 }],
        ['b', { cleanupPolicy: undefined, retentionMs: undefined }],
      ]),
    );
  });
});
