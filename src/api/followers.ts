import type { GuardedRequest } from './guard';
import { PROOF_HEADER } from './peer';

/**
 * Keeps the connection of another window or terminal open until one of both ends. That window takes over when this
 * server is gone.
 * @param proof that this server knows the key, for the nonce that was sent
 */
export function holdFollower({ response, trace }: GuardedRequest, proof: string, heartbeatMs: number): void {
  trace.route = 'follow';
  response.writeHead(200, { 'Content-Type': 'text/plain', [PROOF_HEADER]: proof });
  response.write('\n');
  const timer = setInterval(() => response.write('\n'), heartbeatMs);
  response.on('close', () => clearInterval(timer));
}
