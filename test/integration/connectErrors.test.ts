import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { createLogger } from '../../src/base/logger';
import { KafkaManagerError } from '../../src/contract/errors';
import type { ErrorCode } from '../../src/contract/errorTable';
import type { ConnectionSettings } from '../../src/core/connection';
import { KafkaConnection } from '../../src/kafka/connection';
import { freePort } from '../support/freePort';
import { run } from '../support/real/children';
import { httpServer } from '../support/real/httpServer';
import { startJavaBroker } from '../support/real/javaBroker';
import type { JavaBroker } from '../support/real/javaBroker';
import { realKafka } from '../support/real/kafkaDist';
import { silentServer } from '../support/real/silentServer';
import { until } from '../support/until';

const logger = createLogger(() => {});

interface Expected {
  readonly code: ErrorCode;
  readonly message: RegExp;
  readonly remedy: RegExp;
  /** Longest time until the error, ms. */
  readonly withinMs?: number;
}

async function refused(settings: ConnectionSettings, expected: Expected): Promise<void> {
  const started = performance.now();
  await assert.rejects(
    KafkaConnection.open(settings, { logger }).then((connection) => connection.dispose()),
    (error) => {
      assert.ok(error instanceof KafkaManagerError, String(error));
      assert.match(error.message, expected.message);
      assert.equal(error.code, expected.code);
      assert.match(error.remedy, expected.remedy);
      return true;
    },
  );
  const took = performance.now() - started;
  assert.ok(took < (expected.withinMs ?? 5000), `took ${Math.round(took)} ms`);
}

