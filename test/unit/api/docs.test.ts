import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import type { ApiHarness } from '../../support/apiHarness';
import { startApi } from '../../support/apiHarness';
import { codeOf } from '../../support/guardedApi';
import { rawRequest } from '../../support/rawHttp';

const POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; " +
  "font-src 'self'; frame-ancestors 'none'";

/** Where each file is served, and its media type. */
const FILES = {
  'index.html': ['/docs', 'text/html'],
  'docs.js': ['/docs/docs.js', 'text/javascript'],
  'docs.css': ['/docs/docs.css', 'text/css'],
  'icon.svg': ['/docs/icon.svg', 'image/svg+xml'],
  'swagger-ui-bundle.js': ['/docs/swagger-ui-bundle.js', 'text/javascript'],
  'swagger-ui.css': ['/docs/swagger-ui.css', 'text/css'],
} as const;

describe('GET /docs', () => {
  let folder: string;
  let api: ApiHarness;
  const send = (line: string, ...headers: string[]) => rawRequest(api.port, line, [api.host, ...headers]);

  before(async () => {
    folder = mkdtempSync(path.join(os.tmpdir(), 'lkm-docs-'));
    for (const file of Object.keys(FILES)) writeFileSync(path.join(folder, file), `content of ${file}`);
    writeFileSync(path.join(folder, 'other.js'), 'not for anybody');
    api = await startApi({ docsDir: folder });
  });
  after(async () => {
    await api.close();
    rmSync(folder, { recursive: true, force: true });
  });

  it('serves its files without a key, each under one path and with its type', async () => {
    for (const [file, [url, type]] of Object.entries(FILES)) {
      const answer = await send(`GET ${url}`);
      assert.equal(answer.status, 200, url);
      assert.ok(answer.body.includes(`content of ${file}`), url);
      assert.equal(answer.headers.get('content-type'), `${type}; charset=utf-8`);
    }
    assert.ok((await send('GET /docs/')).body.includes('content of index.html'));
  });

  it('sets the headers that keep a page to itself, and lets no browser keep what this port may not serve next', async () => {
    for (const url of Object.values(FILES).map(([one]) => one)) {
      const { headers } = await send(`GET ${url}`);
      assert.equal(headers.get('x-content-type-options'), 'nosniff');
      assert.equal(headers.get('cross-origin-resource-policy'), 'same-origin');
      assert.equal(headers.get('cross-origin-opener-policy'), 'same-origin');
      assert.equal(headers.get('referrer-policy'), 'no-referrer');
      assert.equal(headers.get('cache-control'), 'no-store');
      const policy = url === '/docs' ? POLICY : "default-src 'none'; frame-ancestors 'none'";
      assert.equal(headers.get('content-security-policy'), policy);
    }
  });

  it('leads from /v1 to the one page', async () => {
    for (const url of ['/v1/docs', '/v1/docs/']) {
      const answer = await send(`GET ${url}`);
      assert.equal(answer.status, 308, url);
      assert.equal(answer.headers.get('location'), '/docs');
    }
  });

  it('knows nothing but its own files, also where the folder has more', async () => {
    for (const url of [
      '/docs/other.js',
      '/docs/index.html',
      '/docs/none',
      '/docs/docs.js/',
      '/docs/constructor',
    ]) {
      const answer = await send(`GET ${url}`);
      assert.equal(answer.status, 404, url);
      assert.equal(codeOf(answer), 'NOT_FOUND');
    }
  });

  it('takes nobody out of the folder: such paths want the key, and are none with it', async () => {
    for (const url of [
      '/docs/../package.json',
      '/docs/%2e%2e/package.json',
      '/docs/%2e%2e/',
      '/docs/..%2fpackage.json',
      '/docs/..\\package.json',
      '/docs//other.js',
      '/docs/%2fetc%2fpasswd',
      '/docs/docs.js%00.html',
      '/docs/./docs.js',
    ]) {
      assert.equal((await send(`GET ${url}`)).status, 401, url);
      const answer = await send(`GET ${url}`, api.auth);
      assert.equal(answer.status, 404, url);
      assert.equal(codeOf(answer), 'NOT_FOUND');
    }
  });

  it('answers HEAD without a body, and 405 to what changes things', async () => {
    const head = await send('HEAD /docs');
    assert.deepEqual([head.status, head.body], [200, '']);
    assert.equal(head.headers.get('content-security-policy'), POLICY);
    for (const [method, url] of [
      ['POST', '/docs'],
      ['DELETE', '/docs/docs.js'],
      ['PUT', '/v1/docs'],
    ] as const) {
      const answer = await send(`${method} ${url}`, 'Content-Length: 0');
      assert.equal(answer.status, 405, url);
      assert.equal(codeOf(answer), 'METHOD_NOT_ALLOWED');
      assert.equal(answer.headers.get('allow'), 'GET, HEAD');
    }
  });

  it('opens for the address bar and for its own page, and for no other site', async () => {
    const from = (site: string, dest: string, url = '/docs') =>
      send(`GET ${url}`, `Sec-Fetch-Site: ${site}`, `Sec-Fetch-Dest: ${dest}`);
    assert.equal((await from('none', 'document')).status, 200);
    assert.equal((await from('same-origin', 'document')).status, 200);
    assert.equal((await from('same-origin', 'script', '/docs/docs.js')).status, 200);
    for (const site of ['cross-site', 'same-site']) {
      for (const dest of ['document', 'iframe', 'script']) {
        assert.equal((await from(site, dest)).status, 403, `${site} ${dest}`);
      }
    }
    assert.equal((await from('none', 'iframe')).status, 403);
    assert.equal((await from('none', 'script', '/docs/docs.js')).status, 403);
  });

  it('says 406 to who takes no page, and writes nothing of a path into the log', async () => {
    assert.equal((await send('GET /docs', 'Accept: application/xml')).status, 406);
    await send('GET /docs?secret-in-query');
    assert.ok(api.managers.log.some((line) => /GET \/docs 200 /.test(line)));
    assert.ok(!api.managers.log.some((line) => line.includes('secret-in-query')));
  });

  it('is no part of the contract', async () => {
    assert.ok(!(await send('GET /openapi.json')).body.includes('"/docs'));
  });

  it('is not there where nobody names its folder', async () => {
    const bare = await startApi();
    try {
      assert.equal((await rawRequest(bare.port, 'GET /docs', [bare.host])).status, 404);
    } finally {
      await bare.close();
    }
  });
});
