import assert from 'node:assert/strict';
import { startApi, type ApiHarness } from './apiHarness';
import type { RawAnswer } from './rawHttp';

/** Header line of a body in JSON. */
export const JSON_TYPE = 'Content-Type: application/json';

/** An API with one more authority, and with limits that a test can wait for. */
export function startGuardedApi(): Promise<ApiHarness> {
  return startApi({
    authorities: ['Tunnel.example:443'],
    limits: { headersTimeoutMs: 300, requestTimeoutMs: 600, lingerMs: 300, maxBodyBytes: 10_000 },
  });
}

/** The failure envelope's code, after checking that it is one. */
export function codeOf(answer: RawAnswer): string {
  assert.equal(answer.headers.get('content-type'), 'application/json');
  const body = JSON.parse(answer.body) as {
    success: boolean;
    requestId: string;
    timestamp: string;
    error: { code: string };
  };
  assert.equal(body.success, false);
  assert.match(body.requestId, /^[0-9a-f-]{36}$/);
  assert.ok(Date.parse(body.timestamp) > 0);
  return body.error.code;
}