describe('Errors of connecting', function () {
  this.timeout(30_000);

  it('nothing listens: told at once', async () => {
    const port = await freePort();
    const message = new RegExp(`^Nothing listens on 127\\.0\\.0\\.1:${port}\\.$`);
    const expected = {
      code: 'KAFKA_CONNECTION_ERROR',
      message,
      remedy: /Start the broker/,
      withinMs: 500,
    } as const;
    await refused({ bootstrap: [`127.0.0.1:${port}`] }, expected);
    await refused({ bootstrap: [`127.0.0.1:${port}`], tls: true }, expected);
  });

  it('the name is not known', () =>
    refused(
      { bootstrap: ['no-such-host.invalid:9092'] },
      {
        code: 'KAFKA_CONNECTION_ERROR',
        message: /The name "no-such-host.invalid" can not be resolved/,
        remedy: /spelling/,
      },
    ));

  it('the address is none', async () => {
    const expected = {
      code: 'VALIDATION_ERROR',
      message: /no address of a broker/,
      remedy: /host:port/,
    } as const;
    await refused({ bootstrap: ['localhost'] }, expected);
    await refused({ bootstrap: ['http://localhost:9092'] }, expected);
    await refused({ bootstrap: [] }, { code: 'VALIDATION_ERROR', message: /No bootstrap/, remedy: /./ });
  });

  it('an HTTP server answers', async () => {
    const server = await httpServer((_request, response) => response.end('hello'));
    const expected = {
      code: 'KAFKA_CONNECTION_ERROR',
      message: /An HTTP server answers on 127\.0\.0\.1:\d+, not Kafka/,
      remedy: /9092/,
    } as const;
    try {
      await refused({ bootstrap: [`127.0.0.1:${server.port}`] }, expected);
      await refused({ bootstrap: [`127.0.0.1:${server.port}`], tls: true }, expected);
    } finally {
      await server.close();
    }
  });

  it('the listener is silent, and no socket stays open', async () => {
    const server = await silentServer();
    const expected = {
      code: 'KAFKA_CONNECTION_ERROR',
      message: /Something listens on 127\.0\.0\.1:\d+, but it does not answer as Kafka does/,
      remedy: /port belongs to a Kafka broker/,
    } as const;
    try {
      await refused({ bootstrap: [server.address] }, expected);
      await until(() => server.connections() === 0, { deadlineMs: 1000, what: 'all sockets to close' });
      await refused(
        { bootstrap: [server.address], tls: true },
        { ...expected, message: /did not answer/, remedy: /./ },
      );
      await until(() => server.connections() === 0, { deadlineMs: 1000, what: 'all sockets to close' });
    } finally {
      await server.close();
    }
  });

  it('something else answers', async () => {
    const server = createServer((socket) => {
      socket.on('error', () => {});
      socket.end('SSH-2.0-OpenSSH_9.2\r\n');
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    try {
      await refused(
        { bootstrap: [`127.0.0.1:${(server.address() as AddressInfo).port}`] },
        { code: 'KAFKA_CONNECTION_ERROR', message: /Something that is not Kafka answers/, remedy: /port/ },
      );
    } finally {
      server.close();
    }
  });

  it('a PEM text that is none', async () => {
    const bootstrap = ['127.0.0.1:9092'];
    await refused(
      { bootstrap, tls: { ca: 'no certificate' } },
      { code: 'KAFKA_TLS_ERROR', message: /CA certificate can not be read/, remedy: /PEM/ },
    );
    await refused(
      { bootstrap, tls: { cert: 'alone' } },
      { code: 'KAFKA_TLS_ERROR', message: /needed together/, remedy: /both/ },
    );
  });

  it('ends at once when aborted', async () => {
    const server = await silentServer();
    try {
      const abort = new AbortController();
      const opening = KafkaConnection.open({ bootstrap: [server.address] }, { logger, signal: abort.signal });
      await until(() => server.connections() > 0, { deadlineMs: 2000, what: 'the connection' });
      const started = performance.now();
      abort.abort();
      await assert.rejects(opening, { code: 'CANCELLED' });
      assert.ok(performance.now() - started < 200);
      await until(() => server.connections() === 0, { deadlineMs: 1000, what: 'the socket to close' });
    } finally {
      await server.close();
    }
  });

  it('a process that failed to connect exits by itself', async () => {
    const script = `
      const { createLogger } = require('./src/base/logger');
      const { KafkaConnection } = require('./src/kafka/connection');
      void KafkaConnection.open({ bootstrap: [process.env.BOOTSTRAP] }, { logger: createLogger(() => {}) }).catch(
        (error) => console.log(error.message),
      );`;
    const server = await silentServer();
    const closed = await freePort();
    const root = path.join(import.meta.dirname, '../..');
    try {
      for (const bootstrap of [`127.0.0.1:${closed}`, server.address]) {
        const { stdout } = await run(process.execPath, ['--import', 'tsx', '-e', script], {
          cwd: root,
          env: { ...process.env, BOOTSTRAP: bootstrap },
          deadlineMs: 15_000,
        });
        assert.match(stdout.toString(), /listens on/);
      }
    } finally {
      await server.close();
    }
  });
});

describe('Addresses of a real broker', function () {
  this.timeout(60_000);
  let broker: JavaBroker | undefined;

  const start = async (properties: Record<string, string>): Promise<JavaBroker> =>
    (broker = await startJavaBroker(await realKafka('4'), { properties }));
  afterEach(async () => broker?.dispose());

  it('connects where the first bootstrap address is down, and by a name where an address is advertised', async () => {
    const { port } = await start({});
    const closed = await freePort();
    const bootstrap = [`127.0.0.1:${closed}`, `localhost:${port}`];
    const connection = await KafkaConnection.open({ bootstrap }, { logger });
    assert.deepEqual((await connection.metadata([])).brokers, [
      { nodeId: 1, host: '127.0.0.1', port, rack: null },
    ]);
    connection.dispose();
  });

  it('tells of an advertised address that leads nowhere', async () => {
    const nowhere = `127.0.0.1:${await freePort()}`;
    const { bootstrap } = await start({ 'advertised.listeners': `PLAINTEXT://${nowhere}` });
    await refused(
      { bootstrap: [bootstrap] },
      {
        code: 'KAFKA_CONNECTION_ERROR',
        message: new RegExp(
          `answers on ${bootstrap}, but tells its clients to connect to ${nowhere}, which fails`,
        ),
        remedy: /advertised\.listeners/,
      },
    );
  });
});
