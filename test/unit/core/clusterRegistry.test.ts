import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { createLogger } from '../../../src/base/logger';
import { ClusterManager } from '../../../src/core/clusterManager';
import { ClusterRegistry } from '../../../src/core/clusterRegistry';
import type { RunningBroker } from '../../../src/core/ports';
import { ProfileStore } from '../../../src/core/profileStore';
import type { SavedProfile } from '../../../src/core/savedProfile';
import { StartMarks } from '../../../src/core/startMarks';
import { FolderStateStore } from '../../../src/storage/folderStateStore';
import { FakeBroker, FakeConnector, FakeRuntime } from '../../support/fakeCluster';
import { until } from '../../support/until';

const logger = createLogger(() => {});
const one: SavedProfile = { id: 'one', name: 'One', runtime: 'embedded' };
const two: SavedProfile = { id: 'two', name: 'Two', runtime: 'embedded' };
const soon = (condition: () => boolean | Promise<boolean>, what: string) =>
  until(condition, { deadlineMs: 5_000, what });

/** Fake of the machine that all windows share: a broker that one has started is found by the others. */
class Machine {
  readonly running = new Map<string, FakeBroker>();
  readonly handles = new Set<FakeBroker>();
  starts = 0;

  runtime(): FakeRuntime {
    const runtime = new FakeRuntime();
    const handle = (id: string): RunningBroker => {
      const broker = new FakeBroker();
      broker.stop = () => {
        this.running.delete(id);
        for (const each of this.handles) each.exit({ expected: true, signal: null });
        return Promise.resolve();
      };
      this.handles.add(broker);
      return broker;
    };
    return Object.assign(runtime, {
      start: async ({ id }: { id: string }, _progress: unknown, signal?: AbortSignal) => {
        await runtime.beforeStart(signal);
        if (!this.running.has(id)) {
          this.starts++;
          this.running.set(id, new FakeBroker());
        }
        return handle(id);
      },
      attach: ({ id }: { id: string }) => Promise.resolve(this.running.has(id) ? handle(id) : undefined),
    });
  }
}

