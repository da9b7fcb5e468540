import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { connect } from 'node:net';
import { ApiKey } from '../../../src/api/apiKey';
import { DEFAULT_LIMITS } from '../../../src/api/limits';
import { bindPort } from '../../../src/api/portBinding';
import type { ApiRole, ApiServer } from '../../../src/api/apiServer';
import { KafkaManagerError } from '../../../src/contract/errors';
import { type ApiHarness, startApi } from '../../support/apiHarness';
import { FakeSecretStore } from '../../support/fakeManagers';
import { freePort } from '../../support/freePort';
import { rawRequest } from '../../support/rawHttp';
import { until } from '../../support/until';

/** Another program's server, which notes all that it is sent. */
async function foreignServer(
  port: number,
  host: string,
  answer: (url: string) => string,
): Promise<{ server: Server; seen: string[] }> {
  const seen: string[] = [];
  const server = createServer((request, response) => {
    seen.push(`${request.method} ${request.url} ${JSON.stringify(request.rawHeaders)}`);
    response.end(answer(request.url ?? ''));
  });
  server.listen(port, host);
  await once(server, 'listening');
  return { server, seen };
}

async function nextRole(server: ApiServer, role: ApiRole['role']): Promise<ApiRole> {
  return until(() => (server.role?.role === role ? server.role : undefined), {
    deadlineMs: 5_000,
    what: `the role ${role}`,
  });
}

