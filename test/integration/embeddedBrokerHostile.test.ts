import assert from 'node:assert/strict';
import { gzipSync } from 'node:zlib';
import { readFileSync } from 'node:fs';
import { MAX_FRAME_BYTES } from '../../src/runtimes/embedded/host/guard';
import { offsetAt, produceBatch, record, recordBatch } from '../unit/runtimes/embedded/support/rawProduce';
import type { BrokerProcess } from '../unit/runtimes/embedded/support/brokerProcess';
import { brokersOfSuite, offsets } from '../unit/runtimes/embedded/support/suite';
import {
  Writer,
  apiKeys,
  createTopics,
  exchange,
  requestFrame,
} from '../unit/runtimes/embedded/support/wire';

const MB = 1024 * 1024;
const CORRUPT_MESSAGE = 2;
/** What the broker may take at most: 110 MB after its start, and 64 MB of unpacked records with room to grow. */
const MAX_RESIDENT_BYTES = 512 * MB;

describe('the memory and life of the embedded broker', function () {
  this.timeout(120_000);
  const { startReady } = brokersOfSuite();
  // One record of 512 MB, in 0.5 MB.
  let bomb: Buffer;
  before(() => {
    bomb = recordBatch(gzipSync(record(Buffer.alloc(512 * MB)), { level: 9 }), true);
    assert.ok(bomb.length < MB);
  });

  it('stand a Produce whose topics array claims more than can be allocated', async () => {
    const broker = await startReady();
    for (const claim of [98 * MB, 45 * MB, MAX_FRAME_BYTES - MB]) {
      const body = new Writer().string(null).int(2, -1).int(4, 1000).int(4, claim);
      await exchange(broker.port, requestFrame(0, 7, body.bytes(Buffer.alloc(claim)).done()), 20_000);
      await lives(broker);
    }
    assert.match(broker.stderr, /closed: a request of \d+ bytes: not Kafka.*, or larger than 33554432/);
    assert.match(broker.stderr, /closed: a malformed Produce request: more than 100000 topics/);
  });

  it('stand arrays that lie in other requests, as large as those may be', async () => {
    const broker = await startReady();
    for (const [key, version] of [
      [3, 1],
      [2, 1],
      [8, 2],
      [19, 4],
      [9, 1],
    ] as const) {
      // Whatever comes before the first array, one of these words is its length.
      const claims = Buffer.alloc(64).fill(Buffer.from('003f0000', 'hex'));
      const bytes = Buffer.concat([claims, Buffer.alloc(4 * MB - 200)]);
      await exchange(broker.port, requestFrame(key, version, bytes), 20_000);
      await lives(broker);
    }
  });

  it('stand a batch that unpacks to 512 MB, on a compacted topic: it is not stored', async () => {
    const broker = await startReady();
    await createTopics(broker.port, [{ name: 'compacted', configs: { 'cleanup.policy': 'compact' } }]);
    assert.equal(await produceBatch(broker.port, 'compacted', bomb), CORRUPT_MESSAGE);
    await lives(broker);
    assert.deepEqual(await offsets(broker, 'compacted'), { low: '0', high: '0' });
    const large = recordBatch(gzipSync(record(Buffer.alloc(60 * MB))), true);
    assert.equal(await produceBatch(broker.port, 'compacted', large), 0);
    await lives(broker);
  });

  it('stand the search by timestamp in such a batch', async () => {
    const broker = await startReady();
    await createTopics(broker.port, [{ name: 't' }]);
    assert.equal(await produceBatch(broker.port, 't', bomb), 0);
    assert.equal(await offsetAt(broker.port, 't', Date.now() - 60_000), CORRUPT_MESSAGE);
    await lives(broker);
  });

  it('stand records whose lengths lie, on a compacted topic and in the search by timestamp', async () => {
    for (const offBy of [1_000_000_000, 5, -5, -100]) {
      const broker = await startReady();
      await createTopics(broker.port, [
        { name: 't' },
        { name: 'compacted', configs: { 'cleanup.policy': 'compact' } },
      ]);
      const batch = recordBatch(record(Buffer.from('value'), offBy), false);
      assert.equal(await produceBatch(broker.port, 'compacted', batch), CORRUPT_MESSAGE);
      assert.equal(await produceBatch(broker.port, 't', batch), 0);
      assert.equal(await offsetAt(broker.port, 't', Date.now() - 60_000), CORRUPT_MESSAGE);
      await lives(broker);
    }
  });

  it('take a record of 16 MB, if its topic allows that', async () => {
    const broker = await startReady();
    await createTopics(broker.port, [{ name: 't', configs: { 'max.message.bytes': '20000000' } }]);
    assert.equal(await produceBatch(broker.port, 't', recordBatch(record(Buffer.alloc(16 * MB)), false)), 0);
    assert.deepEqual(await offsets(broker, 't'), { low: '0', high: '1' });
  });
});

/** The broker serves on, and never took too much memory, which Linux alone tells. */
async function lives(broker: BrokerProcess): Promise<void> {
  assert.ok(broker.alive, broker.stderr);
  assert.ok((await apiKeys(broker.port)).length > 0);
  if (process.platform !== 'linux') return;
  const status = readFileSync(`/proc/${broker.pid}/status`, 'utf8');
  const peak = Number(/VmHWM:\s+(\d+) kB/.exec(status)?.[1]) * 1024;
  assert.ok(peak < MAX_RESIDENT_BYTES, `the broker took ${Math.round(peak / MB)} MB`);
}
