import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import fs from 'node:fs';
import net from 'node:net';
import path from 'node:path';
import { promisify } from 'node:util';
import { freePort } from '../support/freePort';
import { type KafkaDist, realKafka } from '../support/real/kafkaDist';
import { makeTempDir } from '../support/real/tempDir';
import { isAlive, processesOf, Terminal } from '../support/terminal';
import { until } from '../support/until';

const anyPorts = ['--port', '0', '--api-port', '0'];

describe('the terminal entry', () => {
  let data = '';
  let terminals: Terminal[] = [];
  beforeEach(async () => {
    data = await makeTempDir('terminal');
    terminals = [];
  });
  afterEach(async () => {
    for (const terminal of terminals) await terminal.stop();
    await until(() => processesOf(data).length === 0, {
      deadlineMs: 30_000,
      what: `the processes ${processesOf(data).join(', ')} to end`,
    });
  });
  const open = (args: readonly string[], env: NodeJS.ProcessEnv = process.env): Terminal => {
    const terminal = new Terminal({ args, data, env });
    terminals.push(terminal);
    return terminal;
  };

  /** The supervisor ends just behind the terminal. */
  const nothingLeft = (): Promise<unknown> =>
    until(() => processesOf(data).length === 0, {
      deadlineMs: 5000,
      what: 'the last process to end',
      everyMs: 10,
    });

  it('--once makes the round trip, exits 0, and leaves no process, with nothing but Node on the PATH', async () => {
    const bin = await makeTempDir('only-node');
    fs.symlinkSync(process.execPath, path.join(bin, 'node'));
    // The harness ends its children by setpriv where there is one.
    if (fs.existsSync('/usr/bin/setpriv')) fs.symlinkSync('/usr/bin/setpriv', path.join(bin, 'setpriv'));
    const terminal = open([...anyPorts, '--once'], { PATH: bin });
    assert.equal(await terminal.exited, 0, terminal.text);
    assert.match(terminal.text, /Consumed it/);
    assert.ok(terminal.lines.length <= 14, terminal.text);
    await nothingLeft();
  });

  it('stays until Ctrl-C, which stops everything within 5 s; the printed curl line works when pasted', async () => {
    const terminal = await open(anyPorts).ready();
    const [, line = ''] = await terminal.line(/^Try it\s+(curl .*)$/);
    const { stdout } = await promisify(execFile)('sh', ['-c', `${line} -sS`]);
    const answer = JSON.parse(stdout) as { success: boolean; data: { records: unknown[] } };
    assert.equal(answer.success, true);
    assert.equal(answer.data.records.length, 1);
    const pid = terminal.brokerPid;
    assert.ok(isAlive(pid));
    const { code, ms } = await terminal.stop();
    assert.equal(code, 0);
    assert.ok(ms < 5000, `${ms} ms`);
    assert.equal(isAlive(pid), false);
    await nothingLeft();
  });

  it('what was written is there after a restart', async () => {
    const first = await open(anyPorts).ready();
    await first.call('POST', '/produce', { topic: 'hello', value: 'kept' });
    await first.stop();
    const second = await open(anyPorts).ready();
    const { body } = await second.call('GET', '/consume?topic=hello&from=beginning');
    const values = (body['data'] as { records: { value: unknown }[] }).records.map((record) => record.value);
    assert.equal(values.length, 3);
    assert.equal(values[1], 'kept');
  });

  it('a kill -9 of the terminal leaves no broker behind after the grace time', async () => {
    const terminal = await open(anyPorts).ready();
    const pid = terminal.brokerPid;
    terminal.signal('SIGKILL');
    await terminal.exited;
    assert.ok(isAlive(pid), 'the broker went at once, without a grace time');
    await until(() => !isAlive(pid) && processesOf(data).length === 0, {
      deadlineMs: 30_000,
      what: 'the broker to go',
    });
  });

  it('two terminals share one broker and one API, and the first may leave', async () => {
    const first = await open(anyPorts).ready();
    const apiPort = new URL(first.url).port;
    const second = await open(['--port', '0', '--api-port', apiPort]).ready();
    assert.equal(second.brokerPid, first.brokerPid);
    assert.equal(second.url, first.url);
    await first.call('POST', '/produce', { topic: 'hello', value: 'from the first' });
    assert.equal((await first.stop()).code, 0);
    assert.match(first.text, /Left: the broker goes on/);
    await second.line(/taken over by this terminal/, 5000);
    const { status, body } = await second.call('GET', '/consume?topic=hello&from=beginning');
    assert.equal(status, 200);
    assert.equal((body['data'] as { records: unknown[] }).records.length, 3);
    assert.ok(isAlive(second.brokerPid));
    await second.stop();
    assert.equal(isAlive(second.brokerPid), false);
  });

  it('terminals of different clusters do not share an API', async () => {
    const first = await open(anyPorts).ready();
    const apiPort = new URL(first.url).port;
    const second = await open(['--bootstrap', first.bootstrap, '--api-port', apiPort]).ready();
    assert.notEqual(second.url, first.url);
    const { body } = await second.call('GET', '/cluster/status');
    assert.match(JSON.stringify(body), /external/);
  });

  it('a port that is taken is told of once, and the next one is used', async () => {
    const foreign = [0, 1].map(() => net.createServer((socket) => socket.end('HTTP/1.1 200 OK\r\n\r\n')));
    const ports: string[] = [];
    for (const server of foreign) {
      await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
      ports.push(String((server.address() as net.AddressInfo).port));
    }
    const [kafka = '', api = ''] = ports;
    try {
      const terminal = await open(['--port', kafka, '--api-port', api]).ready();
      for (const port of ports) {
        const told = terminal.lines.filter((line) => line.includes(`Port ${port} is taken`));
        assert.equal(told.length, 1, terminal.text);
      }
      assert.notEqual(new URL(terminal.url).port, api);
      assert.notEqual(terminal.bootstrap, `127.0.0.1:${kafka}`);
    } finally {
      for (const server of foreign) server.close();
    }
  });

  it('a storage folder that can not be made is a clear error', async () => {
    fs.writeFileSync(path.join(data, 'file'), '');
    const terminal = open(['--data', path.join(data, 'file', 'sub')]);
    assert.equal(await terminal.exited, 2);
    assert.match(terminal.text, /can not be used/);
    assert.match(terminal.text, /--data/);
  });

  it('a folder that is there but can not be written is a clear error too, and so is one below /proc', async () => {
    fs.writeFileSync(path.join(data, 'logs'), '');
    for (const folder of [path.join(data, 'logs'), '/proc/nowhere']) {
      const terminal = open(['--data', folder]);
      assert.equal(await terminal.exited, 2);
      assert.match(terminal.text, /can not be used/);
    }
  });

  it('--once that is interrupted says so and does not exit 0', async () => {
    const terminal = open([...anyPorts, '--once']);
    await terminal.line(/Starting/);
    terminal.signal('SIGTERM');
    assert.equal(await terminal.exited, 130, terminal.text);
    assert.match(terminal.text, /Interrupted/);
    await nothingLeft();
  });

  it('a reader that goes away ends it cleanly, without a stack trace and without a broker', async () => {
    const script = '"$0" "$1" --once --data "$2" --port 0 --api-port 0 | head -1';
    const entry = path.join(import.meta.dirname, '../../dist/headless.js');
    const { stdout, stderr } = await promisify(execFile)('sh', ['-c', script, process.execPath, entry, data]);
    assert.match(stdout, /Starting/);
    assert.equal(stderr, '');
    await nothingLeft();
  });

  it('wrong options and settings start nothing', async () => {
    for (const [args, env, pattern] of [
      [['--runtime', 'kraft'], {}, /--runtime is "kraft", but must be embedded, java, external/],
      [['--port', 'abc'], {}, /--port is "abc"/],
      [['--nonsense'], {}, /--help/],
      [[], { API_PORT: 'abc' }, /API_PORT is "abc"/],
      [['--runtime', 'external'], {}, /--bootstrap HOST:PORT/],
    ] as const) {
      const terminal = open(args, { ...process.env, ...env });
      assert.equal(await terminal.exited, 2);
      assert.match(terminal.text, pattern);
    }
  });

  it('settings come from .env too, and the environment wins', async () => {
    fs.writeFileSync(
      path.join(data, '.env'),
      'LOCAL_KAFKA_RUNTIME=external\nKAFKA_BOOTSTRAP_SERVERS=nowhere\n',
    );
    const terminal = open(['--once']);
    assert.equal(await terminal.exited, 2);
    assert.match(terminal.text, /KAFKA_BOOTSTRAP_SERVERS is "nowhere"/);
  });

  it('a bootstrap address where nothing listens is a helpful sentence in under 5 s', async () => {
    const port = await freePort();
    const started = performance.now();
    const terminal = open(['--bootstrap', `127.0.0.1:${port}`, '--once', '--api-port', '0']);
    assert.equal(await terminal.exited, 1);
    assert.ok(performance.now() - started < 5000);
    assert.match(terminal.text, new RegExp(`127\\.0\\.0\\.1:${port}`));
  });
});

