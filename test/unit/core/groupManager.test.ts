import assert from 'node:assert/strict';
import { createLogger } from '../../../src/base/logger';
import { KafkaManagerError } from '../../../src/contract/errors';
import { ClusterManager } from '../../../src/core/clusterManager';
import { GroupManager } from '../../../src/core/groupManager';
import type {
  CommittedOffsets,
  GroupDescription,
  GroupLag,
  GroupRef,
  GroupSummary,
} from '../../../src/core/groupTypes';
import type { KafkaGateway } from '../../../src/core/ports';
import { FakeConnector, fakeProfile, FakeRuntime } from '../../support/fakeCluster';

const summary = (id: string, type: GroupSummary['type'] = 'classic'): GroupSummary => ({
  id,
  type,
  state: 'Stable',
  protocolType: 'consumer',
});
const described = (id: string, members: number): GroupDescription => ({
  ...summary(id),
  coordinator: 1,
  assignor: 'range',
  members: Array.from({ length: members }, (_, i) => ({
    id: `m${i}`,
    instanceId: null,
    clientId: 'c',
    host: '/127.0.0.1',
    assignment: new Map(),
  })),
});
const listing = (...groups: readonly GroupSummary[]) => ({ groups, failures: new Map() });
const offsets = (topic: string, ...committed: readonly number[]): CommittedOffsets =>
  new Map([[topic, new Map(committed.entries())]]);

async function setUp(gateway: Partial<KafkaGateway>): Promise<GroupManager> {
  const clusters = new ClusterManager({
    profiles: [fakeProfile],
    runtimes: [new FakeRuntime()],
    connector: new FakeConnector(gateway),
    logger: createLogger(() => {}),
  });
  await clusters.start(fakeProfile.id);
  return new GroupManager(clusters);
}

