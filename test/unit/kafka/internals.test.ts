import assert from 'node:assert/strict';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import type { AddressInfo, Server, Socket } from 'node:net';
import { createRequire } from 'node:module';
import { performance } from 'node:perf_hooks';
import ConnectionPool from 'kafkajs/src/network/connectionPool';
import { Transport } from '../../../src/kafka/internals';
import type { RawRequest } from '../../../src/kafka/internals';
import { openSocket } from '../../../src/kafka/tlsOptions';
import { until } from '../../support/until';

const frame = (correlationId: number, body: Buffer): Buffer => {
  const head = Buffer.alloc(8);
  head.writeInt32BE(4 + body.length, 0);
  head.writeInt32BE(correlationId, 4);
  return Buffer.concat([head, body]);
};

/** A server that hands each whole request to `answer` with its correlation id. */
async function frameServer(
  answer: (socket: Socket, correlationId: number, request: Buffer) => void,
): Promise<{ server: Server; port: number; sockets: Set<Socket> }> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
    socket.on('error', () => {});
    let rest = Buffer.alloc(0);
    socket.on('data', (chunk: Buffer) => {
      rest = Buffer.concat([rest, chunk]);
      while (rest.length >= 4 && rest.length >= 4 + rest.readInt32BE(0)) {
        const size = rest.readInt32BE(0);
        const request = rest.subarray(4, 4 + size);
        rest = rest.subarray(4 + size);
        answer(socket, request.readInt32BE(4), request);
      }
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return { server, port: (server.address() as AddressInfo).port, sockets };
}

const request = (key: number, text: string, answered = true): RawRequest => ({
  name: 'Test',
  key,
  version: 3,
  payload: [Buffer.from(text.slice(0, 3)), Buffer.from(text.slice(3))],
  answered,
});

describe('kafkajs as internals.ts assumes it', () => {
  it('is exactly the version whose private parts are used', async () => {
    const file = createRequire(import.meta.url).resolve('kafkajs/package.json');
    assert.equal((JSON.parse(await readFile(file, 'utf8')) as { version: string }).version, '2.2.4');
  });

  it('has the parts', () => {
    const { prototype } = ConnectionPool;
    for (const name of ['getConnection', 'setVersions', 'setSupportAuthenticationProtocol'] as const) {
      assert.equal(typeof prototype[name], 'function', name);
    }
    const silent = { namespace: () => silent, debug() {}, info() {}, warn() {}, error() {} };
    const pool = new ConnectionPool({
      host: 'a',
      port: 1,
      clientId: 'c',
      ssl: undefined,
      sasl: undefined,
      connectionTimeout: 1,
      requestTimeout: 1,
      enforceRequestTimeout: false,
      logger: silent,
      socketFactory: () => assert.fail('connects by itself'),
    });
    assert.equal(pool.pool.length, 2);
    for (const connection of pool.pool) {
      for (const name of [
        'isConnected',
        'connect',
        'isAuthenticated',
        'authenticate',
        'failIfNotConnected',
        'nextCorrelationId',
        'rejectRequests',
      ] as const) {
        assert.equal(typeof connection[name], 'function', name);
      }
      assert.ok(Array.isArray(connection.requestQueue.pending));
      assert.equal(typeof connection.requestQueue.throttledUntil, 'number');
      assert.equal(typeof connection.requestQueue.scheduleCheckPendingRequests, 'function');
      assert.equal(typeof connection.requestQueue.push, 'function');
    }
  });
});

describe('Transport', () => {
  let echo: Awaited<ReturnType<typeof frameServer>>;
  let silentToo = false;
  let transport: Transport;
  let opened: number;

  beforeEach(async () => {
    silentToo = false;
    opened = 0;
    echo = await frameServer((socket, id, bytes) => {
      const text = bytes.toString('latin1');
      if (!silentToo && !text.includes('unanswered')) socket.write(frame(id, bytes.subarray(10 + 4)));
    });
    transport = new Transport({
      host: '127.0.0.1',
      port: echo.port,
      clientId: 'test',
      sasl: undefined,
      connectTimeoutMs: 1000,
      openSocket: (onConnect) => {
        opened += 1;
        return openSocket({ host: '127.0.0.1', port: echo.port }, undefined, onConnect);
      },
    });
  });
  afterEach(() => {
    transport.close(new Error('test is over'));
    for (const socket of echo.sockets) socket.destroy();
    echo.server.close();
  });

  it('sends requests and gives the answers, many at once, over one socket', async () => {
    const texts = Array.from({ length: 50 }, (_, i) => `request ${i}`);
    const answers = await Promise.all(texts.map((text) => transport.send(request(3, text))));
    assert.deepEqual(answers.map(String), texts);
    // kafkajs alone would open one socket per first call and lose all but the last.
    assert.equal(opened, 1);
    assert.equal(echo.sockets.size, 1);
  });

  it('keeps Fetch on a socket of its own', async () => {
    await Promise.all([transport.send(request(3, 'a')), transport.send(request(1, 'b'))]);
    assert.equal(opened, 2);
  });

  it('does not wait for an answer where there is none', async () => {
    assert.equal(await transport.send(request(0, 'unanswered', false)), undefined);
  });

  it('says that an unanswered request is sent when the system has taken it: not while nobody reads', async () => {
    await transport.send(request(3, 'a'));
    for (const socket of echo.sockets) socket.pause();
    let isSent = false;
    const large = { ...request(0, 'unanswered', false), payload: [Buffer.alloc(64 * 1024 * 1024)] };
    const sent = transport.send(large).then(() => (isSent = true));
    for (let i = 0; i < 500; i++) await new Promise(setImmediate);
    assert.equal(isSent, false);
    for (const socket of echo.sockets) socket.destroy();
    await assert.rejects(sent);
  });

  it('never wakes up while nothing is to be done', async () => {
    await transport.send(request(3, 'a'));
    const real = globalThis.setTimeout;
    let timers = 0;
    // Counts what is scheduled from now on: kafkajs reads the global at each call.
    globalThis.setTimeout = ((...args: Parameters<typeof real>) => {
      timers += 1;
      return real(...args);
    }) as typeof real;
    try {
      const end = performance.now() + 100;
      await new Promise<void>((resolve) => {
        const wait = (): void => (performance.now() < end ? void setImmediate(wait) : resolve());
        wait();
      });
    } finally {
      globalThis.setTimeout = real;
    }
    assert.equal(timers, 0);
  });

  it('fails what waits when it is dropped, and connects anew', async () => {
    silentToo = true;
    const waiting = transport.send(request(3, 'a'));
    const fetching = transport.send(request(1, 'f'));
    await until(() => echo.sockets.size === 2, { deadlineMs: 1000, what: 'both sockets' });
    transport.drop(3, new Error('too late'));
    await assert.rejects(waiting, /too late/);
    await until(() => echo.sockets.size === 1, { deadlineMs: 1000, what: 'one socket to close' });
    silentToo = false;
    assert.equal(String(await transport.send(request(3, 'again'))), 'again');
    transport.drop(1, new Error('fetch too'));
    await assert.rejects(fetching, /fetch too/);
  });

  it('fails what waits when the broker goes', async () => {
    silentToo = true;
    const waiting = transport.send(request(3, 'a'));
    await until(() => echo.sockets.size === 1, { deadlineMs: 1000, what: 'the socket' });
    for (const socket of echo.sockets) socket.end();
    await assert.rejects(waiting, /Closed connection/);
  });

  it('stays closed', async () => {
    await transport.send(request(3, 'a'));
    transport.close(new Error('closed by us'));
    await assert.rejects(transport.send(request(3, 'b')), /closed by us/);
    await until(() => echo.sockets.size === 0, { deadlineMs: 1000, what: 'the socket to close' });
    assert.equal(opened, 1);
  });
});
