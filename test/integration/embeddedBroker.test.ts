import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { knownApiKeys } from '../../src/runtimes/embedded/host/apiKeys';
import { EXIT } from '../../src/runtimes/embedded/host/exitCodes';
import { makeTempDir } from '../support/real/tempDir';
import { until } from '../support/until';
import { brokersOfSuite } from '../unit/runtimes/embedded/support/suite';
import { apiKeys, createTopics, exchange, requestFrame } from '../unit/runtimes/embedded/support/wire';

describe('the embedded broker', function () {
  this.timeout(90_000);
  const { start, startReady } = brokersOfSuite();

  describe('start and stop', () => {
    it('takes a free port, says which, advertises it, and stops cleanly on SIGTERM', async () => {
      const broker = await startReady({ advertisedHost: 'localhost' });
      assert.deepEqual(JSON.parse(broker.stdout), { ready: true, host: 'localhost', port: broker.port });
      const admin = broker.kafka().admin();
      await admin.connect();
      const cluster = await admin.describeCluster();
      await admin.disconnect();
      assert.deepEqual(cluster.brokers, [{ nodeId: 0, host: 'localhost', port: broker.port }]);
      assert.equal(cluster.clusterId, 'test-cluster');

      const before = Date.now();
      assert.deepEqual(await broker.kill('SIGTERM'), { code: 0, signal: null });
      assert.ok(Date.now() - before < 5_000);
    });

    it('says that the port is taken', async () => {
      const server = createServer().listen(0, '127.0.0.1');
      await new Promise((resolve) => server.once('listening', resolve));
      const { port } = server.address() as AddressInfo;
      try {
        const broker = start(join(await makeTempDir('broker'), 'data'), { port });
        assert.equal((await broker.exited).code, EXIT.portInUse);
        assert.match(lastLine(broker.stderr), new RegExp(`^Port ${port} on 127\\.0\\.0\\.1 is in use`));
        assert.equal(broker.stdout, '');
      } finally {
        server.close();
      }
    });

    it('says that the data directory is in use, and by whom', async () => {
      const dataDir = join(await makeTempDir('broker'), 'data');
      const first = await start(dataDir).ready();
      const second = start(dataDir);
      assert.equal((await second.exited).code, EXIT.dataDirInUse);
      assert.ok(
        lastLine(second.stderr).includes(`${dataDir} is in use by process ${first.pid}.`),
        second.stderr,
      );
      assert.deepEqual(await createTopics(first.port, [{ name: 'still-here' }]), [
        { code: 0, message: null },
      ]);
    });

    it('says that the data directory can not be written', async () => {
      const file = join(await makeTempDir('broker'), 'file');
      writeFileSync(file, '');
      for (const dataDir of [file, join(file, 'below')]) {
        const broker = start(dataDir);
        assert.equal((await broker.exited).code, EXIT.dataDirNotWritable);
        assert.ok(lastLine(broker.stderr).startsWith(`The data directory ${dataDir} can't be written:`));
      }
    });

    it('says what is wrong with its config', async () => {
      const broker = start('/data', { port: -1 });
      assert.equal((await broker.exited).code, EXIT.failed);
      assert.match(lastLine(broker.stderr), /"port" is -1, but must be a port/);
    });
  });

  it('answers one large request after the other on a connection', async () => {
    const broker = await startReady();
    await createTopics(broker.port, [{ name: 't', configs: { 'max.message.bytes': '5000000' } }]);
    const producer = broker.kafka().producer({ retry: { retries: 0 } });
    await producer.connect();
    try {
      // A stalled connection would be given up after the client's request timeout.
      const value = randomBytes(4_000_000);
      for (let i = 0; i < 5; i++) await producer.send({ topic: 't', messages: [{ value }] });
    } finally {
      await producer.disconnect();
    }
  });

  describe('hostile bytes', () => {
    it('leave it alive, whatever the key, size or body', async () => {
      const broker = await startReady();
      const noise = Buffer.from(Array.from({ length: 4096 }, (_, i) => (i * 7919) & 0xff));
      const cases: Buffer[] = [
        Buffer.from('GET / HTTP/1.1\r\nHost: localhost\r\n\r\n'),
        Buffer.from('16030100fa010000f60303', 'hex'),
        Buffer.from('ffffffff00000000', 'hex'),
        Buffer.from('0000000000000000', 'hex'),
        noise,
        requestFrame(999, 0, noise),
        requestFrame(-1, 0, noise),
      ];
      for (const key of knownApiKeys()) {
        for (const version of [0, 1, 5, 13, 99, -1]) {
          cases.push(
            requestFrame(key, version, noise.subarray(0, 64)),
            requestFrame(key, version, Buffer.alloc(0)),
          );
          cases.push(requestFrame(key, version, Buffer.from('7fffffff7fffffff7fffffff', 'hex')));
        }
      }
      // A request that is answered, ended or left waiting is fine; a dead process is not.
      await Promise.all(cases.map((bytes) => exchange(broker.port, bytes, 3_000).catch(() => undefined)));
      assert.ok(broker.alive, broker.stderr);
      assert.deepEqual(await apiKeys(broker.port), [...knownApiKeys()]);
      assert.match(broker.stderr, /closed: API key 999, which is not known/);
      assert.match(broker.stderr, /closed: a request of 1195725856 bytes: not Kafka/);
    });

    it('do not hold up other clients when a connection floods and never reads', async () => {
      const broker = await startReady();
      const flood = connect(broker.port, '127.0.0.1');
      flood.on('error', () => undefined);
      const request = requestFrame(18, 0, Buffer.alloc(0));
      const block = Buffer.concat(Array.from({ length: 20_000 }, () => request));
      // Nothing is read from `flood`: its answers fill the socket, then the broker must stop reading from it.
      for (let i = 0; i < 20; i++) flood.write(block);
      await until(() => flood.bytesWritten > block.length, {
        deadlineMs: 10_000,
        what: 'the flood to begin',
      });
      assert.deepEqual(await apiKeys(broker.port), [...knownApiKeys()]);
      assert.ok(flood.writableLength > 0, 'the broker took everything, without back pressure');
      flood.destroy();
      assert.ok(broker.alive, broker.stderr);
    });
  });
});

function lastLine(text: string): string {
  return text.trimEnd().split('\n').at(-1) ?? '';
}