describe('a broker that is killed under the terminal entry', () => {
  let kafka: KafkaDist;
  before(async () => {
    kafka = await realKafka('4');
  });

  for (const runtime of ['embedded', 'java'] as const) {
    it(`${runtime}: it is seen within 5 s, told with its last log lines, and a restart brings every record back`, async () => {
      const data = await makeTempDir(`killed-${runtime}`);
      const home = runtime === 'java' ? ['--kafka-home', kafka.home, '--java-home', kafka.javaHome] : [];
      const terminal = await new Terminal({ args: ['--runtime', runtime, ...home, ...anyPorts], data }).ready(
        120_000,
      );
      try {
        const values = Array.from({ length: 200 }, (_, i) => `record ${i}`);
        const messages = values.map((value) => ({ value }));
        const sent = await terminal.call('POST', '/produce/batch', { topic: 'hello', messages });
        assert.equal(sent.status, 200, JSON.stringify(sent.body));
        const from = terminal.lines.length;
        const pid = terminal.brokerPid;
        process.kill(pid, 'SIGKILL');
        await terminal.line(/Cluster is failed: .*SIGKILL/, 5000, from);
        await terminal.line(/Start it again/, 5000, from);
        assert.ok(terminal.lines.length - from > 2, `no log lines:\n${terminal.text}`);
        const refused = await terminal.call('GET', '/topics');
        assert.equal(refused.status, 503);
        assert.match(JSON.stringify(refused.body), /CLUSTER_NOT_RUNNING/);
        const restarted = await terminal.call('POST', '/cluster/start');
        assert.equal(restarted.status, 200, JSON.stringify(restarted.body));
        const read = await terminal.call('GET', '/consume?topic=hello&from=beginning&limit=1000');
        const records = (read.body['data'] as { records: { value: string }[] }).records;
        assert.deepEqual(
          records.map((record) => record.value).filter((value) => value.startsWith('record')),
          values,
        );
      } finally {
        const { ms } = await terminal.stop();
        assert.ok(ms < 5500, `stopping took ${ms} ms`);
      }
      await until(() => processesOf(data).length === 0, { deadlineMs: 10_000, what: 'all processes to end' });
    });
  }
});
