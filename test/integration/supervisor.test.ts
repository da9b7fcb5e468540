import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { SupervisorClient } from '../../src/runtimes/supervisor/supervisorClient';
import {
  Bench,
  bundleSupervisor,
  exitOf,
  isRunning,
  parentOf,
  processesOf,
  waitForEnd,
} from '../unit/runtimes/supervisor/support/supervisorBench';

describe('the supervisor, with a stand-in broker', function () {
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
      const broker = await bench.ensure();
      assert.equal(broker.pid, client.brokerPid);
      await other.kill();
      await waitForEnd(other.brokerPid, 5_000);
      await yardstick.clear();
      assert.equal(isRunning(broker.pid), true);
      await broker.release();
    });

    it('lets the first of two clients leave, and stops at once when the last one does', async () => {
      const first = await bench.spawnClient(bench.plan([], { graceMs: 60_000 }));
      const second = await bench.ensure();
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
      const broker = await bench.ensure(bench.plan([], { keepRunning: true, graceMs: 0 }));
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
      const [one, other] = [await bench.ensure(), await bench.ensure()];
      const told = exitOf(other);
      await one.stop();
      assert.equal((await told).expected, true);
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

  it('gives the newest lines of the log, then each new one, until told to end', async () => {
    const broker = await bench.ensure();
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
    const broker = await bench.ensure();
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
