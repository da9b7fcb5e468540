import type { IncomingMessage } from 'node:http';
import { KafkaManagerError } from '../contract/errors';
import type { ApiKey } from './apiKey';
import type { KeyFailures } from './keyFailures';

/** Paths that need no key (SECURITY S7), also under /v1. Compared with the path as it was sent, so no trick fits. */
const OPEN_PATH = /^(?:\/v1)?\/(?:health|openapi\.json|docs(?:\/[A-Za-z0-9._-]+)*\/?)$/;

/** Dot segments and empty segments, plain or percent-encoded, and backslashes: a router might read them otherwise. */
const TRICKY_PATH = /\/\/|\/(?:\.|%2e){1,2}(?:\/|$)|\\|%2f|%5c|%00/i;

/** Whether the path means the same to everybody who reads it. */
export function isPlainPath(path: string): boolean {
  return !TRICKY_PATH.test(path);
}

/** Whether the path needs no key. */
export function isOpenPath(path: string): boolean {
  return isPlainPath(path) && OPEN_PATH.test(path);
}

/**
 * Lets only those in who know the key, and answers the same 401 to all others.
 * @throws KafkaManagerError UNAUTHORIZED, or RATE_LIMITED with `retry_after` in seconds among its details
 */
export function checkKey(request: IncomingMessage, key: ApiKey, failures: KeyFailures): void {
  const sent = /^bearer +([^\s]+) *$/i.exec(request.headers.authorization ?? '')?.[1];
  if (sent !== undefined && key.matches(sent)) return;
  // Only a wrong key is a guess; without one there is nothing to hold back.
  const wait = request.headers.authorization === undefined ? undefined : failures.note();
  if (wait === undefined) throw new KafkaManagerError('UNAUTHORIZED');
  throw new KafkaManagerError('RATE_LIMITED', 'Too many wrong API keys.', { details: { retry_after: wait } });
}
