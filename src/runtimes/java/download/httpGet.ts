import http from 'node:http';
import https from 'node:https';
import { HttpsProxyAgent } from 'https-proxy-agent';
import { reasonOf } from '../../../base/async';
import { PermanentError } from './permanentError';
import { printableUrl } from './printableUrl';
import { proxyFor } from './proxy';
import { redirectTarget } from './redirectTarget';

export interface HttpOptions {
  /** Where the proxy variables are read. */
  readonly env: NodeJS.ProcessEnv;
  /** A proxy from the settings, instead of the variables. */
  readonly proxy?: string | undefined;
  /** ms until an answer has to begin, and between two pieces of its body; 20,000 where undefined. */
  readonly idleMs?: number | undefined;
}

/** An answer whose body has not been read. */
export interface HttpAnswer {
  readonly status: number;
  readonly headers: http.IncomingHttpHeaders;
  readonly body: http.IncomingMessage;
}

/** An HTTP status that isn't the one hoped for. */
export class HttpStatusError extends Error {
  override readonly name = 'HttpStatusError';
  readonly status: number;

  /** @param who names the one that answered, in words or as a printable URL */
  constructor(who: string, status: number) {
    super(`${who} answered with HTTP status ${status}`);
    this.status = status;
  }
}

const maxRedirects = 5;
const defaultIdleMs = 20_000;

/**
 * GET, through a proxy where one is set: CONNECT for https (the proxy sees no content), absolute form for http
 * (RFC 9112 §3.2.2). Redirects are followed, but never from https to http.
 * @throws PermanentError where no other try can help, HttpStatusError of a proxy, Error of the network, or the signal's
 * reason
 */
export async function httpGet(
  start: URL,
  headers: Readonly<Record<string, string>>,
  options: HttpOptions,
  signal: AbortSignal | undefined,
): Promise<HttpAnswer> {
  let url = start;
  for (let hop = 0; hop <= maxRedirects; hop++) {
    const body = await request(url, headers, options, signal);
    const status = body.statusCode ?? 0;
    const { location } = body.headers;
    if (![301, 302, 303, 307, 308].includes(status) || location === undefined) {
      return { status, headers: body.headers, body };
    }
    body.destroy();
    url = redirectTarget(url, location);
  }
  throw new PermanentError(`${printableUrl(start)} redirects more than ${maxRedirects} times`);
}

function request(
  url: URL,
  headers: Readonly<Record<string, string>>,
  options: HttpOptions,
  signal: AbortSignal | undefined,
): Promise<http.IncomingMessage> {
  const idleMs = options.idleMs ?? defaultIdleMs;
  const stalled = (): Error => new Error(`${url.host} sent nothing for ${idleMs / 1000} s`);
  return new Promise((resolve, reject) => {
    // Ends the connection to the proxy too, which the request doesn't know of before there is a tunnel. For the same
    // reason neither its time-out nor its error can be relied on: all failures are told from here.
    const cut = new AbortController();
    let answer: http.IncomingMessage | undefined;
    const timer = setTimeout(() => fail(stalled()), idleMs);
    const fail = (error: Error): void => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', onAbort);
      reject(error);
      answer?.destroy(error);
      cut.abort(error);
    };
    const onAbort = (): void => fail(reasonOf(signal));
    if (signal?.aborted) {
      onAbort();
      return;
    }
    signal?.addEventListener('abort', onAbort, { once: true });
    let sent: http.ClientRequest;
    try {
      sent = prepare(url, { ...headers, 'Accept-Encoding': 'identity' }, options, cut.signal);
    } catch (error) {
      fail(error instanceof Error ? error : new Error(String(error)));
      return;
    }
    sent.on('error', fail);
    sent.once('close', () => signal?.removeEventListener('abort', onAbort));
    // What a proxy says instead of opening a tunnel comes from nobody who is known: it must not pass for the answer.
    sent.once('proxyConnect', ({ statusCode }: { statusCode: number }) => {
      if (statusCode !== 200) fail(new HttpStatusError(`the proxy for ${url.host}`, statusCode));
    });
    sent.once('response', (body) => {
      clearTimeout(timer);
      answer = body;
      body.setTimeout(idleMs, () => fail(stalled()));
      resolve(body);
    });
    sent.end();
  });
}

/** @throws PermanentError for a proxy that can't be one, Error for a URL that can't be asked */
function prepare(
  url: URL,
  headers: Readonly<Record<string, string>>,
  options: HttpOptions,
  signal: AbortSignal,
): http.ClientRequest {
  const proxy = proxyFor(url, options.env, options.proxy);
  if (proxy && url.protocol === 'http:') {
    const { request: send } = proxy.protocol === 'https:' ? https : http;
    return send({
      host: proxy.hostname.replace(/^\[|\]$/g, ''),
      port: proxy.port === '' ? (proxy.protocol === 'https:' ? 443 : 80) : proxy.port,
      // User and password of the mirror belong into its own header (RFC 9110 §4.2.4).
      path: `${url.origin}${url.pathname}${url.search}`,
      headers: {
        ...headers,
        Host: url.host,
        ...basic('Authorization', url),
        ...basic('Proxy-Authorization', proxy),
      },
      signal,
    });
  }
  if (proxy) return https.request(url, { headers, signal, agent: new HttpsProxyAgent(proxy, { signal }) });
  return (url.protocol === 'https:' ? https : http).request(url, { headers, signal });
}

function basic(header: string, { username, password }: URL): Record<string, string> {
  if (username === '' && password === '') return {};
  const pair = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`;
  return { [header]: `Basic ${Buffer.from(pair).toString('base64')}` };
}
