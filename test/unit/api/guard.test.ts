import assert from 'node:assert/strict';
import { connect } from 'node:net';
import { once } from 'node:events';
import type { ApiHarness } from '../../support/apiHarness';
import { codeOf, JSON_TYPE, startGuardedApi } from '../../support/guardedApi';
import { rawExchange, rawRequest } from '../../support/rawHttp';
import { until } from '../../support/until';

describe('API guard', () => {
  let api: ApiHarness;
  const get = (path: string, ...headers: string[]) => rawRequest(api.port, `GET ${path}`, headers);

  beforeEach(async () => {
    api = await startGuardedApi();
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

    it('answers to an authority from the moment that it is let in, and to that one exactly', async () => {
      const forwarded = 'Host: 127.0.0.1:54321';
      assert.equal((await get('/health', forwarded)).status, 421);
      api.server.allow('127.0.0.1:54321');
      assert.equal((await get('/health', forwarded)).status, 200);
      assert.equal((await get('/health', api.host)).status, 200);
      assert.equal((await get('/health', 'Host: 127.0.0.1:54322')).status, 421);
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
});
