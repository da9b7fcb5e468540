import { isIPv6 } from 'node:net';
import { PermanentError } from './permanentError';

/**
 * The proxy for a URL by the usual variables (lower case first): HTTPS_PROXY or HTTP_PROXY by scheme, then ALL_PROXY,
 * unless NO_PROXY names the host. undefined: go there directly.
 * @throws PermanentError for what is no address of an HTTP proxy
 * @param configured a proxy from our settings; it replaces the variables, NO_PROXY still counts
 */
export function proxyFor(url: URL, env: NodeJS.ProcessEnv, configured?: string): URL | undefined {
  if (isExcluded(url, variable(env, 'no_proxy') ?? '')) return undefined;
  // A CGI program would get HTTP_PROXY from a client's header ("httpoxy"); this is none.
  const value =
    configured ?? variable(env, `${url.protocol.slice(0, -1)}_proxy`) ?? variable(env, 'all_proxy');
  if (value === undefined) return undefined;
  const text = value.includes('://') ? value : `http://${value}`;
  const proxy = URL.canParse(text) ? new URL(text) : undefined;
  if (!proxy || !['http:', 'https:'].includes(proxy.protocol)) {
    // Not the value itself: it may hold a password.
    throw new PermanentError(`the configured proxy for ${url.host} is not an http:// or https:// address`);
  }
  if (!isDecodable(`${proxy.username}${proxy.password}`)) {
    throw new PermanentError(`the user or password of the proxy for ${url.host} has a % that is not %25`);
  }
  return proxy;
}

/** Whether text can be percent-decoded, as user and password will be. */
function isDecodable(text: string): boolean {
  try {
    decodeURIComponent(text);
    return true;
  } catch {
    return false;
  }
}

function variable(env: NodeJS.ProcessEnv, name: string): string | undefined {
  const value = env[name] ?? env[name.toUpperCase()];
  return value === undefined || value.trim() === '' ? undefined : value.trim();
}

/** NO_PROXY as curl reads it: `*`, or hosts and domains by comma or blank, each with or without a port. */
function isExcluded(url: URL, list: string): boolean {
  const host = url.hostname.replace(/^\[|\]$/g, '').toLowerCase();
  const port = url.port === '' ? (url.protocol === 'https:' ? '443' : '80') : url.port;
  return list
    .toLowerCase()
    .split(/[\s,]+/)
    .filter((entry) => entry !== '')
    .some((entry) => {
      if (entry === '*') return true;
      const match = isIPv6(entry) ? undefined : /^(\[.*\]|[^:]+):(\d+)$/.exec(entry);
      if (match && match[2] !== port) return false;
      const name = (match?.[1] ?? entry).replace(/^\[|\]$/g, '').replace(/^\*?\./, '');
      return host === name || host.endsWith(`.${name}`);
    });
}
