import assert from 'node:assert/strict';
import { KafkaManagerError } from '../../../../src/contract/errors';
import type { CommittedOffsets, GroupRef } from '../../../../src/core/groupTypes';
import { classicAssignment } from '../../../../src/kafka/groups/classicAssignment';
import { describeGroups } from '../../../../src/kafka/groups/describeGroups';
import { groupOffsets } from '../../../../src/kafka/groups/groupOffsets';
import { listGroups } from '../../../../src/kafka/groups/listGroups';
import { errorCode } from '../../../../src/kafka/protocol/errorCodes';
import { describeGroups as describeGroupsApi } from '../../../../src/kafka/protocol/messages/describeGroups';
import { findCoordinator } from '../../../../src/kafka/protocol/messages/findCoordinator';
import { offsetFetch } from '../../../../src/kafka/protocol/messages/offsetFetch';
import { coordinatorOf, FakeGroupConnection } from './fakeGroupConnection';

const refs = (...ids: readonly string[]): GroupRef[] => ids.map((id) => ({ id, type: 'classic' }));
const topics = (offset: number) => [
  {
    name: 't',
    partitions: [
      { partitionIndex: 0, committedOffset: offset, errorCode: 0 },
      { partitionIndex: 1, committedOffset: -1, errorCode: 0 },
      { partitionIndex: 2, committedOffset: 9, errorCode: errorCode.TOPIC_AUTHORIZATION_FAILED },
    ],
  },
];
const codeOf = (answer: unknown): string | undefined => (answer as KafkaManagerError | undefined)?.code;

describe('listGroups()', () => {
  const listed = (...ids: readonly string[]) => ({
    errorCode: 0,
    groups: ids.map((groupId) => ({ groupId, protocolType: '', groupState: '', groupType: '' })),
  });

  it('has the groups of all brokers, and tells which broker did not answer', async () => {
    const connection = new FakeGroupConnection({
      ListGroups: (broker) => {
        if (broker === 2) return { errorCode: errorCode.CLUSTER_AUTHORIZATION_FAILED, groups: [] };
        return listed('b', '__proto__', 'a');
      },
    });
    const { groups, failures } = await listGroups(connection);
    assert.deepEqual(
      groups.map(({ id }) => id),
      ['__proto__', 'a', 'b'],
    );
    assert.deepEqual([groups[0]?.state, groups[0]?.type], ['Unknown', 'classic']);
    assert.deepEqual(
      [...failures].map(([id, { code }]) => [id, code]),
      [[2, 'KAFKA_AUTHORIZATION_FAILED']],
    );
  });

  it('fails where no broker answers', async () => {
    const connection = new FakeGroupConnection({
      ListGroups: () => ({ errorCode: errorCode.CLUSTER_AUTHORIZATION_FAILED, groups: [] }),
    });
    await assert.rejects(listGroups(connection), { code: 'KAFKA_AUTHORIZATION_FAILED' });
  });
});

describe('groupOffsets()', () => {
  const many = (broker: unknown, request: { groups: readonly { groupId: string }[] }) => ({
    topics: [],
    errorCode: 0,
    groups: request.groups.map(({ groupId }) => ({ groupId, errorCode: 0, topics: topics(Number(broker)) })),
  });

  it('asks each coordinator for 100 groups at a time, and leaves out what is not committed', async () => {
    const connection = new FakeGroupConnection({
      FindCoordinator: coordinatorOf((id) => ({ nodeId: Number(id.slice(1)) < 130 ? 1 : 2 })),
      OffsetFetch: many,
    });
    const ids = Array.from({ length: 150 }, (_, i) => `g${i}`);
    const answers = await groupOffsets(connection, refs(...ids));
    assert.equal(answers.size, 150);
    assert.deepEqual(answers.get('g129'), new Map([['t', new Map([[0, 1]])]]));
    assert.deepEqual(answers.get('g130'), new Map([['t', new Map([[0, 2]])]]));
    const sizes = connection.requests(offsetFetch).map(({ groups }) => groups?.length);
    assert.deepEqual(sizes.sort(), [100, 20, 30]);
    assert.equal(connection.count(findCoordinator), 1);
  });

  it('asks for one group at a time where the broker is old', async () => {
    const connection = new FakeGroupConnection({
      FindCoordinator: coordinatorOf(() => ({ nodeId: 1 })),
      OffsetFetch: (_broker, request: { groupId: string }, maxVersion) => {
        assert.equal(maxVersion, 7);
        const isBad = request.groupId === 'bad';
        return { errorCode: isBad ? errorCode.GROUP_AUTHORIZATION_FAILED : 0, topics: topics(4), groups: [] };
      },
    });
    connection.lacks.add('OffsetFetch').add('FindCoordinator');
    const answers = await groupOffsets(connection, refs('good', 'bad'));
    assert.equal((answers.get('good') as CommittedOffsets).get('t')?.get(0), 4);
    assert.equal(codeOf(answers.get('bad')), 'KAFKA_AUTHORIZATION_FAILED');
    assert.deepEqual([connection.count(findCoordinator), connection.count(offsetFetch)], [2, 2]);
  });

  it('asks again only for groups whose coordinator moved', async () => {
    let moved = 0;
    const connection = new FakeGroupConnection({
      FindCoordinator: coordinatorOf((id) => ({ nodeId: id === 'b' && moved > 0 ? 2 : 1 })),
      OffsetFetch: (broker, request: { groups: readonly { groupId: string }[] }) => ({
        groups: request.groups.map(({ groupId }) => {
          const isWrong = groupId === 'b' && broker === 1;
          if (isWrong) moved++;
          return { groupId, errorCode: isWrong ? errorCode.NOT_COORDINATOR : 0, topics: topics(1) };
        }),
      }),
    });
    const answers = await groupOffsets(connection, refs('a', 'b'));
    assert.ok([...answers.values()].every((answer) => answer instanceof Map));
    const asked = connection.requests(offsetFetch).map(({ groups }) => groups?.map(({ groupId }) => groupId));
    assert.deepEqual(asked, [['a', 'b'], ['b']]);
  });

  it('a coordinator that fails, or says nothing, fails its own groups only', async () => {
    const connection = new FakeGroupConnection({
      FindCoordinator: coordinatorOf((id) =>
        id === 'lost'
          ? { nodeId: -1, errorCode: errorCode.GROUP_AUTHORIZATION_FAILED }
          : { nodeId: id === 'a' ? 1 : 2 },
      ),
      OffsetFetch: (broker, request: never) => {
        if (broker === 2) throw new KafkaManagerError('KAFKA_ERROR', 'broken');
        return many(broker, request);
      },
    });
    const answers = await groupOffsets(connection, [...refs('a', 'b', 'lost'), { id: 's', type: 'share' }]);
    assert.ok(answers.get('a') instanceof Map);
    assert.equal(codeOf(answers.get('b')), 'KAFKA_ERROR');
    assert.equal(codeOf(answers.get('lost')), 'KAFKA_AUTHORIZATION_FAILED');
    assert.equal(codeOf(answers.get('s')), 'UNSUPPORTED_BY_BROKER');
  });

  it('ends when it is told to', async () => {
    const abort = new AbortController();
    const connection = new FakeGroupConnection({
      FindCoordinator: coordinatorOf(() => ({ nodeId: 1 })),
      OffsetFetch: () => {
        abort.abort();
        throw new KafkaManagerError('CANCELLED');
      },
    });
    await assert.rejects(groupOffsets(connection, refs('a'), abort.signal), { code: 'CANCELLED' });
    assert.equal(connection.count(offsetFetch), 1);
  });
});

