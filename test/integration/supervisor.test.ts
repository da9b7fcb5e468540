import assert from 'node:assert/strict';
import { once } from 'node:events';
import { access, mkdir, readFile, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import path from 'node:path';
import type { BrokerLaunchPlan } from '../../src/contract/supervisor';
import type { BrokerExit } from '../../src/core/ports';
import { endLostBroker } from '../../src/runtimes/supervisor/endLostBroker';
import { SupervisedBroker } from '../../src/runtimes/supervisor/supervisedBroker';
import { SupervisorClient } from '../../src/runtimes/supervisor/supervisorClient';
import { spawnTracked } from '../support/real/children';
import { until } from '../support/until';
import {
  Bench,
  bundleSupervisor,
  isRunning,
  parentOf,
  processesOf,
  waitForEnd,
} from '../unit/runtimes/supervisor/support/supervisorBench';

describe('the supervisor, with a stand-in broker', function () {
  this.timeout(60_000);
  let dist: string;
  let bench: Bench;

  async function ensure(
    plan: BrokerLaunchPlan = bench.plan(),
    signal?: AbortSignal,
  ): Promise<SupervisedBroker> {
    const client = await SupervisorClient.ensure(bench.profileDir, dist, plan, signal);
    assert.equal(client.state.state, 'listening');
    return new SupervisedBroker(client, client.state, () => endLostBroker(bench.profileDir, dist));
  }

  function exitOf(broker: SupervisedBroker): Promise<BrokerExit> {
    return new Promise((resolve) => broker.onDidExit(resolve));
  }

  before(async () => {
    dist = await bundleSupervisor();
  });
  beforeEach(async () => {
    bench = await Bench.make(dist);
  });
  afterEach(() => bench.clear());

  describe('the lease', () => {
    it('ends the broker one grace time after its only client was killed, and then itself', async () => {
      const client = await bench.spawnClient();
      const supervisor = parentOf(client.brokerPid);
      const killedAt = Date.now();
      await client.kill();
      await waitForEnd(client.brokerPid, 5_000);
      assert.ok(Date.now() - killedAt >= 900, 'the broker had its grace time');
      await waitForEnd(supervisor, 2_000);
      assert.deepEqual(await bench.files(), ['broker.log', 'supervisor.log'], 'no broker.json is left');
    });

    it('keeps a broker for a client that comes back within the grace time', async () => {
      const client = await bench.spawnClient();
      // Its client is killed later, and its broker ends: by then the grace time of the first one is over as well.
      const yardstick = await Bench.make(dist);
      const other = await yardstick.spawnClient();
      await client.kill();
      const broker = await ensure();
      assert.equal(broker.pid, client.brokerPid);
      await other.kill();
      await waitForEnd(other.brokerPid, 5_000);
      await yardstick.clear();
      assert.equal(isRunning(broker.pid), true);
      await broker.release();
    });

    it('lets the first of two clients leave, and stops at once when the last one does', async () => {
      const first = await bench.spawnClient(bench.plan([], { graceMs: 60_000 }));
      const second = await ensure();
      assert.equal(second.pid, first.brokerPid);
      await first.release();
      assert.equal(isRunning(second.pid), true);
      const supervisor = parentOf(second.pid);
      const started = Date.now();
      await second.release();
      assert.equal(isRunning(second.pid), false, 'release waits for the end');
      assert.ok(Date.now() - started < 5_000);
      await waitForEnd(supervisor, 2_000);
    });

    it('keeps a broker that is to keep running without clients, until somebody stops it', async () => {
      const broker = await ensure(bench.plan([], { keepRunning: true, graceMs: 0 }));
      const supervisor = parentOf(broker.pid);
      await broker.release();
      assert.equal(isRunning(broker.pid), true);
      const client = await SupervisorClient.attach(bench.profileDir);
      assert.equal(client?.state.state, 'listening');
      await client.stop();
      assert.equal(isRunning(broker.pid), false);
      client.dispose();
      await waitForEnd(supervisor, 2_000);
      assert.equal(await SupervisorClient.attach(bench.profileDir), undefined);
    });

    it('tells all clients when one of them stops the broker', async () => {
      const [one, other] = [await ensure(), await ensure()];
      const told = exitOf(other);
      await one.stop();
      assert.equal((await told).expected, true);
    });
  });

  describe('crashes', () => {
    it('tells within a second that the broker was killed, with its last lines, and starts it again', async () => {
      const broker = await ensure();
      const exit = exitOf(broker);
      const killedAt = Date.now();
      process.kill(broker.pid, 'SIGKILL');
      const { expected, signal, lastLog } = await exit;
      assert.ok(Date.now() - killedAt < 1_000);
      assert.equal(expected, false);
      assert.equal(signal, 'SIGKILL');
      assert.equal(lastLog.at(-1), 'listening');
      const late = await exitOf(broker);
      assert.equal(late.signal, 'SIGKILL', 'a listener that comes later is told too');
      const again = await ensure();
      assert.notEqual(again.pid, broker.pid);
      await again.release();
    });

    const recorded = () =>
      until(async () => (await bench.files()).includes('broker.json'), {
        deadlineMs: 2_000,
        what: 'broker.json',
      });

    it('ends the broker that a killed supervisor left, before it starts another one', async () => {
      const client = await bench.spawnClient();
      await recorded();
      const supervisor = parentOf(client.brokerPid);
      await client.kill();
      process.kill(supervisor, 'SIGKILL');
      await waitForEnd(supervisor, 2_000);
      assert.equal(isRunning(client.brokerPid), true);
      const next = await ensure();
      assert.equal(isRunning(client.brokerPid), false);
      assert.notEqual(next.pid, client.brokerPid);
      await next.release();
    });

    it('has a client end the broker that a killed supervisor left, though nobody starts it again', async () => {
      const broker = await ensure();
      await recorded();
      const exit = exitOf(broker);
      process.kill(parentOf(broker.pid), 'SIGKILL');
      assert.equal((await exit).expected, false);
      await waitForEnd(broker.pid, 5_000);
      await until(async () => !(await bench.files()).includes('broker.json'), {
        deadlineMs: 2_000,
        what: 'no broker.json',
      });
    });

    it('has release() wait for that end', async () => {
      const broker = await ensure();
      await recorded();
      process.kill(parentOf(broker.pid), 'SIGKILL');
      await broker.release();
      assert.equal(isRunning(broker.pid), false);
    });

    it('starts again at once after a killed supervisor, with one broker', async () => {
      const broker = await ensure();
      const other = await ensure();
      await recorded();
      const exit = exitOf(broker);
      process.kill(parentOf(broker.pid), 'SIGKILL');
      await exit;
      const next = await ensure();
      assert.equal(isRunning(broker.pid), false);
      await Promise.all([broker.release(), other.release()]);
      assert.equal(isRunning(next.pid), true);
      await next.release();
    });

    it('never signals a process that only has the recorded pid', async () => {
      const innocent = spawnTracked(process.execPath, ['-e', 'setInterval(() => {}, 1000)']);
      await once(innocent, 'spawn');
      const record = { pid: innocent.pid, startTime: 'another', commandLineMarker: '', stopTimeoutMs: 0 };
      await writeFile(path.join(bench.profileDir, 'broker.json'), JSON.stringify(record));
      await (await ensure()).release();
      assert.equal(isRunning(innocent.pid!), true);
      innocent.kill('SIGKILL');
      await once(innocent, 'exit');
    });

    it('kills a broker that ignores the stop signal, after its stop timeout', async () => {
      const broker = await ensure(bench.plan(['ignore-term'], { stopTimeoutMs: 300 }));
      const exit = exitOf(broker);
      await broker.stop();
      assert.equal((await exit).signal, 'SIGKILL');
      assert.equal((await exit).expected, true);
    });
  });

  describe('many starts at once', () => {
    async function startEight(): Promise<void> {
      const clients = await Promise.all(Array.from({ length: 8 }, () => bench.spawnClient()));
      assert.equal(new Set(clients.map((client) => client.brokerPid)).size, 1);
      const pids = processesOf(bench.profileDir);
      assert.equal(pids.length, 2, 'one supervisor and one broker');
      await Promise.all(clients.map((client) => client.release()));
      await waitForEnd(clients[0]!.brokerPid, 3_000);
    }

    it('end with one supervisor and one broker', startEight);

    it('do so after a kill -9 of supervisor and broker', async () => {
      const client = await bench.spawnClient();
      process.kill(parentOf(client.brokerPid), 'SIGKILL');
      process.kill(client.brokerPid, 'SIGKILL');
      await client.kill();
      await startEight();
    });
  });

  describe('a start that fails', () => {
    async function failure(plan: BrokerLaunchPlan): Promise<{ code: string; lastLog: unknown }> {
      let found: unknown;
      await assert.rejects(ensure(plan), (error) => {
        found = error;
        return true;
      });
      const { code, details } = found as { code: string; details?: Record<string, unknown> };
      return { code, lastLog: details?.['last_log'] };
    }

    it('says that the port is taken', async () => {
      const other = createServer().listen(bench.port, '127.0.0.1');
      await once(other, 'listening');
      assert.equal((await failure(bench.plan())).code, 'PORT_IN_USE');
      other.close();
      await (await ensure()).release();
    });

    it('says so when the broker ends, with its last lines', async () => {
      const { code, lastLog } = await failure(bench.plan(['die']));
      assert.equal(code, 'CLUSTER_START_FAILED');
      assert.deepEqual(lastLog, ['stand-in broker starts', 'can not go on']);
    });

    it('takes a line of the log for the reason', async () => {
      const logErrors = [{ contains: 'not go on', code: 'DATA_DIRECTORY_IN_USE' }] as const;
      assert.equal((await failure(bench.plan(['die'], { logErrors }))).code, 'DATA_DIRECTORY_IN_USE');
    });

    it("does not take another program's listener for the broker", async () => {
      const other = createServer().listen(bench.port, '127.0.0.1');
      await once(other, 'listening');
      const plan = bench.plan(['silent'], { startTimeoutMs: 1_000 });
      assert.equal((await failure(plan)).code, 'CLUSTER_START_FAILED');
      other.close();
    });

    it('does not try the fallback where the log tells the reason', async () => {
      const logErrors = [{ contains: 'not go on', code: 'CLUSTER_START_FAILED' }] as const;
      const fallback = { args: bench.plan().args, deleteFiles: [] };
      const { code } = await failure(bench.plan(['die'], { logErrors, fallback }));
      assert.equal(code, 'CLUSTER_START_FAILED');
    });

    it('tries the fallback once, without its files', async () => {
      const file = path.join(bench.profileDir, 'damaged.jsa');
      await writeFile(file, 'x');
      const fallback = { args: bench.plan().args, deleteFiles: [file] };
      await (await ensure(bench.plan(['die'], { fallback }))).release();
      await assert.rejects(access(file));
      const hopeless = { args: bench.plan(['die']).args, deleteFiles: [] };
      assert.equal((await failure(bench.plan(['die'], { fallback: hopeless }))).code, 'CLUSTER_START_FAILED');
    });

    it('gives up after the start timeout', async () => {
      assert.equal(
        (await failure(bench.plan(['silent'], { startTimeoutMs: 500 }))).code,
        'CLUSTER_START_FAILED',
      );
    });

    it('names a program that can not be run', async () => {
      assert.equal(
        (await failure(bench.plan([], { file: '/nonexistent/java' }))).code,
        'CLUSTER_START_FAILED',
      );
    });

    it('tells why a supervisor can not work in the folder', async () => {
      await mkdir(path.join(bench.profileDir, 'broker.log'));
      assert.equal((await failure(bench.plan())).code, 'DATA_DIRECTORY_NOT_WRITABLE');
    });

    it('tells that the supervisor itself can not be run', async () => {
      const nowhere = SupervisorClient.ensure(bench.profileDir, path.join(dist, 'missing'), bench.plan());
      await assert.rejects(nowhere, { code: 'CLUSTER_START_FAILED' });
      assert.match(
        await readFile(path.join(bench.profileDir, 'supervisor.log'), 'utf8'),
        /Cannot find module/,
      );
    });

    it('does not blame the folder where the supervisor can not even be spawned', async () => {
      const impossible = SupervisorClient.ensure(bench.profileDir, 'no\0path', bench.plan());
      await assert.rejects(impossible, { code: 'CLUSTER_START_FAILED', message: /could not be run/ });
    });

    it('leaves nothing behind when it is cancelled', async () => {
      const cancel = new AbortController();
      const starting = ensure(bench.plan(['silent', 'ignore-term'], { stopTimeoutMs: 200 }), cancel.signal);
      await until(() => processesOf(bench.profileDir).length === 2, {
        deadlineMs: 5_000,
        what: 'the broker',
      });
      cancel.abort();
      await assert.rejects(starting, { name: 'AbortError' });
      assert.equal(processesOf(bench.profileDir).length <= 1, true, 'the broker has ended');
    });
  });

  it('gives the newest lines of the log, then each new one, until told to end', async () => {
    const broker = await ensure();
    const stop = new AbortController();
    const lines: string[] = [];
    for await (const line of broker.logs(stop.signal)) {
      lines.push(line);
      if (line === 'listening') bench.say('hello\u001b[2J');
      if (line.startsWith('said')) stop.abort();
    }
    assert.deepEqual(lines, ['stand-in broker starts', 'listening', 'said hello\\x1b[2J']);
    const log = await readFile(path.join(bench.profileDir, 'broker.log'), 'utf8');
    assert.deepEqual(log.trimEnd().split('\n'), lines);
    await broker.release();
  });

  it('tells what the broker uses', async () => {
    const broker = await ensure();
    const usage = await broker.usage();
    assert.ok(usage && usage.cpuSeconds >= 0 && usage.residentBytes > 10_000_000, JSON.stringify(usage));
    await broker.release();
    assert.equal(await broker.usage(), undefined);
  });

  it('passes no variable on that a broker does not need', async () => {
    const client = await bench.spawnClient(bench.plan(['print-env'], { env: { OWN: '1' } }), {
      ...process.env,
      SECRET_TOKEN: 'x',
    });
    const log = await readFile(path.join(bench.profileDir, 'broker.log'), 'utf8');
    assert.match(log, /^env .*\bOWN\b.*\bPATH\b/m);
    assert.doesNotMatch(log, /SECRET_TOKEN/);
    await client.release();
  });
});
