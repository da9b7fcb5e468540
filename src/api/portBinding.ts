import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { ApiLimits } from './limits';

/** The addresses that are bound, and no other (SECURITY S3). */
const ADDRESSES = ['127.0.0.1', '::1'] as const;

/** The servers of one port. */
export interface BoundPort {
  readonly port: number;
  /** One for each address; only that of 127.0.0.1 where this machine has no ::1. */
  readonly servers: readonly Server[];
}

/** A port that could not be had, and the address on which another program listens. */
export interface TakenPort {
  readonly port: number;
  readonly takenOn: (typeof ADDRESSES)[number];
}

/**
 * Listens at `port` on 127.0.0.1 and ::1. Who holds only one of them could receive the key of a client that resolves
 * "localhost" to the other, so both must be ours, or neither is.
 * @param port 0 lets the system choose
 * @param prepare sets up a server before it listens
 * @param onError what goes wrong while a server listens, for example that a connection can not be accepted because this
 *   process has too many files open; the server goes on
 * @throws what listening throws, except that the port is taken or not allowed
 */
export async function bindPort(
  port: number,
  limits: ApiLimits,
  prepare: (server: Server) => void,
  onError: (error: Error) => void,
): Promise<BoundPort | TakenPort> {
  const servers: Server[] = [];
  let chosen = port;
  for (const host of ADDRESSES) {
    const server = createServer({
      maxHeaderSize: limits.maxHeaderBytes,
      headersTimeout: limits.headersTimeoutMs,
      requestTimeout: limits.requestTimeoutMs,
      connectionsCheckingInterval: Math.min(1_000, limits.headersTimeoutMs),
      // The guard refuses a missing Host itself, in the form of all other failures.
      requireHostHeader: false,
    });
    prepare(server);
    try {
      server.listen({ port: chosen, host, exclusive: true });
      await once(server, 'listening');
      server.on('error', onError);
    } catch (error) {
      const code = codeOf(error);
      if (host === '::1' && (code === 'EADDRNOTAVAIL' || code === 'EAFNOSUPPORT')) continue;
      for (const bound of servers) bound.close();
      if (code === 'EADDRINUSE' || code === 'EACCES') return { port: chosen, takenOn: host };
      throw error;
    }
    servers.push(server);
    chosen = (server.address() as AddressInfo).port;
  }
  return { port: chosen, servers };
}

function codeOf(error: unknown): unknown {
  return error instanceof Error && 'code' in error ? error.code : undefined;
}
