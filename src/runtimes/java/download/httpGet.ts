import http from 'node:http';
import https from 'node:https';
import { HttpsProxyAgent } from 'https-proxy-agent';
import { proxyFor } from './proxy';

export interface HttpOptions {
  /** Where the proxy variables are read. */
  readonly env: NodeJS.ProcessEnv;
  /** A proxy from the settings, instead of the variables. */
  readonly proxy?: string | undefined;
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

  constructor(url: URL, status: number) {
    super(`${url.href} answered with HTTP status ${status}`);
    this.status = status;
  }
}

const maxRedirects = 5;
/** ms without a byte after which a connection counts as dead. */
const idleTimeoutMs = 20_000;

/**
 * GET, through a proxy where one is set: CONNECT for https (the proxy sees no content), absolute form for http
 * (RFC 9112 §3.2.2). Redirects are followed, but never from https to http.
 * @throws Error of the network, or the signal's reason
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
    const next = new URL(location, url);
    if (
      !['http:', 'https:'].includes(next.protocol) ||
      (url.protocol === 'https:' && next.protocol !== 'https:')
    ) {
      throw new Error(`${url.href} redirects to ${next.protocol} which is not safe`);
    }
    url = next;
  }
  throw new Error(`${start.href} redirects more than ${maxRedirects} times`);
}

function request(
  url: URL,
  headers: Readonly<Record<string, string>>,
  options: HttpOptions,
  signal: AbortSignal | undefined,
): Promise<http.IncomingMessage> {
  const proxy = proxyFor(url, options.env, options.proxy);
  const common = { headers: { ...headers, 'Accept-Encoding': 'identity' }, ...(signal ? { signal } : {}) };
  return new Promise((resolve, reject) => {
    let sent: http.ClientRequest;
    if (proxy && url.protocol === 'http:') {
      const { request: send } = proxy.protocol === 'https:' ? https : http;
      const credentials = proxyCredentials(proxy);
      sent = send({
        host: proxy.hostname.replace(/^\[|\]$/g, ''),
        port: proxy.port === '' ? (proxy.protocol === 'https:' ? 443 : 80) : proxy.port,
        path: url.href,
        ...common,
        headers: { ...common.headers, Host: url.host, ...credentials },
      });
    } else if (proxy) {
      sent = https.request(url, { ...common, agent: new HttpsProxyAgent(proxy) });
    } else {
      sent = (url.protocol === 'https:' ? https : http).request(url, common);
    }
    sent.setTimeout(idleTimeoutMs, () => {
      sent.destroy(new Error(`${url.host} sent nothing for ${idleTimeoutMs / 1000} s`));
    });
    sent.once('response', resolve);
    sent.once('error', reject);
    sent.end();
  });
}

function proxyCredentials(proxy: URL): Record<string, string> {
  if (proxy.username === '' && proxy.password === '') return {};
  const pair = `${decodeURIComponent(proxy.username)}:${decodeURIComponent(proxy.password)}`;
  return { 'Proxy-Authorization': `Basic ${Buffer.from(pair).toString('base64')}` };
}
