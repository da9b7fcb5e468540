import assert from 'node:assert/strict';
import { connect, type Socket } from 'node:net';
import { once } from 'node:events';
import type { ApiHarness } from '../../support/apiHarness';
import { codeOf, JSON_TYPE, startGuardedApi } from '../../support/guardedApi';
import { rawExchange, rawRequest } from '../../support/rawHttp';
import { until } from '../../support/until';

describe('API guard: limits and answers', () => {
  let api: ApiHarness;
  const get = (path: string, ...headers: string[]) => rawRequest(api.port, `GET ${path}`, headers);

  beforeEach(async () => {
    api = await startGuardedApi();
  });
  afterEach(() => api.close());

  describe('S9 limits', () => {
    const big = 'x'.repeat(10_001);

    it('refuses a body that declares itself too large, and closes', async () => {
      const answer = await rawRequest(
        api.port,
        'POST /topics',
        [api.host, api.auth, JSON_TYPE, 'Content-Length: 10001'],
        big,
      );
      assert.equal(answer.status, 413);
      assert.equal(codeOf(answer), 'PAYLOAD_TOO_LARGE');
      assert.equal(answer.headers.get('connection'), 'close');
    });

    it('counts what comes where no length is declared', async () => {
      const chunk = `1000\r\n${'x'.repeat(0x1000)}\r\n`;
      const answer = await rawRequest(
        api.port,
        'POST /topics',
        [api.host, api.auth, JSON_TYPE, 'Transfer-Encoding: chunked'],
        chunk.repeat(400),
      );
      assert.equal(answer.status, 413);
    });

    it('says 413 to a sender that waits for permission, without taking the body', async () => {
      const answer = await rawRequest(api.port, 'POST /topics', [
        api.host,
        api.auth,
        JSON_TYPE,
        'Content-Length: 10001',
        'Expect: 100-continue',
      ]);
      assert.equal(answer.status, 413);
    });

    it('gives permission to a sender that may send', async () => {
      const socket = connect(api.port, '127.0.0.1');
      const body = '{"name":"orders"}';
      socket.write(
        `POST /topics HTTP/1.1\r\n${api.host}\r\n${api.auth}\r\n${JSON_TYPE}\r\n` +
          `Content-Length: ${body.length}\r\nExpect: 100-continue\r\n\r\n`,
      );
      const [first] = (await once(socket, 'data')) as [Buffer];
      assert.match(first.toString(), /^HTTP\/1\.1 100 /);
      socket.write(body);
      const [second] = (await once(socket, 'data')) as [Buffer];
      assert.match(second.toString(), /^HTTP\/1\.1 201 /);
      socket.destroy();
    });

    it('refuses headers over 16 KB in the same form', async () => {
      const text = `GET /health HTTP/1.1\r\n${api.host}\r\nX-Big: ${'x'.repeat(17_000)}\r\n\r\n`;
      const answer = await rawExchange(api.port, text);
      assert.match(answer, /^HTTP\/1\.1 431 .*"HEADERS_TOO_LARGE"/s);
      assert.match(answer, /X-Content-Type-Options: nosniff/);
    });

    it('ends connections whose headers or body dawdle', async () => {
      assert.match(
        await rawExchange(api.port, `GET /health HTTP/1.1\r\n${api.host}\r\nX-Slow: `),
        /^HTTP\/1\.1 408 .*"REQUEST_TIMEOUT"/s,
      );
      const slowBody = `POST /topics HTTP/1.1\r\n${api.host}\r\n${api.auth}\r\n${JSON_TYPE}\r\nContent-Length: 10\r\n\r\n{`;
      assert.match(await rawExchange(api.port, slowBody), /^HTTP\/1\.1 408 /);
    });

    it('answers what is no HTTP at all', async () => {
      assert.match(await rawExchange(api.port, '\x16\x03\x01\x02\x00\x01\r\n\r\n'), /^HTTP\/1\.1 400 /);
      const smuggled = `POST /topics HTTP/1.1\r\n${api.host}\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`;
      assert.match(await rawExchange(api.port, smuggled), /^HTTP\/1\.1 400 /);
    });

    it('closes the connection after the 128th', async () => {
      const sockets: Socket[] = [];
      try {
        for (let i = 0; i < 128; i++) {
          const socket = connect(api.port, '127.0.0.1');
          socket.on('error', () => {});
          sockets.push(socket);
          await once(socket, 'connect');
        }
        const one = connect(api.port, '127.0.0.1');
        one.on('error', () => {});
        await once(one, 'close');
        assert.ok(sockets.every((socket) => !socket.destroyed));
      } finally {
        for (const socket of sockets) socket.destroy();
      }
    });
  });

  describe('methods', () => {
    it('knows GET, HEAD and OPTIONS of a path, and refuses the rest with Allow', async () => {
      const ask = (method: string, path: string) =>
        rawRequest(api.port, `${method} ${path}`, [api.host, api.auth]);
      const head = await ask('HEAD', '/health');
      assert.equal(head.status, 200);
      assert.equal(head.body, '');
      const options = await ask('OPTIONS', '/topics');
      assert.equal(options.status, 204);
      assert.equal(options.headers.get('allow'), 'GET, HEAD, POST');
      for (const method of ['TRACE', 'PUT', 'PROPFIND', 'DELETE']) {
        const answer = await ask(method, '/topics');
        assert.equal(answer.status, 405, method);
        assert.equal(answer.headers.get('allow'), 'GET, HEAD, POST');
        assert.equal(codeOf(answer), 'METHOD_NOT_ALLOWED');
      }
    });

    it('answers a failing HEAD without a body', async () => {
      const answer = await rawRequest(api.port, 'HEAD /topics', [api.host]);
      assert.equal(answer.status, 401);
      assert.equal(answer.body, '');
    });
  });

  it('writes nothing into an answer that has begun when garbage follows its request', async () => {
    await api.managers.topics.create(undefined, { name: 'orders', partitions: 1, replicationFactor: 1 });
    await api.managers.messages.produce(undefined, { topic: 'orders', key: null, value: Buffer.from('x') });
    const socket = connect(api.port, '127.0.0.1');
    socket.on('error', () => {});
    const chunks: Buffer[] = [];
    socket.on('data', (chunk: Buffer) => chunks.push(chunk));
    socket.write(
      `GET /consume?topic=orders&wait_ms=30000 HTTP/1.1\r\n${api.host}\r\n${api.auth}\r\nAccept: application/x-ndjson\r\n\r\n`,
    );
    await until(() => chunks.length > 0, { deadlineMs: 2_000, what: 'the answer to begin' });
    const closed = once(socket, 'close');
    socket.write('\x16\x03garbage\r\n\r\n');
    await closed;
    assert.equal(Buffer.concat(chunks).toString('latin1').split('HTTP/1.1').length, 2);
  });

  it('S11 sets its headers on every answer', async () => {
    for (const answer of [
      await get('/health', api.host),
      await get('/topics', api.host),
      await get('/health', 'Host: evil.example'),
      await get('/nothing', api.host, api.auth),
    ]) {
      assert.equal(answer.headers.get('x-content-type-options'), 'nosniff');
      assert.equal(answer.headers.get('cross-origin-resource-policy'), 'same-origin');
      assert.equal(answer.headers.get('cross-origin-opener-policy'), 'same-origin');
      assert.equal(answer.headers.get('referrer-policy'), 'no-referrer');
      assert.match(answer.headers.get('content-security-policy') ?? '', /frame-ancestors 'none'/);
      assert.equal(answer.headers.get('cache-control'), 'no-store');
    }
  });

  it('S13 logs templates and ids, never what a caller wrote', async () => {
    const secret = 'hush-hush-4711';
    const body = JSON.stringify({ topic: 'orders', key: secret, value: secret });
    const post = [api.host, api.auth, JSON_TYPE, `Content-Length: ${body.length}`];
    await api.managers.topics.create(undefined, { name: 'orders', partitions: 1, replicationFactor: 1 });
    await rawRequest(api.port, 'POST /produce', post, body);
    await get(`/consume?topic=orders&filter=${secret}`, api.host, api.auth);
    await get(`/topics/${secret}`, api.host, api.auth);
    await get(`/${secret}/%0a%1b[31mforged`, api.host, api.auth);
    await get('/topics', api.host, `Authorization: Bearer ${secret}`);
    const malformed = `{"topic":"orders","value":${secret}}`;
    await rawRequest(
      api.port,
      'POST /produce',
      [api.host, api.auth, JSON_TYPE, `Content-Length: ${malformed.length}`],
      malformed,
    );
    const log = await until(
      () => {
        const lines = api.managers.log.filter((line) => line.includes('request='));
        return lines.length === 6 ? lines : undefined;
      },
      { deadlineMs: 2_000, what: 'six lines' },
    );
    const all = api.managers.log.join('\n');
    assert.ok(!all.includes(secret), all);
    assert.ok(!all.includes(api.key.value));
    assert.match(log[0]!, new RegExp(`POST /produce 200 \\d+ ms request=[0-9a-f-]{36} key=${api.key.id}$`));
    assert.match(log[2]!, /GET \/topics\/\{topic\} 404 /);
    assert.match(log[3]!, /GET - 404 /);
    assert.match(log[4]!, /GET - 401 .* key=-$/);
    assert.ok(!/[\x00-\x09\x0b-\x1f]/.test(all)); // eslint-disable-line no-control-regex -- what it is about
  });

  it('S14 stays up when clients break off in the middle', async () => {
    for (const text of [
      `POST /topics HTTP/1.1\r\n${api.host}\r\n${api.auth}\r\n${JSON_TYPE}\r\nContent-Length: 100\r\n\r\n{"na`,
      `GET /topics HTTP/1.1\r\n${api.host}\r\n`,
      `GET /topics HTTP/1.1\r\n${api.host}\r\n${api.auth}\r\n\r\n`,
    ]) {
      const socket = connect(api.port, '127.0.0.1');
      socket.on('error', () => {});
      await once(socket, 'connect');
      await new Promise((resolve) => socket.write(text, resolve));
      socket.resetAndDestroy();
    }
    assert.equal((await get('/health', api.host)).status, 200);
  });
});
