import assert from 'node:assert/strict';
import type { KafkaManagerError } from '../../src/contract/errors';
import type { CommittedOffsets, GroupDescription, GroupRef, GroupType } from '../../src/core/groupTypes';
import { gatewayBrokers, GatewayStage } from '../support/gatewayStage';
import { classicMember, consumerMember, type GroupMemberProcess, shareMember } from '../support/groupMembers';
import { commitGroups } from '../support/real/manyTopics';
import { until } from '../support/until';

/** Names that no text may be taken for anything else. */
const hostileIds = [
  '__proto__',
  'constructor',
  '**bold** [link](command:evil) $(trash)',
  'line\nbreak\ttab\u0007bell\u202eleft',
  '<img src=x onerror=alert(1)>',
  'ünï-🚀',
  ' ',
];

const classic = (...ids: readonly string[]): readonly GroupRef[] =>
  ids.map((id) => ({ id, type: 'classic' }));
const codeOf = (answer: unknown): string | undefined => (answer as KafkaManagerError | undefined)?.code;

for (const [name, start] of gatewayBrokers) {
  describe(`Groups of a KafkaGateway, ${name}`, function () {
    this.timeout(60_000);
    let stage: GatewayStage;
    const members: GroupMemberProcess[] = [];
    const isOld = name.includes('3.9');

    before(async function () {
      this.timeout(900_000);
      stage = await GatewayStage.open(start);
    });
    afterEach(() => members.splice(0).forEach((member) => member.end()));
    after(() => stage.dispose());

    const commit = (id: string, offsets: CommittedOffsets): Promise<void> =>
      commitGroups(stage.broker.bootstrap, new Map([[id, offsets]]));
    const described = async (id: string, type: GroupType): Promise<GroupDescription> => {
      const found = (await stage.gateway.describeGroups([{ id, type }])).get(id);
      assert.ok(found && !(found instanceof Error), `no description of ${id}`);
      return found;
    };
    /** The group when its one member has so many partitions. */
    const withMember = (id: string, type: GroupType, topic: string, partitions: number) =>
      until(
        async () => {
          const answer = (await stage.gateway.describeGroups([{ id, type }])).get(id);
          if (!answer || answer instanceof Error) return undefined;
          const assigned = answer.members[0]?.assignment?.get(topic);
          return assigned?.length === partitions ? answer : undefined;
        },
        { deadlineMs: 40_000, what: `a member of ${id} with ${partitions} partitions` },
      );

    it('has no groups at first, and none by that name', async () => {
      const { groups, failures } = await stage.gateway.listGroups();
      assert.deepEqual([groups, failures.size], [[], 0]);
      const answers = await stage.gateway.describeGroups([
        { id: 'nobody', type: 'classic' },
        { id: 'other', type: 'streams' },
      ]);
      assert.equal(codeOf(answers.get('nobody')), 'GROUP_NOT_FOUND');
      assert.equal(codeOf(answers.get('other')), 'UNSUPPORTED_BY_BROKER');
    });

    it('tells empty groups with their offsets, whatever they are called', async () => {
      const topic = await stage.withTopic(3);
      const offsets = new Map([[topic, new Map([0, 2].map((partition) => [partition, partition + 5]))]]);
      await commitGroups(stage.broker.bootstrap, new Map(hostileIds.map((id) => [id, offsets])));
      const { groups } = await stage.gateway.listGroups();
      const listed = groups.filter(({ id }) => hostileIds.includes(id));
      assert.deepEqual(listed.map(({ id }) => id).sort(), [...hostileIds].sort());
      for (const { id, state, type } of listed) assert.deepEqual([state, type], ['Empty', 'classic'], id);
      const [committed, all] = await Promise.all([
        stage.gateway.groupOffsets(classic(...hostileIds)),
        stage.gateway.describeGroups(classic(...hostileIds)),
      ]);
      for (const id of hostileIds) {
        assert.deepEqual(committed.get(id), offsets, id);
        const group = all.get(id);
        assert.ok(group && !(group instanceof Error), `no description of ${id}`);
        assert.deepEqual([group.id, group.state, group.members], [id, 'Empty', []]);
      }
    });

    it('has nothing committed for a group that there is not', async () => {
      const answer = (await stage.gateway.groupOffsets(classic('nobody'))).get('nobody');
      if (name.startsWith('embedded')) assert.equal(codeOf(answer), 'GROUP_NOT_FOUND');
      else assert.deepEqual(answer, new Map());
    });

    it('asks for more groups than one request takes', async () => {
      const topic = await stage.withTopic();
      const ids = Array.from({ length: 250 }, (_, i) => `many-${i}`);
      await commitGroups(
        stage.broker.bootstrap,
        new Map(ids.map((id, i) => [id, new Map([[topic, new Map([[0, i]])]])])),
      );
      const committed = await stage.gateway.groupOffsets(classic(...ids));
      assert.deepEqual(
        ids.map((id) => (committed.get(id) as CommittedOffsets).get(topic)?.get(0)),
        ids.map((_, i) => i),
      );
      const answers = await stage.gateway.describeGroups(classic(...ids));
      assert.ok(ids.every((id) => answers.get(id) !== undefined && !(answers.get(id) instanceof Error)));
    });

    it('shows the members of a classic group with what they have', async () => {
      const topic = await stage.withTopic(3);
      await stage.fill(topic, 1, 4);
      const clientId = '*kcat* $(x) <b>';
      members.push(await classicMember(stage.broker.bootstrap, 'classic-1', topic, clientId));
      const group = await withMember('classic-1', 'classic', topic, 3);
      assert.deepEqual([group.state, group.type, group.protocolType], ['Stable', 'classic', 'consumer']);
      assert.equal(group.assignor, 'range');
      const [member] = group.members;
      assert.equal(member?.clientId, clientId);
      assert.match(member.host, /127\.0\.0\.1/);
      assert.deepEqual([...(member.assignment ?? [])], [[topic, [0, 1, 2]]]);
      const { brokers } = await stage.gateway.describeCluster();
      assert.ok(brokers.some(({ id }) => id === group.coordinator));
      await until(
        async () => {
          const offsets = (await stage.gateway.groupOffsets(classic('classic-1'))).get('classic-1');
          return (offsets as CommittedOffsets).get(topic)?.get(1) === 4;
        },
        { deadlineMs: 20_000, what: 'the commit of the member' },
      );
    });

    if (isOld) {
      it('says of newer groups that this broker has none', async () => {
        const answers = await stage.gateway.describeGroups([{ id: 'shared', type: 'share' }]);
        assert.equal(codeOf(answers.get('shared')), 'UNSUPPORTED_BY_BROKER');
        const offsets = await stage.gateway.groupOffsets([
          ...classic('none'),
          { id: 'shared', type: 'share' },
        ]);
        assert.equal(codeOf(offsets.get('shared')), 'UNSUPPORTED_BY_BROKER');
        assert.deepEqual(offsets.get('none'), new Map());
      });
    } else {
      it('shows the members of a KIP-848 group', async () => {
        const topic = await stage.withTopic(2);
        await stage.fill(topic, 0, 3);
        members.push(await consumerMember(stage.broker.bootstrap, 'consumer-1', topic));
        const group = await withMember('consumer-1', 'consumer', topic, 2);
        assert.deepEqual([group.state, group.type], ['Stable', 'consumer']);
        assert.equal(group.members[0]?.instanceId, 'static-1');
        assert.deepEqual([...(group.members[0].assignment?.get(topic) ?? [])].sort(), [0, 1]);
        const { groups } = await stage.gateway.listGroups();
        assert.equal(groups.find(({ id }) => id === 'consumer-1')?.type, 'consumer');
        await until(
          async () => {
            const offsets = await stage.gateway.groupOffsets([{ id: 'consumer-1', type: 'consumer' }]);
            return (offsets.get('consumer-1') as CommittedOffsets).get(topic)?.get(0) === 3;
          },
          { deadlineMs: 20_000, what: 'the commit of the member' },
        );
      });

      it('shows the members of a share group, and where it begins', async () => {
        const topic = await stage.withTopic(2);
        members.push(await shareMember(stage.broker.bootstrap, 'share-1', topic));
        const group = await withMember('share-1', 'share', topic, 2);
        assert.deepEqual([group.state, group.type, group.members.length], ['Stable', 'share', 1]);
        const { groups } = await stage.gateway.listGroups();
        assert.equal(groups.find(({ id }) => id === 'share-1')?.type, 'share');
        await until(
          async () => {
            // A share group begins at the end that its member's first fetch meets: what was written before is not for it.
            await stage.fill(topic, 0, 3);
            const offsets = await stage.gateway.groupOffsets([{ id: 'share-1', type: 'share' }]);
            // Apache Kafka writes it down some time after the last record was acknowledged, and until then a smaller one.
            return ((offsets.get('share-1') as CommittedOffsets).get(topic)?.get(0) ?? 0) > 0;
          },
          { deadlineMs: 30_000, what: 'a start offset behind what was acknowledged', everyMs: 500 },
        );
      });
    }

    it('tells beginnings and ends of many topics, and leaves out those that are gone', async () => {
      const [a, b, gone] = [await stage.withTopic(2), await stage.withTopic(1), await stage.withTopic(1)];
      await stage.fill(a, 1, 5);
      await stage.gateway.deleteRecords(a, new Map([[1, 2]]));
      const all = new Map([a, b, gone, 'never'].map((topic) => [topic, 'all'] as const));
      assert.deepEqual([...(await stage.gateway.offsetsOf(all, 'end')).keys()].sort(), [a, b, gone].sort());
      await stage.gateway.deleteTopic(gone);
      const ends = await stage.gateway.offsetsOf(all, 'end');
      const zeros = new Map([[0, 0]]);
      assert.deepEqual(
        ends,
        new Map([
          [
            a,
            new Map([
              [0, 0],
              [1, 5],
            ]),
          ],
          [b, zeros],
        ]),
      );
      const some = new Map([[a, [1, 7]]]);
      const beginnings = await stage.gateway.offsetsOf(some, 'beginning');
      assert.deepEqual(
        beginnings,
        new Map([
          [
            a,
            new Map([
              [1, 2],
              [7, undefined],
            ]),
          ],
        ]),
      );
    });

    it('sees a topic that another client deleted, with its leaders known', async () => {
      const topic = await stage.withTopic(1);
      const wanted = new Map([[topic, 'all'] as const]);
      assert.equal((await stage.gateway.offsetsOf(wanted, 'end')).size, 1);
      const other = await stage.connect();
      await other.deleteTopic(topic);
      other.dispose();
      assert.equal((await stage.gateway.offsetsOf(wanted, 'end')).size, 0);
    });

    it('tells a few configs of many topics', async () => {
      const [a, b] = [await stage.withTopic(1, { 'cleanup.policy': 'compact' }), await stage.withTopic(1)];
      await stage.gateway.alterTopicConfig(b, { 'retention.ms': '1234' });
      const keys = ['cleanup.policy', 'retention.ms'];
      const configs = await stage.gateway.topicConfigsOf([a, b, 'never'], keys);
      assert.deepEqual([...configs.keys()].sort(), [a, b].sort());
      assert.equal(configs.get(a)?.get('cleanup.policy'), 'compact');
      assert.deepEqual([...(configs.get(b) ?? [])].sort(), [
        ['cleanup.policy', 'delete'],
        ['retention.ms', '1234'],
      ]);
    });

    it('knows its groups after the broker was killed', async () => {
      const topic = await stage.withTopic();
      const offsets = new Map([[topic, new Map([[0, 7]])]]);
      await commit('kept', offsets);
      await stage.broker.restart();
      const committed = await stage.gateway.groupOffsets(classic('kept'));
      assert.deepEqual(committed.get('kept'), offsets);
      assert.equal((await described('kept', 'classic')).state, 'Empty');
    });
  });
}