describe('GroupManager', () => {
  it('shares a running list, and asks anew after it', async () => {
    let loads = 0;
    const groups = await setUp({ listGroups: async () => (loads++, listing(summary('a'))) });
    const [one, other] = await Promise.all([groups.list(undefined), groups.list('fake')]);
    assert.equal(one, other);
    assert.equal(loads, 1);
    await groups.list(undefined);
    assert.equal(loads, 2);
  });

  it('an aborted caller leaves a shared list, the others get it', async () => {
    let answer = (): void => {};
    const groups = await setUp({
      listGroups: () => new Promise((resolve) => (answer = () => resolve(listing(summary('a'))))),
    });
    const abort = new AbortController();
    const leaving = groups.list(undefined, abort.signal);
    const staying = groups.list(undefined);
    abort.abort(new KafkaManagerError('CANCELLED'));
    await assert.rejects(leaving, { code: 'CANCELLED' });
    answer();
    assert.equal((await staying).groups.length, 1);
  });

  it('describes a group as what the list says it is', async () => {
    const asked: GroupRef[] = [];
    const groups = await setUp({
      listGroups: async () => listing(summary('a', 'share')),
      describeGroups: async (refs) => {
        asked.push(...refs);
        return new Map([['a', described('a', 2)]]);
      },
    });
    assert.equal((await groups.describe(undefined, 'a')).members.length, 2);
    assert.deepEqual(
      asked.map(({ id, type }) => [id, type]),
      [['a', 'share']],
    );
  });

  it('lists only where a group is new, or has become one of another type', async () => {
    let type: GroupSummary['type'] = 'classic';
    let lists = 0;
    const groups = await setUp({
      listGroups: async () => (lists++, listing(summary('a', type))),
      describeGroups: async ([ref]) =>
        new Map([['a', ref?.type === type ? described('a', 1) : new KafkaManagerError('GROUP_NOT_FOUND')]]),
    });
    await groups.describe(undefined, 'a');
    await groups.describe(undefined, 'a');
    assert.equal(lists, 1);
    type = 'consumer';
    assert.equal((await groups.describe(undefined, 'a')).id, 'a');
    assert.equal(lists, 2);
  });

  it('has why a broker did not tell its groups instead of the lag of one that may be there', async () => {
    const groups = await setUp({
      listGroups: async () => ({
        groups: [],
        failures: new Map([[2, new KafkaManagerError('TIMEOUT', 'broker 2')]]),
      }),
      groupOffsets: async () => new Map(),
      describeGroups: async () => new Map(),
      offsetsOf: async () => new Map(),
    });
    const lag = (await groups.lags(undefined, ['a'])).get('a');
    assert.ok(lag instanceof KafkaManagerError);
    assert.equal(lag.code, 'TIMEOUT');
  });

  it('says which group there is not, or which broker did not tell', async () => {
    const failures = new Map([[2, new KafkaManagerError('TIMEOUT', 'broker 2')]]);
    let isWhole = true;
    const groups = await setUp({
      listGroups: async () => ({ groups: [], failures: isWhole ? new Map() : failures }),
    });
    await assert.rejects(groups.describe(undefined, '__proto__'), {
      code: 'GROUP_NOT_FOUND',
      message: /"__proto__"/,
    });
    isWhole = false;
    await assert.rejects(groups.describe(undefined, 'a'), { code: 'TIMEOUT' });
  });

  it('counts from committed to end, never below 0, and only what is still there', async () => {
    const order: string[] = [];
    const groups = await setUp({
      listGroups: async () => listing(summary('g'), summary('ahead'), summary('new'), summary('orphan')),
      groupOffsets: async () => {
        order.push('committed');
        return new Map<string, CommittedOffsets>([
          ['g', new Map([...offsets('t', 5, 10), ...offsets('gone', 1)])],
          ['ahead', offsets('t', 12)],
          ['new', new Map()],
          ['orphan', offsets('gone', 1)],
        ]);
      },
      describeGroups: async () =>
        new Map<string, GroupDescription | KafkaManagerError>([
          ['g', described('g', 3)],
          ['ahead', new KafkaManagerError('UNSUPPORTED_BY_BROKER')],
        ]),
      offsetsOf: async (topics, which) => {
        order.push(which);
        assert.deepEqual(
          topics,
          new Map([
            ['t', [0, 1]],
            ['gone', [0]],
          ]),
        );
        return new Map([
          [
            't',
            new Map([
              [0, 10],
              [1, 10],
            ]),
          ],
        ]);
      },
    });
    const lags = await groups.lags(undefined, ['g', 'ahead', 'new', 'orphan']);
    assert.deepEqual(order, ['committed', 'end']);
    assert.deepEqual(lags.get('g'), {
      total: 5,
      members: 3,
      partitions: [
        {
          topic: 'gone',
          partition: 0,
          committed: 1,
          end: undefined,
          lag: undefined,
          missing: 'topic-deleted',
        },
        { topic: 't', partition: 0, committed: 5, end: 10, lag: 5 },
        { topic: 't', partition: 1, committed: 10, end: 10, lag: 0 },
      ],
    });
    const part = (id: string) => {
      const { total, members } = lags.get(id) as GroupLag;
      return [total, members];
    };
    assert.deepEqual(part('ahead'), [0, undefined]);
    assert.deepEqual(part('new'), [undefined, undefined]);
    assert.deepEqual(part('orphan'), [undefined, undefined]);
  });

  it('knows no total where a partition did not answer', async () => {
    const groups = await setUp({
      listGroups: async () => listing(summary('g')),
      groupOffsets: async () => new Map([['g', offsets('t', 5, 5)]]),
      describeGroups: async () => new Map([['g', described('g', 1)]]),
      offsetsOf: async () =>
        new Map([
          [
            't',
            new Map([
              [0, 9],
              [1, undefined],
            ]),
          ],
        ]),
    });
    const lag = (await groups.lags(undefined, ['g'])).get('g') as GroupLag;
    assert.equal(lag.total, undefined);
    assert.deepEqual(
      lag.partitions.map(({ lag: one, missing }) => one ?? missing),
      [4, 'no-answer'],
    );
  });

  it('groups that fail have their error, the others their lag', async () => {
    const groups = await setUp({
      listGroups: async () => listing(summary('good'), summary('bad')),
      groupOffsets: async () =>
        new Map<string, CommittedOffsets | KafkaManagerError>([
          ['good', offsets('t', 1)],
          ['bad', new KafkaManagerError('KAFKA_AUTHORIZATION_FAILED')],
        ]),
      describeGroups: async () => new Map(),
      offsetsOf: async () => new Map([['t', new Map([[0, 4]])]]),
    });
    const lags = await groups.lags(undefined, ['good', 'bad', 'constructor']);
    assert.equal((lags.get('good') as GroupLag).total, 3);
    assert.equal((lags.get('bad') as KafkaManagerError).code, 'KAFKA_AUTHORIZATION_FAILED');
    assert.equal((lags.get('constructor') as KafkaManagerError).code, 'GROUP_NOT_FOUND');
  });

  it('asks for the list only where a group is new, and shares lags of the same groups', async () => {
    let lists = 0;
    let offsetLoads = 0;
    let all = [summary('a')];
    const groups = await setUp({
      listGroups: async () => (lists++, listing(...all)),
      groupOffsets: async (refs) => (offsetLoads++, new Map(refs.map(({ id }) => [id, offsets('t', 1)]))),
      describeGroups: async () => new Map(),
      offsetsOf: async () => new Map([['t', new Map([[0, 1]])]]),
    });
    await Promise.all([groups.lags(undefined, ['a']), groups.lags(undefined, ['a'])]);
    await groups.lags(undefined, ['a']);
    assert.deepEqual([lists, offsetLoads], [1, 2]);
    all = [summary('a'), summary('b')];
    assert.equal(((await groups.lags(undefined, ['a', 'b'])).get('b') as GroupLag).total, 0);
    assert.equal(lists, 2);
  });
});