describe('ApiServer', () => {
  const open: ApiHarness[] = [];
  const foreign: Server[] = [];
  const start = async (options: Parameters<typeof startApi>[0] = {}): Promise<ApiHarness> => {
    const api = await startApi(options);
    open.push(api);
    return api;
  };
  afterEach(async () => {
    await Promise.all(open.splice(0).map((api) => api.close()));
    for (const server of foreign.splice(0)) {
      server.close();
      server.closeAllConnections();
    }
  });

  it('S3 listens on 127.0.0.1 and ::1 and on nothing else', async () => {
    const { port, host, url } = await start();
    assert.equal(url, `http://127.0.0.1:${port}`);
    assert.equal((await rawRequest(port, 'GET /health', [host])).status, 200);
    assert.equal((await rawRequest(port, 'GET /health', [`Host: [::1]:${port}`], '', '::1')).status, 200);
    const outside = connect(port, '127.0.0.2');
    const [error] = (await once(outside, 'error')) as [NodeJS.ErrnoException];
    assert.equal(error.code, 'ECONNREFUSED');
  });

  it('S3 takes no port of which another program has the ::1 half, and leaves the other half free', async () => {
    const port = await freePort();
    const { server, seen } = await foreignServer(port, '::1', () => 'hello');
    foreign.push(server);
    const api = await start({ port });
    assert.notEqual(api.port, port);
    assert.deepEqual(api.server.role?.taken, [port]);
    assert.equal(seen.length, 1);
    const half = connect(port, '127.0.0.1');
    const [error] = (await once(half, 'error')) as [NodeJS.ErrnoException];
    assert.equal(error.code, 'ECONNREFUSED');
  });

  it('S4 goes to the next port where a foreign program has the first, and never sends it the key', async () => {
    const port = await freePort();
    for (const answer of [
      () => 'hello',
      () => '{"success":true,"data":{"status":"healthy","proof":"AAAA"}}',
      // It can only repeat what it was sent.
      (url: string) =>
        JSON.stringify({ data: { proof: new URL(url, 'http://x').searchParams.get('nonce') } }),
      () => `{"data":{"proof":"${'A'.repeat(100_000)}"}}`,
    ]) {
      const { server, seen } = await foreignServer(port, '127.0.0.1', answer);
      const api = await startApi({ port });
      assert.equal(api.server.role?.role, 'serving');
      assert.ok(api.port > port);
      assert.deepEqual(api.server.role.taken[0], port);
      assert.equal(seen.length, 1);
      assert.match(seen[0]!, /^GET \/health\?nonce=[A-Za-z0-9_-]{32} /);
      assert.ok(!/authorization|lkm_/i.test(seen[0]!));
      assert.ok(
        api.managers.log.some((line) => line.startsWith('warn') && line.includes(`port ${port} is taken`)),
      );
      await api.close();
      server.close();
      server.closeAllConnections();
    }
  });

  it('S4 does not believe a program that passes the question on to the real server', async () => {
    const secrets = new FakeSecretStore();
    const real = await start({ secrets });
    const port = await freePort();
    const relay = createServer((request, response) => {
      void fetch(`${real.url}${request.url}`).then(async (answer) => response.end(await answer.text()));
    });
    foreign.push(relay);
    relay.listen(port, '127.0.0.1');
    await once(relay, 'listening');
    const second = await start({ secrets, port });
    assert.equal(second.server.role?.role, 'serving');
    assert.deepEqual(second.server.role.taken[0], port);
  });

  it('S4 tells nobody the key who got the port after the real server had proved itself', async () => {
    const secrets = new FakeSecretStore();
    const key = await ApiKey.load(secrets);
    const port = await freePort();
    // It proves itself as the real server did a moment ago, and answers whatever else it is asked.
    const { server, seen } = await foreignServer(port, '127.0.0.1', (url) => {
      const nonce = new URL(url, 'http://x').searchParams.get('nonce');
      return JSON.stringify({ data: { proof: nonce === null ? '' : key.prove(nonce, port) } });
    });
    foreign.push(server);
    const second = await start({ secrets, port });
    assert.equal(second.server.role?.role, 'following');
    // It does not believe the second connection either, and asks again.
    await until(() => seen.filter((line) => line.startsWith('GET /health')).length >= 2, {
      deadlineMs: 5_000,
      what: 'another question',
    });
    assert.ok(seen.some((line) => line.startsWith('GET /internal/follow ')));
    assert.ok(!seen.join().includes(key.value));
    // What it has seen lets nobody in, neither to the API nor elsewhere.
    const authorization = /LKM-Follow [A-Za-z0-9_.-]+/.exec(seen.join())?.[0] ?? '';
    const real = await start({ secrets });
    for (const path of ['/topics', '/internal/follow']) {
      const answer = await rawRequest(real.port, `GET ${path}`, [
        real.host,
        `Authorization: ${authorization}`,
      ]);
      assert.equal(answer.status, 401, path);
    }
  });

  it('S4 does not wait long for a program that never answers', async () => {
    const port = await freePort();
    const silent = createServer(() => {});
    foreign.push(silent);
    silent.listen(port, '127.0.0.1');
    await once(silent, 'listening');
    const startedAt = Date.now();
    const api = await start({ port });
    assert.notEqual(api.port, port);
    assert.ok(Date.now() - startedAt < 4_000);
  });

  it('follows a process of the same user and takes over when that ends', async () => {
    const secrets = new FakeSecretStore();
    const port = await freePort();
    const first = await start({ secrets, port });
    const second = await start({ secrets, port });
    const third = await start({ secrets, port });
    assert.equal(first.server.role?.role, 'serving');
    assert.equal(second.server.role?.role, 'following');
    assert.equal(second.server.role.port, port);
    assert.equal(third.server.role?.role, 'following');
    const roles: string[] = [];
    for (const { server } of [second, third]) server.onDidChangeRole(({ role }) => roles.push(role));

    await first.close();
    await until(() => roles.length === 2, { deadlineMs: 5_000, what: 'new roles' });
    assert.deepEqual(roles.sort(), ['following', 'serving']);
    assert.equal((await fetch(`http://127.0.0.1:${port}/health`)).status, 200);
    await Promise.all([second.close(), third.close()]);
    await assert.rejects(fetch(`http://127.0.0.1:${port}/health`));
  });

  it('finds each other again after the key was rotated', async () => {
    const secrets = new FakeSecretStore();
    const port = await freePort();
    const first = await start({ secrets, port });
    const second = await start({ secrets, port });
    const changed = newRole(second.server);
    await first.key.rotate();
    assert.equal((await changed).role, 'following');
    assert.equal(second.key.value, first.key.value);
    await first.close();
    await nextRole(second.server, 'serving');
  });

  it('S14 logs a connection that can not be accepted, and goes on', async () => {
    const servers: Server[] = [];
    const errors: Error[] = [];
    const bound = await bindPort(
      0,
      DEFAULT_LIMITS,
      (server) => servers.push(server),
      (error) => errors.push(error),
    );
    assert.ok('servers' in bound);
    const failure = new Error('accept EMFILE');
    for (const server of servers) server.emit('error', failure);
    foreign.push(...servers);
    assert.deepEqual(
      errors,
      servers.map(() => failure),
    );
  });

  it('says PORT_IN_USE where no port that it may try is free', async () => {
    const port = await freePort();
    const { server } = await foreignServer(port, '127.0.0.1', () => 'hello');
    foreign.push(server);
    await assert.rejects(
      startApi({ port, attempts: 1 }),
      (error: unknown) => error instanceof KafkaManagerError && error.code === 'PORT_IN_USE',
    );
  });

  it('closes within a second, with streams and half-sent requests open', async () => {
    const api = await startApi();
    await api.managers.topics.create(undefined, { name: 'orders', partitions: 1, replicationFactor: 1 });
    const stream = connect(api.port, '127.0.0.1');
    stream.on('error', () => {});
    stream.write(
      `GET /consume?topic=orders&wait_ms=30000 HTTP/1.1\r\n${api.host}\r\n${api.auth}\r\nAccept: application/x-ndjson\r\n\r\n`,
    );
    const half = connect(api.port, '127.0.0.1');
    half.on('error', () => {});
    half.write('GET /health HTTP/1.1\r\n');
    await Promise.all([once(stream, 'data'), once(half, 'connect')]);
    const startedAt = Date.now();
    await api.close();
    assert.ok(Date.now() - startedAt < 1_000, `${Date.now() - startedAt} ms`);
    assert.equal(api.server.role, undefined);
  });

  it('replaces nothing global', async () => {
    const before = [globalThis.Request, globalThis.Response, globalThis.Headers];
    await start();
    assert.deepEqual([globalThis.Request, globalThis.Response, globalThis.Headers], before);
  });
});

