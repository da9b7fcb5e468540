import assert from 'node:assert/strict';
import { createLogger } from '../../src/base/logger';
import { ClusterManager } from '../../src/core/clusterManager';
import { GroupManager } from '../../src/core/groupManager';
import type { GroupLag } from '../../src/core/groupTypes';
import { TopicManager } from '../../src/core/topicManager';
import { KafkaConnector } from '../../src/kafka/kafkaConnector';
import { createExternalRuntime } from '../../src/runtimes/external/externalRuntime';
import { type JavaBroker, startJavaBroker } from '../support/real/javaBroker';
import { realKafka } from '../support/real/kafkaDist';
import { commitGroups, createManyTopics, manyTopicsProperties } from '../support/real/manyTopics';

const topicCount = 2_000;
const groupCount = 1_000;
const topicNames = Array.from({ length: topicCount }, (_, i) => `many-${String(i).padStart(4, '0')}`);
const groupIds = Array.from({ length: groupCount }, (_, i) => `group-${String(i).padStart(4, '0')}`);

/** User and system time of this process that the work takes, in ms. */
async function cpuOf(work: () => Promise<unknown>): Promise<number> {
  const before = process.cpuUsage();
  await work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000;
}

describe('Many topics and groups on one broker', function () {
  this.timeout(120_000);
  let broker: JavaBroker;
  let clusters: ClusterManager;
  let topics: TopicManager;
  let groups: GroupManager;

  before(async function () {
    this.timeout(900_000);
    broker = await startJavaBroker(await realKafka('4'), { properties: manyTopicsProperties });
    await createManyTopics(broker.bootstrap, topicNames);
    const offsets = (i: number) =>
      [0, 1, 2].map((next) => [topicNames[(2 * i + next) % topicCount]!, new Map([[0, 0]])] as const);
    await commitGroups(broker.bootstrap, new Map(groupIds.map((id, i) => [id, new Map(offsets(i))])));
    const settings = { bootstrap: [broker.bootstrap] };
    const logger = createLogger(() => {});
    clusters = new ClusterManager({
      profiles: [
        {
          id: 'many',
          name: 'many',
          runtime: 'external',
          ...settings,
          connection: () => Promise.resolve(settings),
        },
      ],
      runtimes: [createExternalRuntime(Date)],
      connector: new KafkaConnector(logger),
      logger,
    });
    await clusters.start('many');
    topics = new TopicManager(clusters);
    groups = new GroupManager(clusters);
  });
  after(async () => {
    await clusters.releaseAll();
    clusters.dispose();
    await broker.dispose();
  });

  it('lists all topics and groups for little CPU time', async () => {
    const listed = await topics.list(undefined);
    assert.deepEqual(
      listed.map(({ name }) => name),
      topicNames,
    );
    assert.deepEqual(
      (await groups.list(undefined)).groups.map(({ id }) => id),
      groupIds,
    );
    // A fifth of the 10,000 topics that may take 200 ms.
    const cpu: number[] = [];
    for (let run = 0; run < 5; run++) cpu.push(await cpuOf(() => topics.list(undefined)));
    assert.ok(Math.min(...cpu) < 40, `${cpu.join()} ms`);
  });

  it('counts the records of every topic and the lag of every group', async () => {
    await clusters.use(undefined, (gateway) =>
      gateway.produce({ topic: topicNames[4]!, key: null, value: Buffer.from('one') }),
    );
    const counts = await topics.counts(undefined, topicNames);
    assert.equal(counts.size, topicCount);
    assert.equal(
      [...counts.values()].reduce((sum, { records }) => sum + (records ?? Number.NaN), 0),
      1,
    );
    const lags = await groups.lags(undefined, groupIds);
    const behind = groupIds.filter((id) => (lags.get(id) as GroupLag).total !== 0);
    // Each group has read the topics 2 i to 2 i + 2.
    assert.deepEqual(behind, [groupIds[1], groupIds[2]]);
    assert.ok(groupIds.every((id) => (lags.get(id) as GroupLag).members === 0));
  });

  it('knows sizes and policies of all', async () => {
    const sizes = await topics.sizes(undefined);
    assert.ok(topicNames.every((name) => sizes?.has(name)));
    const policies = await topics.policies(undefined, topicNames);
    assert.ok(topicNames.every((name) => policies.get(name)?.cleanupPolicy === 'delete'));
    assert.equal(policies.get(topicNames[0]!)?.retentionMs, 604_800_000);
  });

  it('opens one topic with few calls', async () => {
    const opened = await topics.partitions(undefined, topicNames[4]!);
    assert.deepEqual(opened.offsets, [{ partition: 0, beginning: 0, end: 1 }]);
    assert.ok(opened.partitionInfo.every(({ leader, isr }) => isr.includes(leader)));
  });
});
