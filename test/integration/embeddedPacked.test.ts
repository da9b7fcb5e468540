import assert from 'node:assert/strict';
import {
  chmodSync,
  copyFileSync,
  existsSync,
  readFileSync,
  readdirSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import expected from '../../src/runtimes/embedded/broker/kfakeWasm.json';
import type { EmbeddedProfile } from '../../src/core/profile';
import { embeddedBrokerCommand } from '../../src/runtimes/embedded/command';
import { createLogger } from '../../src/base/logger';
import { createEmbeddedRuntime } from '../../src/runtimes/embedded/embeddedRuntime';
import { isIntact } from '../../src/runtimes/embedded/host/wasmFile';
import { spawnTracked } from '../support/real/children';
import { makeTempDir, removeTempDir } from '../support/real/tempDir';
import { until } from '../support/until';
import { BrokerProcess, brokerConfig, bundleBroker } from '../unit/runtimes/embedded/support/brokerProcess';

const packed = fileURLToPath(new URL('../../src/runtimes/embedded/broker/kfake.wasm.br', import.meta.url));

describe('the embedded broker as it is installed', function () {
  this.timeout(60_000);
  let bundled: string;
  let dist: string;
  const started: BrokerProcess[] = [];

  before(async () => {
    bundled = await bundleBroker();
  });
  beforeEach(async () => {
    dist = await makeTempDir('broker-installed');
    copyFileSync(join(bundled, 'embeddedBroker.js'), join(dist, 'embeddedBroker.js'));
    copyFileSync(packed, join(dist, 'kfake.wasm.br'));
  });
  afterEach(async () => {
    await Promise.all(started.splice(0).map((broker) => broker.kill('SIGKILL')));
    await removeTempDir(dist);
  });
  after(async () => removeTempDir(bundled));

  async function start(): Promise<BrokerProcess> {
    const broker = new BrokerProcess(dist, brokerConfig(join(await makeTempDir('broker'), 'data')));
    started.push(broker);
    return broker;
  }
  const wasm = (): string => join(dist, 'kfake.wasm');
  const kept = (): Promise<true> =>
    until(() => (existsSync(wasm()) && isIntact(readFileSync(wasm()), expected)) || undefined, {
      deadlineMs: 10_000,
      what: 'the unpacked broker',
    });
  const files = (): string[] => readdirSync(dist).sort();

  it('starts from the packed file, and keeps the unpacked one for the next start', async () => {
    await (await start()).ready();
    await kept();
    assert.deepEqual(files(), ['embeddedBroker.js', 'kfake.wasm', 'kfake.wasm.br']);
    rmSync(join(dist, 'kfake.wasm.br'));
    await (await start()).ready();
  });

  it('replaces an unpacked file that is damaged, be it too short or altered', async () => {
    await (await start()).ready();
    await kept();
    const whole = readFileSync(wasm());
    const altered = Buffer.from(whole);
    altered.fill(0xff, 8_000_000, 8_000_100);
    for (const damaged of [whole.subarray(0, 5_000_000), altered, Buffer.alloc(0)]) {
      writeFileSync(wasm(), damaged);
      const broker = await (await start()).ready();
      await kept();
      assert.match(broker.stderr, / WRN the unpacked broker is damaged and is unpacked again\n/);
    }
  });

  it('ends with what to do when neither file can be used', async () => {
    writeFileSync(wasm(), 'no wasm');
    writeFileSync(join(dist, 'kfake.wasm.br'), 'no brotli');
    const broker = await start();
    assert.deepEqual(await broker.exited, { code: 70, signal: null });
    assert.match(broker.stderr, /kfake\.wasm\.br can't be read: .+ Install the extension again\.\n$/);
  });

  it('starts twice at the same time from a fresh installation', async () => {
    const brokers = [await start(), await start(), await start()];
    await Promise.all(brokers.map((broker) => broker.ready()));
    await kept();
    await until(() => files().length === 3 || undefined, { deadlineMs: 10_000, what: 'no left-over files' });
    for (const broker of brokers) assert.doesNotMatch(broker.stderr, /damaged/);
  });

  it('starts from a folder that it may not write to', async () => {
    chmodSync(dist, 0o555);
    try {
      const data = await makeTempDir('broker');
      chmodSync(data, 0o777);
      const { file, args, env } = embeddedBrokerCommand(brokerConfig(join(data, 'data')), dist);
      // Root may write anywhere: there it runs as a user who may not.
      const [command, ...before] =
        process.getuid?.() === 0
          ? ['setpriv', '--reuid=65534', '--regid=65534', '--clear-groups', file]
          : [file];
      const child = spawnTracked(command, [...before, ...args], { env: { ...process.env, ...env } });
      let output = '';
      for (const stream of [child.stdout, child.stderr]) {
        stream.on('data', (bytes: Buffer) => (output += bytes.toString()));
      }
      await until(() => (output.includes('"ready":true') && output.includes('not kept')) || undefined, {
        deadlineMs: 20_000,
        what: 'the broker to serve, and to say that it keeps nothing',
      });
      assert.match(output, /INF the unpacked broker was not kept for the next start: EACCES/);
      assert.deepEqual(files(), ['embeddedBroker.js', 'kfake.wasm.br']);
      child.kill('SIGKILL');
    } finally {
      chmodSync(dist, 0o755);
    }
  });

  it('is available with either file, and not without both', async () => {
    writeFileSync(join(dist, 'supervisor.js'), '');
    const runtime = createEmbeddedRuntime({
      storageDir: dist,
      distDir: dist,
      state: { get: () => Promise.resolve(undefined), set: () => Promise.resolve() },
      logger: createLogger(() => {}),
    });
    const profile: EmbeddedProfile = { id: 'play', name: 'Playground', runtime: 'embedded', port: 9092 };
    const available = async (): Promise<boolean> => (await runtime.check(profile)).available;
    assert.ok(await available());
    writeFileSync(wasm(), '');
    rmSync(join(dist, 'kfake.wasm.br'));
    assert.ok(await available());
    rmSync(wasm());
    const check = await runtime.check(profile);
    assert.ok(!check.available);
    assert.equal(check.reason, `kfake.wasm.br is missing in ${dist}.`);
  });
});