describe('ClusterRegistry: windows that share a folder', () => {
  let folder = '';
  let machine = new Machine();
  const open: { dispose(): void }[] = [];
  const alive = new Set<number>();

  beforeEach(async () => {
    folder = await mkdtemp(path.join(os.tmpdir(), 'registry-'));
    machine = new Machine();
    alive.clear();
  });
  afterEach(async () => {
    for (const each of open.splice(0).reverse()) each.dispose();
    // What a window has just told the others may still be written.
    await rm(folder, { recursive: true, force: true, maxRetries: 10 });
  });

  async function openWindow(pid: number, { isWatching = true, hasJava = true } = {}) {
    alive.add(pid);
    const runtime = machine.runtime();
    const java = Object.assign(machine.runtime(), { kind: 'java' as const });
    const external = Object.assign(machine.runtime(), { kind: 'external' as const });
    const state = new FolderStateStore(folder, logger);
    const clusters = new ClusterManager({
      profiles: [],
      runtimes: [runtime, external, ...(hasJava ? [java] : [])],
      connector: new FakeConnector(),
      logger,
    });
    const secrets = { get: () => Promise.resolve(undefined), set: () => Promise.resolve() };
    const store = new ProfileStore({ state, secrets, readFile: () => Promise.reject(new Error('none')) });
    const marks = new StartMarks({
      state,
      clock: Date,
      pid,
      isAlive: (other) => alive.has(other),
      pause: () => new Promise((resolve) => setTimeout(resolve, 5)),
    });
    const registry = new ClusterRegistry({
      ...{ clusters, store, state, logger, marks },
      defaults: () => ({ port: 9092, keepRunning: false, kafkaHome: undefined, javaHome: undefined }),
    });
    open.push(state, clusters, registry);
    await registry.load();
    if (isWatching) await state.watch();
    return { clusters, registry, state, runtime };
  }

  it('show the same profiles and the same active one', async () => {
    const [a, b] = [await openWindow(1), await openWindow(2)];
    await a.registry.save(one);
    await a.registry.save(two);
    await soon(() => b.clusters.profiles().length === 2, 'both profiles');
    await a.registry.activate('two');
    await soon(() => b.clusters.activeId === 'two', 'the active one');
    await b.registry.save({ ...one, name: 'Uno' });
    await soon(() => a.registry.profile('one')?.name === 'Uno', 'the new name');
    await b.registry.remove('two');
    await soon(() => a.clusters.activeId === 'one' && a.clusters.profiles().length === 1, 'its removal');
  });

  it('join what one of them starts, and see that one stops it', async () => {
    const [a, b] = [await openWindow(1), await openWindow(2)];
    await a.registry.save(one);
    await soon(() => b.clusters.profiles().length === 1, 'the profile');
    await a.clusters.start('one');
    await soon(() => b.clusters.status('one').state === 'running', 'the broker in the other window');
    assert.equal(machine.starts, 1);
    await b.clusters.stop('one');
    await soon(() => a.clusters.status('one').state === 'stopped', 'the stop in the first window');
    await a.clusters.start('one');
    await soon(() => b.clusters.status('one').state === 'running', 'the broker again');
    assert.equal(machine.starts, 2);
  });

  it('a window that opens later joins what runs', async () => {
    const a = await openWindow(1);
    await a.registry.save(one);
    await a.clusters.start('one');
    const b = await openWindow(2);
    await b.registry.restore();
    assert.equal(b.clusters.status('one').state, 'running');
    assert.equal(machine.starts, 1);
  });

  it('a start that nobody asked for tells of its failure, and only of that', async () => {
    const a = await openWindow(1);
    await a.registry.save(one);
    const told: string[] = [];
    a.registry.onDidFailUnasked((id) => told.push(`${id} ${a.clusters.status(id).state}`));
    await a.registry.startUnasked('one');
    await a.clusters.stop('one');
    a.runtime.beforeStart = () => Promise.reject(new Error('no'));
    await assert.rejects(a.clusters.start('one'));
    assert.equal(told.length, 0);
    await a.registry.startUnasked('one');
    assert.deepEqual(told, ['one failed']);
    a.runtime.beforeStart = () => new Promise(() => {});
    void a.clusters.start('one').catch(() => {});
    await soon(async () => (await a.state.get('starting.one')) !== undefined, 'the mark');
    for (const each of open.splice(0).reverse()) each.dispose();
    alive.delete(1);
    const b = await openWindow(2);
    b.registry.onDidFailUnasked((id) => told.push(`again ${id}`));
    b.runtime.beforeStart = () => Promise.reject(new Error('no'));
    await b.registry.restore();
    assert.deepEqual(told, ['one failed', 'again one']);
  });

  it('a start that a window left behind is begun again, once', async () => {
    const a = await openWindow(1);
    await a.registry.save(one);
    a.runtime.beforeStart = () => new Promise(() => {});
    void a.clusters.start('one').catch(() => {});
    await soon(async () => (await a.state.get('starting.one')) !== undefined, 'the mark');
    for (const each of open.splice(0).reverse()) each.dispose();
    const b = await openWindow(2);
    // The former process takes a while to end.
    setTimeout(() => alive.delete(1), 50);
    await b.registry.restore();
    assert.equal(b.clusters.status('one').state, 'running');
    assert.equal(machine.starts, 1);
    await soon(async () => (await b.state.get('starting.one')) === undefined, 'the mark to be gone');
    await b.clusters.stop('one');
    const c = await openWindow(3);
    await c.registry.restore();
    assert.equal(c.clusters.status('one').state, 'stopped');
  });

  it('a start that ended leaves no mark, whether it failed or not', async () => {
    const a = await openWindow(1);
    await a.registry.save(one);
    const written: unknown[] = [];
    a.runtime.beforeStart = async () => {
      await a.registry.refresh();
      written.push(await a.state.get('starting.one'));
      if (written.length === 1) throw new Error('no');
    };
    await assert.rejects(a.clusters.start('one'));
    await a.registry.refresh();
    assert.equal(await a.state.get('starting.one'), undefined);
    await a.clusters.start('one');
    await a.registry.refresh();
    assert.equal(await a.state.get('starting.one'), undefined);
    assert.equal(written.filter((mark) => mark !== undefined).length, 2, 'both starts had a mark');
  });

  it('a mark of the own process is of a former one with its number, and goes', async () => {
    const a = await openWindow(1);
    await a.registry.save(one);
    await a.state.set('starting.one', { pid: 1, at: Date.now() });
    await a.registry.restore();
    assert.equal(a.clusters.status('one').state, 'stopped');
    assert.equal(await a.state.get('starting.one'), undefined);
  });

  it('a removal stops the broker, also one that is to keep running, and leaves nothing behind', async () => {
    const a = await openWindow(1);
    await a.registry.save(one);
    await a.clusters.start('one');
    await a.registry.refresh();
    assert.notEqual(await a.state.get('turn.one'), undefined);
    await a.registry.remove('one');
    await a.registry.refresh();
    assert.equal(machine.running.has('one'), false, 'the broker still runs');
    assert.equal(await a.state.get('turn.one'), undefined);
  });

  it('a cluster that was removed and made anew of another runtime is seen as such', async () => {
    const [a, b] = [await openWindow(1, { isWatching: false }), await openWindow(2)];
    await b.registry.save(one);
    await a.registry.load();
    await b.registry.remove('one');
    await b.registry.save({ ...one, runtime: 'java' });
    await a.registry.load();
    assert.equal(a.registry.profile('one')?.runtime, 'java');
    assert.deepEqual(
      a.clusters.profiles().map(({ runtime }) => runtime),
      ['java'],
    );
  });

  it('a profile that can not be taken over does not keep the others away, and its save says so', async () => {
    const b = await openWindow(2);
    await b.registry.save({ ...one, runtime: 'java' });
    await b.registry.save(two);
    const a = await openWindow(1, { hasJava: false });
    assert.deepEqual(
      a.registry.profiles().map(({ id }) => id),
      ['two'],
    );
    await assert.rejects(a.registry.save({ ...two, id: 'three', name: 'Three', runtime: 'java' }), {
      code: 'RUNTIME_UNAVAILABLE',
    });
  });

  it('an external cluster stays one that was connected when it fails, until it is disconnected', async () => {
    const a = await openWindow(1);
    await a.registry.save({ id: 'ext', name: 'Ext', runtime: 'external', bootstrap: ['127.0.0.1:1'] });
    await a.clusters.start('ext');
    for (const handle of machine.handles) handle.exit();
    assert.equal(a.clusters.status('ext').state, 'failed');
    await a.registry.refresh();
    assert.equal(await a.state.get('connected.ext'), true);
    await a.clusters.stop('ext');
    await a.registry.refresh();
    assert.equal(await a.state.get('connected.ext'), undefined);
  });

  it('an old mark counts no more', async () => {
    const a = await openWindow(1);
    await a.registry.save(one);
    await a.state.set('starting.one', { pid: 77, at: Date.now() - 301_000 });
    await a.registry.restore();
    assert.equal(a.clusters.status('one').state, 'stopped');
    assert.equal(await a.state.get('starting.one'), undefined);
  });
});
