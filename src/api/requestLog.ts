import type { Logger } from '../base/logger';

/** What is noted of one request while it runs. */
export interface RequestTrace {
  readonly id: string;
  readonly method: string;
  /** Template of the route, never the path itself; `-` until one was found. */
  route: string;
  /** Id of the key, never the key; `-` for those who sent none or a wrong one. */
  keyId: string;
  /** performance.now() when it came. */
  readonly startedAt: number;
}

/**
 * One line for each request (SECURITY S13): method, route template, status, ms, request id, key id. Nothing that a
 * caller chose freely is in it.
 */
export function logRequest(logger: Logger, trace: RequestTrace, status: number | 'aborted'): void {
  const ms = Math.round(performance.now() - trace.startedAt);
  logger.info(`${trace.method} ${trace.route} ${status} ${ms} ms request=${trace.id} key=${trace.keyId}`);
}
