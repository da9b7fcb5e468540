import type { GuardedRequest } from './guard';

/**
 * Keeps the connection of another window or terminal open until one of both ends. That window takes over when this
 * server is gone.
 */
export function holdFollower({ response, trace }: GuardedRequest, heartbeatMs: number): void {
  trace.route = 'follow';
  response.writeHead(200, { 'Content-Type': 'text/plain' });
  response.write('\n');
  const timer = setInterval(() => response.write('\n'), heartbeatMs);
  response.on('close', () => clearInterval(timer));
}
