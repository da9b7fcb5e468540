import { once } from 'node:events';
import { createServer } from 'node:net';
import type { AddressInfo, Socket } from 'node:net';

/** A TCP server that accepts connections, reads, and never answers: what a hung broker looks like. */
export interface SilentServer {
  readonly port: number;
  /** `127.0.0.1:port`. */
  readonly address: string;
  /** How many connections are open now. */
  connections(): number;
  close(): Promise<void>;
}

/** Starts a {@link SilentServer} on a free port of 127.0.0.1. */
export async function silentServer(): Promise<SilentServer> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => {}); // Clients that give up reset the connection.
    socket.on('close', () => sockets.delete(socket));
    socket.resume();
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    port,
    address: `127.0.0.1:${port}`,
    connections: () => sockets.size,
    close: async () => {
      const closed = once(server, 'close');
      server.close();
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
}
