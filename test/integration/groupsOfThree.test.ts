import assert from 'node:assert/strict';
import { createLogger } from '../../src/base/logger';
import type { CommittedOffsets, GroupDescription } from '../../src/core/groupTypes';
import type { KafkaGateway } from '../../src/core/ports';
import { KafkaConnector } from '../../src/kafka/kafkaConnector';
import { Opened } from '../support/opened';
import { type JavaCluster, startJavaCluster } from '../support/real/javaCluster';
import { realKafka } from '../support/real/kafkaDist';
import { commitGroups } from '../support/real/manyTopics';
import { until } from '../support/until';

const refs = Array.from({ length: 60 }, (_, i) => ({ id: `group ${i}`, type: 'classic' }) as const);

describe('groups of three brokers', function () {
  this.timeout(120_000);
  const opened = new Opened();
  let cluster: JavaCluster;
  let gateway: KafkaGateway;

  before(async function () {
    this.timeout(900_000);
    cluster = opened.add(
      await startJavaCluster(await realKafka('4'), { properties: { 'offsets.topic.num.partitions': '12' } }),
    );
    gateway = opened.add(
      await new KafkaConnector(createLogger(() => {})).connect({ bootstrap: cluster.addresses }),
    );
    await gateway.createTopic({ name: 'spread', partitions: 6, replicationFactor: 3 });
    const offsets = (i: number): CommittedOffsets => new Map([['spread', new Map([[0, i]])]]);
    await commitGroups(cluster.addresses[0]!, new Map(refs.map(({ id }, i) => [id, offsets(i)])));
  });
  after(() => opened.dispose());

  /** What is asked of all groups, and that each answers rightly. */
  async function allAnswer(): Promise<readonly GroupDescription[]> {
    const { groups, failures } = await gateway.listGroups();
    assert.equal(failures.size, 0);
    assert.deepEqual(groups.map(({ id }) => id).sort(), refs.map(({ id }) => id).sort());
    const [offsets, descriptions] = await Promise.all([
      gateway.groupOffsets(refs),
      gateway.describeGroups(refs),
    ]);
    refs.forEach(({ id }, i) =>
      assert.equal((offsets.get(id) as CommittedOffsets).get('spread')?.get(0), i, id),
    );
    return refs.map(({ id }) => descriptions.get(id) as GroupDescription);
  }

  it('asks each group of the broker that coordinates it', async () => {
    const described = await allAnswer();
    const coordinators = new Set(described.map(({ coordinator }) => coordinator));
    assert.equal(coordinators.size, 3, [...coordinators].join());
  });

  it('counts the size of a topic at its leaders only', async () => {
    const value = Buffer.alloc(10_000, 1);
    for (let partition = 0; partition < 6; partition++) {
      await gateway.produce({ topic: 'spread', partition, key: null, value });
    }
    const size = (await gateway.topicSizes()).get('spread') ?? 0;
    assert.ok(size > 60_000 && size < 65_000, `${size} bytes`);
    const ends = (await gateway.offsetsOf(new Map([['spread', 'all']]), 'end')).get('spread');
    assert.deepEqual(
      [...(ends ?? [])].sort(([a], [b]) => a - b),
      [0, 1, 2, 3, 4, 5].map((id) => [id, 1]),
    );
  });

  it('finds the groups and the ends again where a broker is gone', async () => {
    await cluster.node(3).kill();
    await until(
      async () => {
        const ends = (await gateway.offsetsOf(new Map([['spread', 'all']]), 'end')).get('spread');
        return ends !== undefined && [...ends.values()].every((end) => end === 1);
      },
      { deadlineMs: 60_000, what: 'the ends of all partitions from two brokers' },
    );
    await until(
      () =>
        allAnswer().then(
          () => true,
          () => false,
        ),
      {
        deadlineMs: 60_000,
        what: 'all groups from two brokers',
      },
    );
  });
});
