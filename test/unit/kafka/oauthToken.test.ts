import assert from 'node:assert/strict';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { KafkaManagerError } from '../../../src/contract/errors';
import { OauthToken } from '../../../src/kafka/oauthToken';
import { freePort } from '../../support/freePort';
import { httpServer } from '../../support/real/httpServer';

interface Seen {
  readonly authorization: string | undefined;
  readonly body: URLSearchParams;
}

type Answer = (seen: Seen, response: ServerResponse) => void;

async function readBody(request: IncomingMessage): Promise<string> {
  let body = '';
  for await (const chunk of request) body += String(chunk);
  return body;
}

describe('OauthToken', () => {
  const settings = {
    mechanism: 'OAUTHBEARER',
    clientId: 'my client',
    clientSecret: 's:cret/ü',
    scope: 'kafka',
  } as const;

  /** Runs `work` against a token endpoint that answers with `answer`. */
  async function withEndpoint(
    answer: Answer,
    work: (url: string, seen: Seen[]) => Promise<void>,
  ): Promise<void> {
    const seen: Seen[] = [];
    const server = await httpServer((request, response) => {
      void readBody(request).then((text) => {
        const entry = { authorization: request.headers.authorization, body: new URLSearchParams(text) };
        seen.push(entry);
        answer(entry, response);
      });
    });
    try {
      await work(`${server.url}/token`, seen);
    } finally {
      await server.close();
    }
  }

  const json = (response: ServerResponse, body: unknown, status = 200): void => {
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
  };

  const failsWith = (token: OauthToken, message: RegExp): Promise<void> =>
    assert.rejects(token.get(), (error) => {
      assert.ok(error instanceof KafkaManagerError);
      assert.equal(error.code, 'KAFKA_AUTHENTICATION_ERROR');
      assert.match(error.message, message);
      assert.doesNotMatch(
        `${error.message} ${error.remedy} ${JSON.stringify(error.details)}`,
        /s:cret|s%3Acret/,
      );
      return true;
    });

  it('posts the client-credentials grant with Basic, form-encoded as RFC 6749 wants it', () =>
    withEndpoint(
      (_seen, response) => json(response, { access_token: 'abc', expires_in: 60 }),
      async (tokenEndpoint, seen) => {
        assert.equal(await new OauthToken({ ...settings, tokenEndpoint }).get(), 'abc');
        assert.equal(seen.length, 1);
        const credentials = Buffer.from(
          (seen[0]?.authorization ?? '').replace('Basic ', ''),
          'base64',
        ).toString();
        assert.equal(credentials, 'my+client:s%3Acret%2F%C3%BC');
        assert.deepEqual(Object.fromEntries(seen[0]!.body), {
          grant_type: 'client_credentials',
          scope: 'kafka',
        });
      },
    ));

  it('tries the credentials in the body where Basic is refused', () =>
    withEndpoint(
      ({ body }, response) =>
        body.get('client_secret') === settings.clientSecret
          ? json(response, { access_token: 'from body' })
          : json(response, { error: 'invalid_client' }, 401),
      async (tokenEndpoint, seen) => {
        assert.equal(await new OauthToken({ ...settings, tokenEndpoint }).get(), 'from body');
        assert.deepEqual(
          seen.map(({ authorization }) => authorization !== undefined),
          [true, false],
        );
      },
    ));

  it('keeps a token until shortly before it expires, and shares one request', () =>
    withEndpoint(
      (_seen, response) => json(response, { access_token: `token`, expires_in: 100 }),
      async (tokenEndpoint, seen) => {
        let now = 1_000_000;
        const token = new OauthToken({ ...settings, tokenEndpoint }, () => now);
        await Promise.all([token.get(), token.get(), token.get()]);
        now += 69_000;
        await token.get();
        assert.equal(seen.length, 1);
        now += 2_000;
        await token.get();
        assert.equal(seen.length, 2);
      },
    ));

  it('says what was wrong', async () => {
    await withEndpoint(
      (_seen, response) => json(response, { error: 'invalid_client' }, 401),
      (tokenEndpoint) =>
        failsWith(
          new OauthToken({ ...settings, tokenEndpoint }),
          /status 401 and the error "invalid_client"/,
        ),
    );
    await withEndpoint(
      (_seen, response) => response.end('<html>'),
      (tokenEndpoint) => failsWith(new OauthToken({ ...settings, tokenEndpoint }), /without an access_token/),
    );
    await withEndpoint(
      (_seen, response) => json(response, { access_token: 42 }),
      (tokenEndpoint) => failsWith(new OauthToken({ ...settings, tokenEndpoint }), /without an access_token/),
    );
    const tokenEndpoint = `http://127.0.0.1:${await freePort()}/token`;
    await failsWith(new OauthToken({ ...settings, tokenEndpoint }), /can not be reached/);
  });

  it('does not follow a redirect with the secret', () =>
    withEndpoint(
      (_seen, response) => void response.writeHead(307, { location: '/elsewhere' }).end(),
      async (tokenEndpoint, seen) => {
        await failsWith(new OauthToken({ ...settings, tokenEndpoint }), /can not be reached/);
        assert.equal(seen.length, 1);
      },
    ));

  it('wants https, except on this machine', () => {
    for (const tokenEndpoint of [
      'http://example.org/token',
      'ftp://a/b',
      'token',
      'https://me:pw@example.org/',
    ]) {
      assert.throws(() => new OauthToken({ ...settings, tokenEndpoint }), { code: 'VALIDATION_ERROR' });
    }
    for (const tokenEndpoint of [
      'https://example.org/token',
      'http://localhost:1/',
      'http://[::1]:1/',
      'http://127.9.9.9/',
    ]) {
      assert.ok(new OauthToken({ ...settings, tokenEndpoint }));
    }
  });
});
