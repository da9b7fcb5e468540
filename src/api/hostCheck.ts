import type { IncomingMessage } from 'node:http';
import { KafkaManagerError } from '../contract/errors';

/** The authorities that a request may name in its Host header (SECURITY S1). */
export function allowedAuthorities(port: number, extra: readonly string[] = []): ReadonlySet<string> {
  return new Set([
    `127.0.0.1:${port}`,
    `localhost:${port}`,
    `[::1]:${port}`,
    ...extra.map((authority) => authority.toLowerCase()),
  ]);
}

/**
 * Refuses what was not meant for this server: a page whose name was rebound to 127.0.0.1 sends its own name as Host.
 * @throws KafkaManagerError MISDIRECTED_REQUEST
 */
export function checkHost(request: IncomingMessage, allowed: ReadonlySet<string>): void {
  const { host } = request.headers;
  if (host === undefined || !allowed.has(host.toLowerCase()) || countHeader(request, 'host') !== 1) {
    throw new KafkaManagerError('MISDIRECTED_REQUEST');
  }
  // An absolute-form target names a host of its own, which would win over the header: only proxies are sent one.
  if (request.url?.startsWith('/') !== true) {
    throw new KafkaManagerError(
      'MISDIRECTED_REQUEST',
      'The request target must be a path: this is no proxy.',
    );
  }
}

/** How often a header was sent; node:http keeps only the first of some. */
function countHeader(request: IncomingMessage, name: string): number {
  let count = 0;
  for (let i = 0; i < request.rawHeaders.length; i += 2) {
    if (request.rawHeaders[i]?.toLowerCase() === name) count++;
  }
  return count;
}