function newRole(server: ApiServer): Promise<ApiRole> {
  return new Promise((resolve) => server.onDidChangeRole(resolve));
}

describe('ApiKey', () => {
  it('S5 is 32 random bytes in base64url behind lkm_, kept in the SecretStore', async () => {
    const secrets = new FakeSecretStore();
    const key = await ApiKey.load(secrets);
    assert.match(key.value, /^lkm_[A-Za-z0-9_-]{43}$/);
    assert.equal(Buffer.from(key.value.slice(4), 'base64url').length, 32);
    assert.deepEqual([...secrets.values.values()], [key.value]);
    assert.equal((await ApiKey.load(secrets)).value, key.value);
    assert.notEqual((await ApiKey.load(new FakeSecretStore())).value, key.value);
    assert.ok(!key.value.includes(key.id));
  });

  it('makes a new one in place of a damaged one', async () => {
    const secrets = new FakeSecretStore();
    for (const damaged of ['', 'lkm_', 'short', `lkm_${'!'.repeat(43)}`]) {
      await secrets.set('api.key', damaged);
      assert.match((await ApiKey.load(secrets)).value, /^lkm_[A-Za-z0-9_-]{43}$/);
    }
  });

  it('S5 refuses the former key from the moment of its rotation', async () => {
    const secrets = new FakeSecretStore();
    const key = await ApiKey.load(secrets);
    const former = key.value;
    let revoked = 0;
    key.onDidRevoke(() => revoked++);
    const rotated = key.rotate();
    assert.equal(key.matches(former), false);
    assert.equal(revoked, 1);
    await rotated;
    assert.equal(secrets.values.get('api.key'), key.value);
    assert.equal(key.matches(key.value), true);
  });

  it('reads what another process rotated', async () => {
    const secrets = new FakeSecretStore();
    const [one, two] = [await ApiKey.load(secrets), await ApiKey.load(secrets)];
    await one.rotate();
    assert.equal(two.matches(one.value), false);
    await two.refresh();
    assert.equal(two.matches(one.value), true);
  });
});
