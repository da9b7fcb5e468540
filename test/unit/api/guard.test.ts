import assert from 'node:assert/strict';
import { connect, type Socket } from 'node:net';
import { once } from 'node:events';
import { type ApiHarness, startApi } from '../../support/apiHarness';
import { rawExchange, rawRequest, type RawAnswer } from '../../support/rawHttp';
import { until } from '../../support/until';

const JSON_TYPE = 'Content-Type: application/json';

/** The failure envelope's code, after checking that it is one. */
function codeOf(answer: RawAnswer): string {
  assert.equal(answer.headers.get('content-type'), 'application/json');
  const body = JSON.parse(answer.body) as {
    success: boolean;
    requestId: string;
    timestamp: string;
    error: { code: string };
  };
  assert.equal(body.success, false);
  assert.match(body.requestId, /^[0-9a-f-]{36}$/);
  assert.ok(Date.parse(body.timestamp) > 0);
  return body.error.code;
}

describe('API guard', () => {
  let api: ApiHarness;
  const get = (path: string, ...headers: string[]) => rawRequest(api.port, `GET ${path}`, headers);

  beforeEach(async () => {
    api = await startApi({
      authorities: ['Tunnel.example:443'],
      limits: { headersTimeoutMs: 300, requestTimeoutMs: 600, lingerMs: 300, maxBodyBytes: 10_000 },
    });
  });
  afterEach(() => api.close());

  describe('S1 Host', () => {
    it('answers to its own names and to those it was given', async () => {
      for (const host of [
        api.host,
        `Host: localhost:${api.port}`,
        `Host: LOCALHOST:${api.port}`,
        `Host: [::1]:${api.port}`,
        'Host: tunnel.example:443',
      ]) {
        assert.equal((await get('/health', host)).status, 200, host);
      }
    });

    it('refuses every other name, on open paths too and before the key is looked at', async () => {
      const hosts = [
        'Host: evil.example',
        `Host: evil.example:${api.port}`,
        `Host: 127.0.0.1.nip.io:${api.port}`,
        `Host: 127.0.0.1:${api.port + 1}`,
        'Host: 127.0.0.1',
        'Host: ',
        `Host: 127.0.0.1:${api.port}@evil.example`,
      ];
      for (const host of hosts) {
        for (const path of ['/health', '/topics', '/docs', '/nothing']) {
          const answer = await get(path, host, api.auth);
          assert.equal(answer.status, 421, `${host} ${path}`);
          assert.equal(codeOf(answer), 'MISDIRECTED_REQUEST');
        }
      }
    });

    it('refuses a request without Host and one with two', async () => {
      assert.equal((await get('/health')).status, 421);
      assert.equal((await get('/health', api.host, 'Host: evil.example')).status, 421);
    });

    it('refuses the absolute form of a target, whatever it names', async () => {
      for (const target of ['http://evil.example/health', `http://127.0.0.1:${api.port}/topics`, '*']) {
        const method = target === '*' ? 'OPTIONS' : 'GET';
        const answer = await rawRequest(api.port, `${method} ${target}`, [api.host, api.auth]);
        assert.equal(answer.status, 421, target);
      }
    });

    it('refuses an upgrade, and a tunnel', async () => {
      const upgrade = ['Connection: Upgrade', 'Upgrade: websocket'];
      const foreign = await rawExchange(
        api.port,
        ['GET /health HTTP/1.1', 'Host: evil.example', ...upgrade, '', ''].join('\r\n'),
        { idleMs: 300 },
      );
      assert.match(foreign, /^HTTP\/1\.1 421 /);
      const own = await rawExchange(
        api.port,
        ['GET /health HTTP/1.1', api.host, ...upgrade, '', ''].join('\r\n'),
        { idleMs: 300 },
      );
      assert.match(own, /^HTTP\/1\.1 400 .*"MALFORMED_REQUEST"/s);
      assert.equal(
        await rawExchange(api.port, `CONNECT evil.example:443 HTTP/1.1\r\n${api.host}\r\n\r\n`),
        '',
      );
    });

    it('passes over an offer of HTTP/2, which some clients always make', async () => {
      const text = ['GET /health HTTP/1.1', api.host, 'Connection: Upgrade', 'Upgrade: h2c', '', ''].join(
        '\r\n',
      );
      assert.match(await rawExchange(api.port, text, { idleMs: 300 }), /^HTTP\/1\.1 200 /);
    });
  });

  describe('S2 browsers', () => {
    it('takes its own origin, and clients that are no browsers', async () => {
      assert.equal(
        (await get('/topics', api.host, api.auth, `Origin: http://127.0.0.1:${api.port}`)).status,
        200,
      );
      assert.equal((await get('/topics', api.host, api.auth, 'Sec-Fetch-Site: same-origin')).status, 200);
      assert.equal((await get('/topics', api.host, api.auth)).status, 200);
    });

    it('refuses other origins even with the key', async () => {
      for (const origin of [
        'null',
        'http://evil.example',
        `https://127.0.0.1:${api.port}`,
        `http://localhost:${api.port}`,
        'http://127.0.0.1:1',
        '',
      ]) {
        const answer = await get('/topics', api.host, api.auth, `Origin: ${origin}`);
        assert.equal(answer.status, 403, origin);
        assert.equal(codeOf(answer), 'FORBIDDEN');
        assert.equal(answer.headers.get('access-control-allow-origin'), undefined);
      }
    });

    it('refuses what a browser says comes from another site, on open paths too', async () => {
      for (const site of ['cross-site', 'same-site', 'none', 'nonsense']) {
        assert.equal((await get('/health', api.host, `Sec-Fetch-Site: ${site}`)).status, 403, site);
      }
    });

    it('takes a page that the user opened by hand', async () => {
      const headers = [api.host, 'Sec-Fetch-Site: none', 'Sec-Fetch-Dest: document'];
      assert.equal((await get('/health', ...headers)).status, 200);
      assert.equal(
        (await rawRequest(api.port, 'POST /cluster/stop', [...headers, api.auth, 'Content-Length: 0']))
          .status,
        403,
      );
    });

    it('refuses a preflight, since it allows no other origin', async () => {
      const answer = await rawRequest(api.port, 'OPTIONS /topics', [
        api.host,
        'Origin: http://evil.example',
        'Access-Control-Request-Method: POST',
      ]);
      assert.equal(answer.status, 403);
    });

    it('wants a body declared as JSON in UTF-8 and not compressed', async () => {
      const body = '{"name":"orders"}';
      const post = (...headers: string[]) =>
        rawRequest(
          api.port,
          'POST /topics',
          [api.host, api.auth, `Content-Length: ${body.length}`, ...headers],
          body,
        );
      for (const type of [
        'text/plain',
        'application/x-www-form-urlencoded',
        'multipart/form-data; boundary=x',
        'application/jsonp',
        'application/json; charset=latin1',
        'text/plain, application/json',
      ]) {
        const answer = await post(`Content-Type: ${type}`);
        assert.equal(answer.status, 415, type);
        assert.equal(codeOf(answer), 'UNSUPPORTED_MEDIA_TYPE');
      }
      assert.equal((await post()).status, 415);
      assert.equal((await post(JSON_TYPE, 'Content-Encoding: gzip')).status, 415);
      assert.equal(api.managers.kafka.topics.size, 0);
      assert.equal((await post('Content-Type: Application/JSON; charset=utf-8')).status, 201);
    });
  });

  describe('S5 key', () => {
    it('answers everybody without the right key the same', async () => {
      const wrong = [
        [],
        ['Authorization: Bearer lkm_wrong'],
        [`Authorization: Bearer ${api.key.value}x`],
        [`Authorization: Bearer ${api.key.value.slice(0, -1)}`],
        ['Authorization: Bearer '],
        [`Authorization: Basic ${Buffer.from(`:${api.key.value}`).toString('base64')}`],
        [`Authorization: ${api.key.value}`],
        [`Cookie: key=${api.key.value}`],
      ];
      const bodies = new Set<string>();
      for (const headers of wrong) {
        for (const path of ['/topics', `/topics?key=${api.key.value}`]) {
          if (headers.length > 0 && path !== '/topics') continue;
          const answer = await get(path, api.host, ...headers);
          assert.equal(answer.status, 401, headers.join());
          assert.equal(answer.headers.get('www-authenticate'), 'Bearer');
          bodies.add(answer.body.replace(/"timestamp".*$/, ''));
        }
      }
      assert.equal(bodies.size, 1);
      assert.equal((await get('/topics', api.host, api.auth)).status, 200);
    });

    it('holds back wrong keys after ten in a minute, but never the right one', async () => {
      const wrong = () => get('/topics', api.host, 'Authorization: Bearer lkm_wrong');
      for (let i = 0; i < 10; i++) assert.equal((await wrong()).status, 401);
      const answer = await wrong();
      assert.equal(answer.status, 429);
      assert.equal(codeOf(answer), 'RATE_LIMITED');
      const wait = Number(answer.headers.get('retry-after'));
      assert.ok(wait >= 1 && wait <= 60, String(wait));
      assert.equal((await get('/topics', api.host, api.auth)).status, 200);
    });

    it('revokes the former key at once when it is rotated, and ends streams', async () => {
      await api.managers.topics.create(undefined, { name: 'orders', partitions: 1, replicationFactor: 1 });
      const socket = connect(api.port, '127.0.0.1');
      const path = '/consume?topic=orders&wait_ms=30000';
      socket.write(
        `GET ${path} HTTP/1.1\r\n${api.host}\r\n${api.auth}\r\nAccept: application/x-ndjson\r\n\r\n`,
      );
      await once(socket, 'data');
      const ended = once(socket, 'close');
      socket.on('error', () => {});
      const old = api.auth;
      await api.key.rotate();
      await ended;
      assert.equal((await get('/topics', api.host, old)).status, 401);
      assert.equal((await get('/topics', api.host, `Authorization: Bearer ${api.key.value}`)).status, 200);
    });
  });

  it('S5 ends also what has not begun to answer when the key is rotated', async () => {
    await api.managers.topics.create(undefined, { name: 'orders', partitions: 1, replicationFactor: 1 });
    for (const accept of ['application/x-ndjson', 'application/json']) {
      const opened = api.managers.kafka.openSources;
      const answer = rawRequest(api.port, 'GET /consume?topic=orders&wait_ms=30000', [
        api.host,
        `Authorization: Bearer ${api.key.value}`,
        `Accept: ${accept}`,
      ]).then(
        ({ body }) => body,
        (error: unknown) => String(error),
      );
      await until(() => api.managers.kafka.openSources > opened, { deadlineMs: 2_000, what: 'the read' });
      await api.key.rotate();
      await api.managers.messages.produce(undefined, {
        topic: 'orders',
        key: null,
        value: Buffer.from('late'),
      });
      assert.match(await answer, /no HTTP answer: ""/, accept);
      await until(() => api.managers.kafka.openSources === 0, { deadlineMs: 2_000, what: 'its end' });
      await api.managers.topics.truncate(undefined, 'orders');
    }
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

  describe('S7 open paths', () => {
    it('opens health and the document, also under /v1, and nothing else', async () => {
      for (const path of ['/health', '/v1/health', '/health?a=b', '/openapi.json', '/v1/openapi.json']) {
        assert.equal((await get(path, api.host)).status, 200, path);
      }
      for (const path of ['/docs', '/docs/', '/docs/main.js']) {
        assert.equal((await get(path, api.host)).status, 404, path);
      }
    });

    it('is not tricked by other ways to write a path', async () => {
      for (const path of [
        '//health',
        '/health/',
        '/health/../topics',
        '/docs/../topics',
        '/docs/..%2ftopics',
        '/docs/%2e%2e/topics',
        '/docs/.%2E/topics',
        '/docs\\..\\topics',
        '/docs/..;/topics',
        '/%68ealth',
        '/HEALTH',
        '/healthx',
        '/v1/v1/health',
        '/docs/%00',
        '/topics?/health',
        '/topics#/health',
        '/topics;/docs/',
        '/internal/follow',
        '/',
      ]) {
        assert.equal((await get(path, api.host)).status, 401, path);
      }
    });

    it('answers tricky paths with 404 where the key is right', async () => {
      for (const path of ['//topics', '/docs/../topics', '/health/%2e%2e/topics', '/topics/..']) {
        const answer = await get(path, api.host, api.auth);
        assert.equal(answer.status, 404, path);
        assert.equal(codeOf(answer), 'NOT_FOUND');
      }
    });
  });

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
