import assert from 'node:assert/strict';
import { proxyFor } from '../../../../../src/runtimes/java/download/proxy';

const https = new URL('https://downloads.apache.org/kafka/');
const http = new URL('http://mirror.local:8080/kafka/');
const proxy = (url: URL, env: NodeJS.ProcessEnv, configured?: string) => proxyFor(url, env, configured)?.href;

describe('proxyFor', () => {
  it('takes the variable of the scheme', () => {
    const env = { HTTPS_PROXY: 'http://secure:1', HTTP_PROXY: 'http://plain:2' };
    assert.equal(proxy(https, env), 'http://secure:1/');
    assert.equal(proxy(http, env), 'http://plain:2/');
    assert.equal(proxy(http, {}), undefined);
    assert.equal(proxy(http, { ALL_PROXY: 'all:3' }), 'http://all:3/');
  });

  it('prefers lower case, and a setting to both', () => {
    const env = { HTTPS_PROXY: 'http://upper:1', https_proxy: 'http://lower:1' };
    assert.equal(proxy(https, env), 'http://lower:1/');
    assert.equal(proxy(https, env, 'http://set:1'), 'http://set:1/');
  });

  it('goes directly where NO_PROXY says so', () => {
    const excluded = (list: string, url = https) =>
      proxy(url, { ALL_PROXY: 'p:1', NO_PROXY: list }) === undefined;
    for (const list of ['*', 'apache.org', '.apache.org', '*.apache.org', 'x, downloads.apache.org:443']) {
      assert.ok(excluded(list), list);
    }
    for (const list of ['', 'pache.org', 'downloads.apache.org:80', 'org.x', 'mirror.local']) {
      assert.ok(!excluded(list), list);
    }
    assert.ok(excluded('::1', new URL('http://[::1]:80/')));
    assert.ok(excluded('[::1]:8080', new URL('http://[::1]:8080/')));
  });

  it('refuses what is no HTTP proxy without telling it', () => {
    assert.throws(
      () => proxyFor(https, { HTTPS_PROXY: 'socks5://user:secret@host:1' }),
      (error: Error) => !error.message.includes('secret') && error.message.includes('downloads.apache.org'),
    );
  });
});
