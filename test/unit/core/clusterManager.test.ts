import assert from 'node:assert/strict';
import { createLogger } from '../../../src/base/logger';
import { KafkaManagerError } from '../../../src/contract/errors';
import { ClusterManager } from '../../../src/core/clusterManager';
import type { ClusterProfile } from '../../../src/core/profile';
import { FakeBroker, FakeConnector, FakeRuntime, fakeProfile } from '../../support/fakeCluster';
import { until } from '../../support/until';

const logger = createLogger(() => {});

function setUp(connector = new FakeConnector()) {
  const runtime = new FakeRuntime();
  const manager = new ClusterManager({
    profiles: [fakeProfile],
    runtimes: [runtime],
    connector,
    logger,
    startDeadlineMs: 500,
  });
  const states: string[] = [];
  manager.onDidChangeStatus(({ state }) => {
    if (states.at(-1) !== state) states.push(state);
  });
  return { runtime, connector, manager, states };
}

const untilAborted = (signal: AbortSignal | undefined): Promise<void> =>
  new Promise((_, reject) =>
    signal?.addEventListener('abort', () => reject(new DOMException('x', 'AbortError'))),
  );

describe('ClusterManager', () => {
  it('starts once for two callers, and not again while it runs', async () => {
    const { runtime, manager, states } = setUp();
    const [a, b] = await Promise.all([manager.start(), manager.start()]);
    assert.equal(a.state, 'running');
    assert.deepEqual(a, b);
    await manager.start();
    assert.equal(runtime.brokers.length, 1);
    assert.deepEqual(states, ['starting', 'running']);
    assert.deepEqual(manager.status().bootstrap, ['127.0.0.1:9092']);
  });

  it('is ready only when a broker answers, and waits for it', async () => {
    const connector = new FakeConnector();
    connector.beforeConnect = async (attempt) => {
      if (attempt < 4) throw new KafkaManagerError('KAFKA_CONNECTION_ERROR');
    };
    const { manager } = setUp(connector);
    await manager.start();
    assert.equal(connector.attempts, 4);
  });

  it('a start that never becomes ready is undone, and says why', async () => {
    const connector = new FakeConnector();
    connector.beforeConnect = async () => {
      throw new KafkaManagerError('KAFKA_CONNECTION_ERROR', 'Nothing listens there.');
    };
    const { runtime, manager, states } = setUp(connector);
    await assert.rejects(manager.start(), { code: 'CLUSTER_START_FAILED', message: /Nothing listens there/ });
    assert.deepEqual(runtime.brokers[0]?.calls, ['release', 'dispose']);
    assert.deepEqual(states, ['starting', 'failed']);
    assert.match(manager.status().reason ?? '', /Nothing listens there/);
  });

  it('credentials that are wrong are not tried until the deadline', async () => {
    const connector = new FakeConnector();
    connector.beforeConnect = async () => {
      throw new KafkaManagerError('KAFKA_AUTHENTICATION_ERROR');
    };
    const { manager } = setUp(connector);
    await assert.rejects(manager.start(), { code: 'KAFKA_AUTHENTICATION_ERROR' });
    assert.equal(connector.attempts, 1);
  });

  it('a broker that dies while it starts ends the start at once, with its last log lines', async () => {
    const connector = new FakeConnector();
    const { runtime, manager } = setUp(connector);
    connector.beforeConnect = async () => {
      runtime.brokers[0]?.exit({ code: 3, signal: null });
      throw new KafkaManagerError('KAFKA_CONNECTION_ERROR');
    };
    const error = await manager.start().then(
      () => assert.fail('started'),
      (e: unknown) => e,
    );
    assert.ok(error instanceof KafkaManagerError);
    assert.equal(error.code, 'CLUSTER_START_FAILED');
    assert.match(error.message, /exit code 3/);
    assert.deepEqual(error.details?.['last_log'], ['last words']);
    assert.deepEqual(manager.status().lastLog, ['last words']);
  });

  it('tells where Java is missing, and not of every runtime that is unavailable', async () => {
    const { runtime, manager } = setUp();
    for (const [details, missing] of [
      [{ missing: 'java' }, 'java'],
      [{ missing: '<b>' }, undefined],
      [{}, undefined],
    ] as const) {
      runtime.beforeStart = () =>
        Promise.reject(new KafkaManagerError('RUNTIME_UNAVAILABLE', 'Not here.', { details }));
      await assert.rejects(manager.start(), { code: 'RUNTIME_UNAVAILABLE' });
      assert.equal(manager.status().missing, missing);
    }
    runtime.beforeStart = () => Promise.resolve();
    await manager.start();
    assert.equal(manager.status().missing, undefined);
  });

  it('a broker that dies later makes the cluster failed; a start brings it back', async () => {
    const { runtime, connector, manager, states } = setUp();
    await manager.start();
    runtime.brokers[0]?.exit();
    assert.equal(manager.status().state, 'failed');
    assert.match(manager.status().reason ?? '', /SIGKILL/);
    assert.deepEqual(manager.status().lastLog, ['last words']);
    assert.equal(connector.disposed, 1);
    await assert.rejects(manager.describe(), { code: 'CLUSTER_NOT_RUNNING' });
    await manager.start();
    assert.deepEqual(states, ['starting', 'running', 'failed', 'starting', 'running']);
  });

  it('a broker stopped by another terminal is stopped, not failed', async () => {
    const { runtime, manager } = setUp();
    await manager.start();
    runtime.brokers[0]?.exit({ expected: true });
    assert.equal(manager.status().state, 'stopped');
  });

  it('stop while it starts cancels the start', async () => {
    const { runtime, manager, states } = setUp();
    runtime.beforeStart = untilAborted;
    const starting = manager.start();
    await until(() => states.includes('starting'), { deadlineMs: 2_000, what: 'the start' });
    await manager.stop();
    await assert.rejects(starting, { code: 'CANCELLED' });
    assert.equal(manager.status().state, 'stopped');
    assert.deepEqual(states, ['starting', 'stopping', 'stopped']);
    assert.equal(runtime.stops, 1, 'what is left of it was not stopped');
  });

  it('a release while it starts leaves what is left of it to others', async () => {
    const { runtime, manager } = setUp();
    runtime.beforeStart = untilAborted;
    const starting = manager.start();
    await manager.releaseAll();
    await assert.rejects(starting, { code: 'CANCELLED' });
    assert.equal(manager.status().state, 'stopped');
    assert.equal(runtime.stops, 0);
  });

  for (const how of ['stop', 'reset', 'remove'] as const) {
    it(`${how} does not wait for a start of another window that is being joined`, async () => {
      const { runtime, manager } = setUp();
      let left = false;
      runtime.attach = (_profile, signal) =>
        untilAborted(signal).then(
          () => undefined,
          (error: unknown) => {
            left = true;
            throw error;
          },
        );
      const joining = manager.attach().catch(() => 'removed meanwhile');
      await until(() => manager.status().state === 'starting', { deadlineMs: 2_000, what: 'the joining' });
      await manager[how]('fake');
      await joining;
      assert.equal(left, true);
      if (how === 'remove') assert.deepEqual(manager.profiles(), []);
      else assert.equal(manager.status().state, 'stopped');
      assert.equal(runtime.stops, how === 'remove' ? 0 : 1);
    });
  }

  it('stop does not wait for a joined broker to answer', async () => {
    const connector = new FakeConnector();
    connector.beforeConnect = async () => {
      throw new KafkaManagerError('KAFKA_CONNECTION_ERROR');
    };
    const { runtime, manager } = setUp(connector);
    const broker = new FakeBroker();
    runtime.attach = () => Promise.resolve(broker);
    const joining = manager.attach();
    await until(() => manager.status().state === 'starting', { deadlineMs: 2_000, what: 'the joining' });
    await manager.stop();
    await joining;
    assert.deepEqual(broker.calls, ['dispose']);
    assert.equal(runtime.stops, 1);
  });

  it('stop stops for everybody, release leaves', async () => {
    const { runtime, connector, manager } = setUp();
    await manager.start();
    await manager.stop();
    assert.deepEqual(runtime.brokers[0]?.calls, ['stop', 'dispose']);
    assert.equal(connector.disposed, 1);
    await manager.start();
    await manager.releaseAll();
    assert.deepEqual(runtime.brokers[1]?.calls, ['release', 'dispose']);
    assert.equal(manager.status().state, 'stopped');
  });

  it('a start while it stops starts it afterwards', async () => {
    const { runtime, manager, states } = setUp();
    await manager.start();
    const stopping = manager.stop();
    await assert.rejects(manager.describe(), { code: 'CLUSTER_NOT_RUNNING' });
    const started = await manager.start();
    await stopping;
    assert.equal(started.state, 'running');
    assert.equal(runtime.brokers.length, 2);
    assert.deepEqual(states, ['starting', 'running', 'stopping', 'stopped', 'starting', 'running']);
  });

  it('a stop that fails is told of: the broker may still be there', async () => {
    const { runtime, manager } = setUp();
    await manager.start();
    runtime.brokers[0]!.stop = async () => {
      throw new KafkaManagerError('TIMEOUT', 'It did not end.');
    };
    await assert.rejects(manager.stop(), { code: 'TIMEOUT' });
    assert.equal(manager.status().state, 'failed');
    assert.match(manager.status().reason ?? '', /It did not end/);
  });

  it('a release while it stops ends it once', async () => {
    const { runtime, manager } = setUp();
    await manager.start();
    await Promise.all([manager.stop(), manager.releaseAll()]);
    assert.deepEqual(runtime.brokers[0]?.calls, ['stop', 'dispose']);
    assert.equal(manager.status().state, 'stopped');
  });

  it('start, stop and start again in one breath ends running', async () => {
    const { manager, runtime } = setUp();
    const first = manager.start();
    const stopped = manager.stop();
    const second = manager.start();
    await assert.rejects(first, { code: 'CANCELLED' });
    await stopped;
    assert.equal((await second).state, 'running');
    assert.equal(runtime.brokers.filter((broker) => broker.calls.length === 0).length, 1);
  });

  it('nothing starts between the stop and the deletion of a reset', async () => {
    const { manager, runtime, states } = setUp();
    await manager.start();
    const reset = manager.reset();
    const started = manager.start();
    await Promise.all([reset, started]);
    assert.deepEqual(runtime.resets, [1], 'a broker was started before the data was gone');
    assert.equal(runtime.brokers.length, 2);
    assert.equal(states.at(-1), 'running');
  });

  it('a call that can not reach the broker makes it degraded, the next answer running', async () => {
    let reachable = false;
    const { manager, states } = setUp(
      new FakeConnector({
        listTopics: async () => {
          if (!reachable) throw new KafkaManagerError('KAFKA_CONNECTION_ERROR', 'gone');
          return [];
        },
      }),
    );
    await manager.start();
    await assert.rejects(manager.use(undefined, (gateway) => gateway.listTopics()));
    assert.equal(manager.status().state, 'degraded');
    reachable = true;
    await manager.use(undefined, (gateway) => gateway.listTopics());
    assert.deepEqual(states, ['starting', 'running', 'degraded', 'running']);
  });

  it('profiles come, change and go; the first one is active, and after it the next', async () => {
    const { manager, runtime } = setUp();
    let changes = 0;
    manager.onDidChangeProfiles(() => changes++);
    manager.put({ ...fakeProfile, id: 'second', name: 'Second' });
    manager.put({ ...fakeProfile, id: 'second', name: 'Renamed' });
    assert.equal(manager.status('second').name, 'Renamed');
    assert.equal(manager.activeId, 'fake');
    await manager.start('fake');
    await manager.remove('fake');
    assert.deepEqual(runtime.brokers[0]?.calls, ['release', 'dispose']);
    assert.equal(manager.activeId, 'second');
    assert.throws(() => manager.status('fake'), { code: 'CLUSTER_NOT_FOUND' });
    await manager.remove('second');
    assert.equal(manager.activeId, undefined);
    assert.throws(() => manager.status(), { code: 'CLUSTER_NOT_FOUND', message: /No cluster is set up/ });
    assert.equal(changes, 4);
  });

  it('the runtime of a profile can not change', () => {
    const { manager } = setUp();
    const external: ClusterProfile = {
      ...{ id: 'fake', name: 'Fake', runtime: 'external' },
      bootstrap: ['a:1'],
      connection: () => Promise.resolve({ bootstrap: ['a:1'] }),
    };
    assert.throws(() => manager.put(external), { code: 'INVALID_CONFIGURATION' });
    assert.equal(manager.profiles()[0]?.runtime, 'embedded');
  });

  it('joins a broker that runs already, and starts none', async () => {
    const { manager, runtime, states } = setUp();
    assert.equal((await manager.attach()).state, 'stopped');
    const broker = new FakeBroker();
    runtime.attach = () => Promise.resolve(broker);
    assert.equal((await manager.attach()).state, 'running');
    assert.equal(runtime.brokers.length, 0);
    await manager.attach();
    broker.exit({ expected: true });
    assert.equal(manager.status().state, 'stopped');
    assert.deepEqual(states.slice(-2), ['running', 'stopped']);
  });

  it('knows its clusters', () => {
    const { manager } = setUp();
    assert.throws(() => manager.status('other'), { code: 'CLUSTER_NOT_FOUND' });
    assert.equal(manager.activeId, 'fake');
  });
});
