import assert from 'node:assert/strict';
import { once } from 'node:events';
import { readFileSync, readdirSync, statSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { deflateRawSync } from 'node:zlib';
import type { Browser, BrowserContextOptions } from 'playwright-core';
import { type ApiHarness, startApi } from '../support/apiHarness';
import { DocsPage } from '../support/docsPage';
import { until } from '../support/until';
import { assertAccessible } from '../support/vscode/accessibility';
import { launchBrowser } from '../support/vscode/browser';
import { testResults } from '../support/vscode/testResults';

const dist = path.join(import.meta.dirname, '../../dist');
const docsDir = path.join(dist, 'docs');

const THEMES: Readonly<Record<string, BrowserContextOptions>> = {
  light: { colorScheme: 'light' },
  dark: { colorScheme: 'dark' },
  'high-contrast-light': { colorScheme: 'light', forcedColors: 'active' },
  'high-contrast-dark': { colorScheme: 'dark', forcedColors: 'active' },
};

describe('GET /docs in a browser', function () {
  this.timeout(60_000);
  let api: ApiHarness;
  let browser: Browser;
  let docs: DocsPage;

  before(async function () {
    this.timeout(1_200_000); // The first run on a machine fetches Chromium.
    browser = await launchBrowser();
    api = await startApi({ docsDir });
  });
  after(async () => {
    await browser.close();
    await api.close();
  });
  afterEach(() => docs.close());

  const open = async (at = '/docs', options: BrowserContextOptions = {}): Promise<DocsPage> =>
    (docs = await DocsPage.open(browser, `${api.url}${at}`, options));

  it('asks nobody but the API for anything, and breaks no rule of its policy', async () => {
    await open();
    assert.deepEqual(docs.problems, []);
    assert.deepEqual(
      docs.requests.filter((url) => !url.startsWith(`${api.url}/`)),
      [],
    );
    assert.ok(docs.requests.includes(`${api.url}/openapi.json`));
    const [tags, operations] = [docs.page.locator('.opblock-tag'), docs.page.locator('.opblock')];
    assert.deepEqual([await tags.count(), await operations.count()], [4, 16]);
    await docs.page.reload();
    await docs.ready();
    assert.deepEqual(docs.problems, []);
  });

  it('would notice what the policy refuses', async () => {
    await open();
    await docs.page.evaluate(`document.body.insertAdjacentHTML('beforeend', '<p style="color:red">x</p>')`);
    await docs.page.evaluate(`fetch('http://evil.example/').catch(() => {})`);
    for (const directive of ['style-src-attr', 'connect-src']) {
      await until(() => docs.problems.some((text) => text.startsWith(`CSP: ${directive} `)), {
        deadlineMs: 5_000,
        what: `the refusal by ${directive}`,
      });
    }
  });

  it('tries requests out with the key, shows none of it in what is copied, and forgets it', async () => {
    await open();
    assert.equal((await docs.tryOut('listTopics')).status, '401');
    await docs.reopen(`${api.url}/docs`);
    await docs.authorize(api.key.value);
    const created = await docs.tryOut('createTopic', '{"name":"from-the-page","partitions":2}');
    assert.equal(created.status, '201');
    const curl = await created.operation.locator('.curl-command').innerText();
    assert.match(curl, /curl -X 'POST'/);
    assert.match(curl, /from-the-page/);
    const { status, operation } = await docs.tryOut('listTopics');
    assert.equal(status, '200');
    assert.match(await operation.locator('.live-responses-table').innerText(), /"name": "from-the-page"/);
    const shown = await docs.page.evaluate<string>('document.body.innerText');
    assert.ok(!shown.includes(api.key.value));
    assert.equal(await docs.page.evaluate('localStorage.length + sessionStorage.length'), 0);

    await docs.reopen(`${api.url}/docs`);
    assert.equal((await docs.tryOut('listTopics')).status, '401');
    // Chromium reports both 401 itself; that is all there was.
    assert.deepEqual(
      docs.problems.filter((text) => !/status of 401/.test(text)),
      [],
    );
  });

  it('is one page, whichever way it is asked for, and opens at an operation', async () => {
    await open('/v1/docs/');
    assert.equal(docs.page.url(), `${api.url}/docs`);
    await docs.close();
    await open('/docs/#/Topics/createTopic');
    await docs.page.locator('#operations-Topics-createTopic.is-open').waitFor();
    await docs.close();
    await open('/docs?url=http://evil.example/openapi.json&configUrl=http://evil.example/config.json');
    assert.deepEqual(docs.problems, []);
    assert.ok(!docs.requests.some((url) => new URL(url).host === 'evil.example'));
  });

  it('opens for no page of another site, not even another port', async () => {
    await open();
    const other = createServer((_request, response) => {
      response.setHeader('Content-Type', 'text/html');
      response.end(`<a href="${api.url}/docs">docs</a><iframe src="${api.url}/docs"></iframe>`);
    }).listen(0, '127.0.0.1');
    await once(other, 'listening');
    try {
      await docs.page.goto(`http://127.0.0.1:${(other.address() as AddressInfo).port}/`);
      const [refused] = await Promise.all([
        docs.page.waitForResponse(`${api.url}/docs`),
        docs.page.locator('a').click(),
      ]);
      assert.equal(refused.status(), 403);
    } finally {
      other.closeAllConnections();
      other.close();
    }
  });

  for (const [name, options] of Object.entries(THEMES)) {
    it(`is readable in ${name}: what is ours has no violation of axe's rules`, async () => {
      await open('/docs', options);
      const folder = path.join(testResults(), 'screenshots');
      await docs.page.screenshot({ path: path.join(folder, `docs-${name}.png`) });
      await assertAccessible(docs.page, { without: ['#swagger-ui'] });
      await docs.authorize(api.key.value);
      await docs.tryOut('getClusterStatus');
      await docs.page.screenshot({ path: path.join(folder, `docs-${name}-tried.png`), fullPage: true });
      assert.deepEqual(docs.problems, []);
    });
  }

  it('follows the theme while it is open', async () => {
    await open('/docs', { colorScheme: 'light' });
    const background = () => docs.page.evaluate<string>('getComputedStyle(document.body).backgroundColor');
    const light = await background();
    await docs.page.emulateMedia({ colorScheme: 'dark' });
    await docs.page.locator('html.dark-mode').waitFor();
    assert.notEqual(await background(), light);
    await docs.page.emulateMedia({ colorScheme: 'light' });
    await docs.page.locator('html:not(.dark-mode)').waitFor();
  });
});

describe('The files of GET /docs', () => {
  it('are small enough to be installed by everybody', () => {
    const files = readdirSync(docsDir).map((file) => readFileSync(path.join(docsDir, file)));
    const sum = (sizes: readonly number[]): number => sizes.reduce((total, size) => total + size, 0);
    const raw = sum(files.map((file) => file.length));
    const packed = sum(files.map((file) => deflateRawSync(file).length));
    assert.ok(raw <= 1_600_000, `${raw} bytes`);
    assert.ok(packed <= 500_000, `${packed} bytes deflated`);
    assert.ok(statSync(path.join(dist, 'api.js')).size <= 400_000);
  });
});
