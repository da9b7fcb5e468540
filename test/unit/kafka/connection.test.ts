import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:net';
import type { AddressInfo, Server, Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { createLogger } from '../../../src/base/logger';
import { KafkaConnection } from '../../../src/kafka/connection';
import { fetch } from '../../../src/kafka/protocol/messages/fetch';
import { listOffsets } from '../../../src/kafka/protocol/messages/listOffsets';
import { WireWriter } from '../../../src/kafka/protocol/wireWriter';
import { freePort } from '../../support/freePort';
import { until } from '../../support/until';

const logger = createLogger(() => {});

/** Speaks just enough of old versions: ApiVersions 0, Metadata 4 and ListOffsets 1, which it may leave unanswered. */
class OldBroker {
  readonly sockets = new Set<Socket>();
  /** API keys in the order of their arrival. */
  readonly asked: number[] = [];
  holdListOffsets = false;
  holdMetadata = false;
  /** How long ApiVersions takes, ms. */
  versionsTakeMs = 0;
  leader = 1;
  #server: Server | undefined;

  async start(): Promise<number> {
    this.#server = createServer((socket) => {
      this.sockets.add(socket);
      socket.on('close', () => this.sockets.delete(socket));
      socket.on('error', () => {});
      socket.on('data', (bytes: Buffer) => {
        for (let at = 0; at < bytes.length; at += 4 + bytes.readInt32BE(at))
          void this.#answer(socket, bytes.subarray(at));
      });
    });
    this.#server.listen(0, '127.0.0.1');
    await once(this.#server, 'listening');
    return this.port;
  }

  get port(): number {
    return (this.#server?.address() as AddressInfo).port;
  }

  stop(): void {
    for (const socket of this.sockets) socket.destroy();
    this.#server?.close();
  }

  async #answer(socket: Socket, request: Buffer): Promise<void> {
    const key = request.readInt16BE(4);
    const version = request.readInt16BE(6);
    this.asked.push(key);
    const w = new WireWriter();
    w.int32(request.readInt32BE(8));
    if (key === 18) await delay(this.versionsTakeMs);
    if (key === 18) this.#apiVersions(w, version);
    else if (key === 3 && this.holdMetadata) return;
    else if (key === 3) this.#metadata(w);
    else if (this.holdListOffsets) return;
    else w.int32(0); // ListOffsets 1: no topics
    const size = Buffer.alloc(4);
    size.writeInt32BE(w.written.length);
    socket.write(Buffer.concat([size, w.written]));
  }

  /** Newer versions are answered as version 0 with an error, as brokers before Kafka 2.4 do. */
  #apiVersions(w: WireWriter, version: number): void {
    const known =
      version > 0 ? [] : [[18, 0, 0] as const, [3, 0, 4] as const, [2, 1, 1] as const, [1, 0, 3] as const];
    w.int16(version > 0 ? 35 : 0);
    w.int32(known.length);
    for (const numbers of known) for (const number of numbers) w.int16(number);
  }

  #metadata(w: WireWriter): void {
    w.int32(0); // throttle time
    w.int32(1); // brokers
    w.int32(1);
    w.string(false, '127.0.0.1');
    w.int32(this.port);
    w.nullableString(false, null);
    w.nullableString(false, null); // cluster id
    w.int32(1); // controller
    w.int32(1); // topics
    w.int16(0);
    w.string(false, 'orders');
    w.bool(false);
    w.int32(1); // partitions
    w.int16(0);
    w.int32(0);
    w.int32(this.leader);
    w.int32(0);
    w.int32(0);
  }
}

