import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { httpGet } from '../../../../../src/runtimes/java/download/httpGet';
import { until } from '../../../../support/until';

describe('httpGet', () => {
  const sockets = new Set<Socket>();
  let server: Server;
  /** What the server was sent, as one text. */
  let heard: string;
  /** Answers the n-th piece of a connection. */
  let answer: (socket: Socket, piece: number) => void;

  beforeEach(async () => {
    heard = '';
    answer = () => {};
    server = createServer((socket) => {
      let piece = 0;
      sockets.add(socket);
      socket.on('error', () => {});
      socket.on('close', () => sockets.delete(socket));
      socket.on('data', (chunk) => {
        heard += chunk.toString('latin1');
        answer(socket, piece++);
      });
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
  });

  afterEach(async () => {
    for (const socket of sockets) socket.destroy();
    server.close();
    await once(server, 'close');
  });

  const address = () => `127.0.0.1:${(server.address() as AddressInfo).port}`;
  const through = (url: string, idleMs?: number, signal?: AbortSignal, user = 'bob:secret') =>
    httpGet(new URL(url), {}, { env: {}, proxy: `http://${user}@${address()}`, idleMs }, signal);
  const closed = () => until(() => sockets.size === 0, { deadlineMs: 2000, what: 'the connection to close' });
  const tunnel = 'HTTP/1.1 200 Connection established\r\n\r\n';

  for (const url of ['https://kafka.test/a', 'http://kafka.test/a']) {
    it(`gives up on a proxy that accepts and stays silent, ${url}`, async () => {
      await assert.rejects(through(url, 100), { message: 'kafka.test sent nothing for 0.1 s' });
      await closed();
    });

    it(`can be aborted while a proxy is silent, ${url}`, async () => {
      const abort = new AbortController();
      const asked = through(url, undefined, abort.signal);
      await until(() => heard !== '', { deadlineMs: 2000, what: 'a request' });
      abort.abort();
      await assert.rejects(asked, { name: 'AbortError' });
      await closed();
    });
  }

  it('gives up on a tunnel at whose other end nothing answers', async () => {
    answer = (socket, piece) => piece === 0 && socket.write(tunnel);
    await assert.rejects(through('https://kafka.test/a', 150), { message: /sent nothing/ });
    await closed();
    const abort = new AbortController();
    heard = '';
    const asked = through('https://kafka.test/a', undefined, abort.signal);
    await until(() => heard.includes('\r\n\r\n\x16'), { deadlineMs: 2000, what: 'a TLS handshake' });
    abort.abort();
    await assert.rejects(asked, { name: 'AbortError' });
    await closed();
  });

  it('gives up on a body that stops, and ends a body at an abort', async () => {
    answer = (socket) => socket.write('HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nabc');
    const stopped = await through('http://kafka.test/a', 100);
    await assert.rejects(stopped.body.toArray(), { message: /sent nothing/ });
    await closed();
    const abort = new AbortController();
    const aborted = await through('http://kafka.test/a', undefined, abort.signal);
    abort.abort();
    await assert.rejects(aborted.body.toArray(), { name: 'AbortError' });
    await closed();
  });

  it("does not take a proxy's words for those of an https site", async () => {
    const forged = 'HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nforged';
    for (const [status, text] of [
      [100, `HTTP/1.1 100 Continue\r\n\r\n${forged}`],
      [302, 'HTTP/1.1 302 Found\r\nLocation: https://evil.test/\r\nContent-Length: 0\r\n\r\n'],
      [407, 'HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\n\r\n'],
    ] as const) {
      heard = '';
      answer = (socket) => socket.write(text);
      await assert.rejects(through('https://kafka.test/a', 1000), {
        message: `the proxy for kafka.test answered with HTTP status ${status}`,
      });
      assert.equal(heard.match(/CONNECT/g)?.length, 1);
      await closed();
    }
  });

  it('tells a proxy no user of the mirror in the request line, but the mirror in its header', async () => {
    answer = (socket) => socket.end('HTTP/1.1 204 No Content\r\n\r\n');
    const { status } = await through('http://eve:hidden@kafka.test/a?b');
    assert.equal(status, 204);
    assert.match(heard, /^GET http:\/\/kafka\.test\/a\?b HTTP\/1\.1\r\n/);
    assert.ok(heard.includes(`\r\nAuthorization: Basic ${btoa('eve:hidden')}\r\n`));
    assert.ok(heard.includes(`\r\nProxy-Authorization: Basic ${btoa('bob:secret')}\r\n`));
  });

  it('refuses a proxy whose password can not be decoded without telling it', async () => {
    await assert.rejects(
      through('https://kafka.test/a', 1000, undefined, 'bob:secret%zz'),
      (error: Error) => {
        assert.equal(error.name, 'PermanentError');
        return !error.message.includes('secret');
      },
    );
    assert.equal(heard, '');
  });
});
