import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import path from 'node:path';
import { createLogger } from '../../src/base/logger';
import { ClusterManager } from '../../src/core/clusterManager';
import type { BrokerRuntime, RunningBroker, StateStore } from '../../src/core/ports';
import type { EmbeddedProfile } from '../../src/core/profile';
import { createEmbeddedRuntime } from '../../src/runtimes/embedded/embeddedRuntime';
import { createManagedRuntime } from '../../src/runtimes/supervisor/managedRuntime';
import { FakeConnector } from '../support/fakeCluster';
import { freePort } from '../support/freePort';
import { answersMetadata } from '../support/real/metadataProbe';
import { makeTempDir, removeTempDir } from '../support/real/tempDir';
import { until } from '../support/until';
import {
  Bench,
  bundleSupervisor,
  isRunning,
  parentOf,
  processesOf,
  waitForEnd,
} from '../unit/runtimes/supervisor/support/supervisorBench';

/** A fake state store in memory. */
function memoryState(): StateStore & { readonly values: Map<string, unknown> } {
  const values = new Map<string, unknown>();
  return {
    values,
    get: (key) => Promise.resolve(values.get(key)),
    set: (key, value) => Promise.resolve(void values.set(key, value)),
  };
}

describe('the embedded runtime', function () {
  this.timeout(60_000);
  let distDir: string;
  let storageDir: string;
  let profile: EmbeddedProfile;
  let state: ReturnType<typeof memoryState>;
  let runtime: BrokerRuntime;
  const logger = createLogger(() => {});
  const pids = new Set<number>();

  async function start(progress: string[] = []): Promise<RunningBroker> {
    const broker = await runtime.start(profile, (step) => progress.push(step.message));
    pids.add(broker.pid!).add(parentOf(broker.pid!));
    return broker;
  }

  before(async () => {
    distDir = await bundleSupervisor();
  });
  beforeEach(async () => {
    storageDir = await makeTempDir('embedded-runtime');
    profile = { id: 'play', name: 'Playground', runtime: 'embedded', port: await freePort() };
    state = memoryState();
    runtime = createEmbeddedRuntime({ storageDir, distDir, state, logger });
  });
  afterEach(async () => {
    try {
      for (const pid of pids) await waitForEnd(pid, 8_000);
    } finally {
      for (const pid of pids) if (isRunning(pid)) process.kill(pid, 'SIGKILL');
      pids.clear();
      await removeTempDir(storageDir);
    }
  });

  it('says whether it can start, and what is missing', async () => {
    assert.deepEqual((await runtime.check(profile)).available, true);
    const empty = createEmbeddedRuntime({ storageDir, distDir: storageDir, state, logger });
    const check = await empty.check(profile);
    assert.ok(!check.available && /kfake\.wasm\.br is missing/.test(check.reason));
  });

  it('starts a broker that answers, on the port of the profile', async () => {
    const broker = await start();
    assert.deepEqual(broker.connection, { bootstrap: [`127.0.0.1:${profile.port}`] });
    assert.equal(broker.version, 'kfake (not Apache Kafka)');
    assert.equal(await answersMetadata(profile.port), true);
    await broker.stop();
    assert.equal(isRunning(broker.pid!), false);
  });

  it('takes the next free port, says so, and remembers it', async () => {
    const other = createServer().listen(profile.port, '127.0.0.1');
    await once(other, 'listening');
    const told: string[] = [];
    const broker = await start(told);
    const [address] = broker.connection.bootstrap;
    const port = Number(address?.split(':')[1]);
    assert.ok(port > profile.port && port <= profile.port + 100);
    assert.equal(told[0], `Port ${profile.port} is taken by another program; using ${port}`);
    assert.equal(state.values.get('cluster.play.port'), port);
    await broker.release();
    other.close();
  });

  it('attaches to the broker that another client started, and joins it instead of starting a second one', async () => {
    assert.equal(await runtime.attach(profile), undefined);
    const first = await start();
    const elsewhere = createEmbeddedRuntime({ storageDir, distDir, state: memoryState(), logger });
    const attached = await elsewhere.attach(profile);
    const told: string[] = [];
    const joined = await elsewhere.start(profile, (step) => told.push(step.message));
    assert.deepEqual([attached?.pid, joined.pid], [first.pid, first.pid]);
    assert.deepEqual(told, []);
    await first.release();
    await joined.release();
    assert.equal(isRunning(first.pid!), true);
    await attached?.release();
    assert.equal(isRunning(first.pid!), false);
  });

  it('gives many that start at once the same broker', async () => {
    const runtimes = Array.from({ length: 6 }, () =>
      createEmbeddedRuntime({ storageDir, distDir, state, logger }),
    );
    const brokers = await Promise.all(runtimes.map((one) => one.start(profile, () => {})));
    assert.equal(new Set(brokers.map((broker) => broker.pid)).size, 1);
    pids.add(brokers[0]!.pid!).add(parentOf(brokers[0]!.pid!));
    await Promise.all(brokers.map((broker) => broker.release()));
  });

  it('has a broker that ends with its supervisor, however that ends', async () => {
    const broker = await start();
    process.kill(parentOf(broker.pid!), 'SIGKILL');
    await waitForEnd(broker.pid!, 3_000);
    await (await start()).stop();
  });

  describe('a stop while a broker that is to keep running starts', () => {
    /** A window of its own on the same profile; its stop comes when the broker is asked for. */
    function openWindow(): ClusterManager {
      return new ClusterManager({
        profiles: [{ ...profile, keepRunning: true }],
        runtimes: [createEmbeddedRuntime({ storageDir, distDir, state, logger })],
        connector: new FakeConnector(),
        logger,
      });
    }
    const askedFor = (clusters: ClusterManager): Promise<void> =>
      new Promise((resolve) => {
        clusters.onDidProgress(({ message }) => {
          if (message.startsWith('Starting')) resolve();
        });
      });
    const processes = (): number[] => processesOf(path.join(storageDir, 'profiles', profile.id));
    const gone = () => until(() => processes().length === 0, { deadlineMs: 8_000, what: 'no process left' });

    it('leaves none', async () => {
      const clusters = openWindow();
      const asked = askedFor(clusters);
      const starting = assert.rejects(clusters.start(), { code: 'CANCELLED' });
      await asked;
      await clusters.stop();
      await starting;
      assert.equal(clusters.status().state, 'stopped');
      await gone();
      clusters.dispose();
    });

    it('leaves none to another window that has joined the start', async () => {
      const [one, other] = [openWindow(), openWindow()];
      const asked = askedFor(one);
      const starting = assert.rejects(one.start());
      await asked;
      const joining = other.start().catch(() => undefined);
      await one.stop();
      await Promise.all([starting, joining]);
      // The other one may have come just after the stop: then it has a broker of its own, and shows it.
      if (other.status().state === 'running') await other.stop();
      await gone();
      one.dispose();
      other.dispose();
    });
  });

  it('deletes the data on reset, but not under a running broker', async () => {
    const broker = await start();
    await assert.rejects(runtime.reset(profile), { code: 'DATA_DIRECTORY_IN_USE' });
    await broker.stop();
    const dataDir = path.join(storageDir, 'profiles/play/data');
    assert.notEqual((await readdir(dataDir)).length, 0);
    await runtime.reset(profile);
    assert.deepEqual(await readdir(dataDir), []);
    await (await start()).stop();
  });

  describe("the reset of a data directory of one's own", () => {
    let dataDir: string;

    beforeEach(() => {
      dataDir = path.join(storageDir, 'chosen');
      profile = { ...profile, dataDir };
    });

    it('empties one that was empty at the first start', async () => {
      await (await start()).stop();
      await runtime.reset(profile);
      assert.deepEqual(await readdir(dataDir), []);
    });

    it('leaves one that held other things at the first start', async () => {
      await mkdir(dataDir);
      await writeFile(path.join(dataDir, 'thesis.txt'), 'years of work');
      await assert.rejects(runtime.reset(profile), { code: 'VALIDATION_ERROR', message: /was not empty/ });
      await (await start()).stop();
      await assert.rejects(runtime.reset(profile), { code: 'VALIDATION_ERROR' });
      assert.ok((await readdir(dataDir)).includes('thesis.txt'));
    });

    it("leaves one that another profile's broker runs on", async () => {
      const broker = await start();
      const second = { ...profile, id: 'second' };
      await assert.rejects(runtime.reset(second), { code: 'DATA_DIRECTORY_IN_USE' });
      await broker.stop();
      await runtime.reset(second);
      assert.deepEqual(await readdir(dataDir), []);
    });
  });

  it('starts where the port can not be remembered, and says so', async () => {
    const told: string[] = [];
    runtime = createEmbeddedRuntime({
      ...{ storageDir, distDir },
      logger: createLogger((_level, line) => told.push(line)),
      state: { get: () => Promise.resolve(undefined), set: () => Promise.reject(new Error('ENOSPC')) },
    });
    const broker = await start();
    assert.ok(
      told.some((line) => line.includes('could not be remembered') && line.includes('ENOSPC')),
      told.join('\n'),
    );
    await broker.stop();
  });

  it('says that a folder can not be made, where the system pretends that it could', async () => {
    profile = { ...profile, dataDir: '/proc/none/data' };
    await assert.rejects(start(), { code: 'DATA_DIRECTORY_NOT_WRITABLE' });
  });

  it('says that its data directory can not be written', async () => {
    const file = path.join(storageDir, 'file');
    await writeFile(file, '');
    profile = { ...profile, dataDir: path.join(file, 'data') };
    await assert.rejects(start(), { code: 'DATA_DIRECTORY_NOT_WRITABLE' });
  });

  it('says that another broker uses its data directory', async () => {
    const dataDir = path.join(storageDir, 'shared');
    await mkdir(dataDir);
    profile = { ...profile, dataDir };
    const broker = await start();
    const second = { ...profile, id: 'second', port: await freePort() };
    await assert.rejects(
      runtime.start(second, () => {}),
      { code: 'DATA_DIRECTORY_IN_USE' },
    );
    await broker.release();
  });

  it('goes on with the next port when the chosen one is lost before the broker binds it', async () => {
    const bench = await Bench.make(distDir);
    const thief = createServer();
    const ports: number[] = [];
    const managed = createManagedRuntime<EmbeddedProfile>({
      ...{ kind: 'embedded', storageDir, distDir, state, logger },
      check: () => Promise.resolve({ available: true, detail: '' }),
      plan: async (_profile, { port }) => {
        ports.push(port);
        if (ports.length === 1) await once(thief.listen(port, '127.0.0.1'), 'listening');
        const plan = bench.plan();
        return {
          ...plan,
          port,
          args: plan.args.map((arg) => (arg === String(bench.port) ? String(port) : arg)),
        };
      },
    });
    const broker = await managed.start(profile, () => {});
    assert.equal(ports.length, 2);
    assert.deepEqual(broker.connection.bootstrap, [`127.0.0.1:${ports[1] ?? 0}`]);
    await broker.release();
    thief.close();
    await bench.clear();
  });
});