describe('describeGroups()', () => {
  it('a dead group is one that there is not, and other protocols have no readable assignment', async () => {
    const member = {
      memberId: 'm',
      groupInstanceId: null,
      clientId: 'c',
      clientHost: '/h',
      memberAssignment: Buffer.of(0, 1, 2),
    };
    const connection = new FakeGroupConnection({
      FindCoordinator: coordinatorOf(() => ({ nodeId: 1 })),
      DescribeGroups: (_broker, request: { groups: readonly string[] }) => ({
        groups: request.groups.map((groupId) => ({
          groupId,
          errorCode: 0,
          errorMessage: null,
          groupState: groupId === 'gone' ? 'Dead' : 'Stable',
          protocolType: 'connect',
          protocolData: 'compatible',
          members: [member],
        })),
      }),
    });
    const answers = await describeGroups(connection, refs('gone', 'connect'));
    assert.equal(codeOf(answers.get('gone')), 'GROUP_NOT_FOUND');
    const group = answers.get('connect');
    assert.ok(group && !(group instanceof KafkaManagerError));
    assert.deepEqual([group.protocolType, group.members[0]?.assignment], ['connect', undefined]);
    assert.equal(connection.count(describeGroupsApi), 1);
  });

  it('looks up the names of topics that an answer knows by their ids only', async () => {
    const assignment = {
      topicPartitions: [
        { topicId: 'id-1', topicName: '', partitions: [0] },
        { topicId: 'id-2', topicName: '', partitions: [1] },
      ],
    };
    const connection = new FakeGroupConnection({
      FindCoordinator: coordinatorOf(() => ({ nodeId: 1 })),
      ConsumerGroupDescribe: () => ({
        groups: [
          {
            groupId: 'g',
            errorCode: 0,
            groupState: 'Stable',
            assignorName: 'uniform',
            members: [{ memberId: 'm', instanceId: null, clientId: 'c', clientHost: '/h', assignment }],
          },
        ],
      }),
      Metadata: () => ({
        topics: [
          { topicId: 'id-1', name: 'orders' },
          { topicId: 'id-2', name: null },
        ],
      }),
    });
    const group = (await describeGroups(connection, [{ id: 'g', type: 'consumer' }])).get('g');
    assert.ok(group && !(group instanceof KafkaManagerError));
    assert.deepEqual(
      [...(group.members[0]?.assignment ?? [])],
      [
        ['orders', [0]],
        ['id-2', [1]],
      ],
    );
  });
});

describe('classicAssignment()', () => {
  const bytes = (version: number) =>
    Buffer.from([0, version, 0, 0, 0, 1, 0, 1, 0x74, 0, 0, 0, 2, 0, 0, 0, 0, 0, 0, 0, 5, 255, 255, 255, 255]);

  it('reads every version, also those that are still to come', () => {
    for (const version of [0, 1, 3, 9]) {
      assert.deepEqual(
        classicAssignment(Buffer.concat([bytes(version), Buffer.of(7)])),
        new Map([['t', [0, 5]]]),
      );
    }
    assert.deepEqual(classicAssignment(Buffer.alloc(0)), new Map());
  });

  it('has nothing for what it can not read', () => {
    assert.equal(classicAssignment(Buffer.of(255, 255, 0, 0, 0, 0)), undefined);
    for (let length = 1; length < 25; length++) {
      assert.equal(classicAssignment(bytes(0).subarray(0, length)), undefined, `${length}`);
    }
  });
});
