import assert from 'node:assert/strict';
import { redirectTarget } from '../../../../../src/runtimes/java/download/redirectTarget';

describe('redirectTarget', () => {
  const https = new URL('https://bob:secret@mirror.test/kafka/a.tgz?token=secret');
  const http = new URL('http://bob:secret@mirror.test/kafka/a.tgz');

  it('leads from https only to https', () => {
    assert.equal(redirectTarget(https, 'https://other.test/a').href, 'https://other.test/a');
    assert.equal(redirectTarget(https, '/b').host, 'mirror.test');
    for (const place of ['http://other.test/a', 'ftp://other.test/', 'file:///etc/passwd', 'data:,x']) {
      assert.throws(() => redirectTarget(https, place), { name: 'PermanentError', message: /not safe/ });
    }
    assert.equal(redirectTarget(http, 'http://other.test/a').href, 'http://other.test/a');
    assert.equal(redirectTarget(http, 'https://other.test/a').href, 'https://other.test/a');
  });

  it('gives a password to no other host and to no message', () => {
    assert.equal(redirectTarget(http, 'http://other.test/a').password, '');
    for (const place of ['ftp://x:secret@other.test/', 'http://[secret', 'http://secret:99999/']) {
      assert.throws(
        () => redirectTarget(https, place),
        (error: Error) =>
          error.name === 'PermanentError' && !JSON.stringify([error, error.message]).includes('secret'),
        place,
      );
    }
  });
});