describe('KafkaConnection', () => {
  let broker: OldBroker;
  let connection: KafkaConnection;
  const nothing = { replicaId: -1, topics: [] };

  beforeEach(async () => {
    broker = new OldBroker();
    const port = await broker.start();
    connection = await KafkaConnection.open({ bootstrap: [`127.0.0.1:${port}`] }, { logger });
  });
  afterEach(() => {
    connection.dispose();
    broker.stop();
  });

  it('speaks with a broker that knows only old versions', async () => {
    assert.deepEqual(
      connection.brokers.map(({ nodeId }) => nodeId),
      [1],
    );
    assert.deepEqual((await connection.call(1, listOffsets, nothing)).topics, []);
    assert.ok(connection.supports(listOffsets));
    assert.ok(!connection.supports(listOffsets, 2));
    assert.ok(!connection.supports(fetch));
    assert.equal(connection.features.size, 0);
  });

  it('says which versions do not meet, without asking the broker', async () => {
    const before = broker.asked.length;
    await assert.rejects(connection.call(1, fetch, { maxWaitMs: 0, minBytes: 0, topics: [] }), {
      code: 'UNSUPPORTED_BY_BROKER',
      message: /speaks Fetch 0 to 3, we 4 to/,
    });
    await assert.rejects(connection.call(1, listOffsets, nothing, { minVersion: 7 }), {
      code: 'UNSUPPORTED_BY_BROKER',
      message: /speaks ListOffsets \d to \d, we 7 to/,
    });
    assert.equal(broker.asked.length, before);
  });

  it('ends a call that gets no answer, and the next one works', async () => {
    broker.holdListOffsets = true;
    await assert.rejects(connection.call(1, listOffsets, nothing, { timeoutMs: 50 }), {
      code: 'TIMEOUT',
      message: /did not answer ListOffsets within 50 ms/,
    });
    broker.holdListOffsets = false;
    assert.deepEqual((await connection.call(1, listOffsets, nothing)).topics, []);
  });

  it('ends a call at once when aborted, and drops the late answer', async () => {
    broker.holdListOffsets = true;
    const abort = new AbortController();
    const before = broker.asked.length;
    const call = connection.call(1, listOffsets, nothing, { signal: abort.signal });
    await until(() => broker.asked.length > before, { deadlineMs: 1000, what: 'the request' });
    abort.abort();
    await assert.rejects(call, { code: 'CANCELLED' });
    broker.holdListOffsets = false;
    assert.deepEqual((await connection.call(1, listOffsets, nothing)).topics, []);
  });

  it('fails a call whose connection breaks, and connects anew for the next', async () => {
    broker.holdListOffsets = true;
    const before = broker.asked.length;
    const call = connection.call(1, listOffsets, nothing);
    await until(() => broker.asked.length > before, { deadlineMs: 1000, what: 'the request' });
    for (const socket of broker.sockets) socket.destroy();
    await assert.rejects(call, { code: 'KAFKA_CONNECTION_ERROR' });
    broker.holdListOffsets = false;
    assert.deepEqual((await connection.call('any', listOffsets, nothing)).topics, []);
  });

  it('asks for the leaders of a topic once, and again when told', async () => {
    const before = broker.asked.length;
    const all = await Promise.all([connection.leaders('orders'), connection.leaders('orders')]);
    await connection.leaders('orders');
    assert.deepEqual(
      all.map((leaders) => [...leaders]),
      [[[0, 1]], [[0, 1]]],
    );
    assert.equal(broker.asked.length, before + 1);
    connection.invalidate('orders');
    await connection.leaders('orders');
    assert.equal(broker.asked.length, before + 2);
  });

  it('does not remember that there is no leader', async () => {
    broker.leader = -1;
    assert.deepEqual([...(await connection.leaders('orders'))], [[0, -1]]);
    await assert.rejects(connection.call(-1, listOffsets, nothing), { code: 'KAFKA_ERROR' });
    broker.leader = 1;
    assert.deepEqual([...(await connection.leaders('orders'))], [[0, 1]]);
  });

  it('knows only the brokers of the cluster', async () => {
    await assert.rejects(connection.call(7, listOffsets, nothing), {
      message: /broker 7 is not in the cluster now/,
    });
    assert.deepEqual((await connection.call('controller', listOffsets, nothing)).topics, []);
  });

  it('has all its time to connect again, however many addresses shared it at first', async () => {
    const bootstrap = [await freePort(), await freePort(), broker.port].map((port) => `127.0.0.1:${port}`);
    const other = await KafkaConnection.open({ bootstrap }, { logger });
    try {
      for (const socket of broker.sockets) socket.destroy();
      await until(() => broker.sockets.size === 0, { deadlineMs: 1000, what: 'the sockets to close' });
      // Kafka 2.3 and older is asked twice.
      broker.versionsTakeMs = 650;
      assert.equal((await other.metadata([])).brokers.length, 1);
    } finally {
      other.dispose();
    }
  });

  it('gives up within 5 s in all, also where each step is slow', async () => {
    broker.versionsTakeMs = 1_250;
    broker.holdMetadata = true;
    const started = performance.now();
    await assert.rejects(KafkaConnection.open({ bootstrap: [`127.0.0.1:${broker.port}`] }, { logger }), {
      code: 'KAFKA_CONNECTION_ERROR',
    });
    const took = performance.now() - started;
    assert.ok(took < 5_000, `took ${Math.round(took)} ms`);
    assert.ok(broker.asked.includes(3), 'Metadata was asked');
  });

  it('closes its sockets and refuses calls once disposed', async () => {
    connection.dispose();
    await assert.rejects(connection.call('any', listOffsets, nothing), { code: 'KAFKA_CONNECTION_ERROR' });
    await until(() => broker.sockets.size === 0, { deadlineMs: 1000, what: 'the sockets to close' });
  });
});
