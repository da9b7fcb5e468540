import { once } from 'node:events';
import { mkdir } from 'node:fs/promises';
import { createServer, type Socket } from 'node:net';
import { abortable } from '../../../base/async';
import { claimEndpoint, connectEndpoint } from '../../supervisor/endpoint';

/**
 * Runs `work` while no other process runs its own under the same folder's lock. The lock is a listening socket, so
 * that it ends with its holder, however that ends. Waiting is waiting for the holder's connection to close.
 * @param folder is made where it is missing; must not be a profile's folder, which the supervisor locks
 */
export async function withFolderLock<T>(
  folder: string,
  signal: AbortSignal | undefined,
  work: () => Promise<T>,
): Promise<T> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const waiting = new Set<Socket>();
  for (;;) {
    const server = createServer((socket) => {
      waiting.add(socket);
      socket.on('error', () => {});
      socket.once('close', () => waiting.delete(socket));
    });
    if (await claimEndpoint(folder, server)) {
      try {
        return await work();
      } finally {
        server.close();
        for (const socket of waiting) socket.destroy();
      }
    }
    const holder = await connectEndpoint(folder);
    if (!holder) continue;
    try {
      holder.on('error', () => {});
      holder.resume();
      await abortable(once(holder, 'close'), signal);
    } finally {
      holder.destroy();
    }
  }
}
