import assert from 'node:assert/strict';
import { once } from 'node:events';
import { access, mkdir, readFile, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import path from 'node:path';
import type { BrokerLaunchPlan } from '../../src/contract/supervisor';
import { SupervisorClient } from '../../src/runtimes/supervisor/supervisorClient';
import { spawnTracked } from '../support/real/children';
import { until } from '../support/until';
import {
  Bench,
  bundleSupervisor,
  exitOf,
  isRunning,
  parentOf,
  processesOf,
  waitForEnd,
} from '../unit/runtimes/supervisor/support/supervisorBench';

describe('the supervisor, when its stand-in broker fails', function () {
  this.timeout(60_000);
  let dist: string;
  let bench: Bench;

  before(async () => {
    dist = await bundleSupervisor();
  });
  beforeEach(async () => {
    bench = await Bench.make(dist);
  });
  afterEach(() => bench.clear());

  describe('crashes', () => {
    it('tells within a second that the broker was killed, with its last lines, and starts it again', async () => {
      const broker = await bench.ensure();
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
      const again = await bench.ensure();
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
      const next = await bench.ensure();
      assert.equal(isRunning(client.brokerPid), false);
      assert.notEqual(next.pid, client.brokerPid);
      await next.release();
    });

    it('has a client end the broker that a killed supervisor left, though nobody starts it again', async () => {
      const broker = await bench.ensure();
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
      const broker = await bench.ensure();
      await recorded();
      process.kill(parentOf(broker.pid), 'SIGKILL');
      await broker.release();
      assert.equal(isRunning(broker.pid), false);
    });

    it('starts again at once after a killed supervisor, with one broker', async () => {
      const broker = await bench.ensure();
      const other = await bench.ensure();
      await recorded();
      const exit = exitOf(broker);
      process.kill(parentOf(broker.pid), 'SIGKILL');
      await exit;
      const next = await bench.ensure();
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
      await (await bench.ensure()).release();
      assert.equal(isRunning(innocent.pid!), true);
      innocent.kill('SIGKILL');
      await once(innocent, 'exit');
    });

    it('kills a broker that ignores the stop signal, after its stop timeout', async () => {
      const broker = await bench.ensure(bench.plan(['ignore-term'], { stopTimeoutMs: 300 }));
      const exit = exitOf(broker);
      await broker.stop();
      assert.equal((await exit).signal, 'SIGKILL');
      assert.equal((await exit).expected, true);
    });
  });

  describe('a start that fails', () => {
    async function failure(plan: BrokerLaunchPlan): Promise<{ code: string; lastLog: unknown }> {
      let found: unknown;
      await assert.rejects(bench.ensure(plan), (error) => {
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
      await (await bench.ensure()).release();
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
      await (await bench.ensure(bench.plan(['die'], { fallback }))).release();
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
      const starting = bench.ensure(
        bench.plan(['silent', 'ignore-term'], { stopTimeoutMs: 200 }),
        cancel.signal,
      );
      await until(() => processesOf(bench.profileDir).length === 2, {
        deadlineMs: 5_000,
        what: 'the broker',
      });
      cancel.abort();
      await assert.rejects(starting, { name: 'AbortError' });
      assert.equal(processesOf(bench.profileDir).length <= 1, true, 'the broker has ended');
    });
  });
});
