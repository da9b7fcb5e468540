import { readdir, readlink, symlink, unlink } from 'node:fs/promises';
import { createConnection } from 'node:net';
import type { Server, Socket } from 'node:net';
import path from 'node:path';
import { codeOf } from './codeOf';
import { newSocketPath, windowsPipe } from './endpointPaths';

/*
 * Who listens for a profile, on unix: `supervisor-<n>` in the profile's folder is a symbolic link to a socket, and the
 * highest n counts. Making a link is atomic, exclusive and done only once the socket listens, so a link whose socket
 * refuses belongs to a dead supervisor, for ever: its successor makes n + 1, and only one process can. Names are never
 * used twice and the highest is never deleted, so nobody can delete or replace what another one has just made (the
 * usual race of "remove the stale socket file, then bind").
 */
const linkName = /^supervisor-(\d{1,15})$/;
/** A step is repeated only when another process was faster: this often is never needed. */
const maxAttempts = 100;

/** Connects to the supervisor of the profile's folder; undefined where none listens. */
export async function connectEndpoint(profileDir: string): Promise<Socket | undefined> {
  if (process.platform === 'win32') return connect(windowsPipe(profileDir));
  for (let attempt = 0; attempt < maxAttempts; attempt++) {
    const generation = await newestGeneration(profileDir);
    if (generation === 0) return undefined;
    const target = await targetOf(profileDir, generation);
    if (target !== undefined) return connect(target);
  }
  return undefined;
}

/**
 * Makes `server` the one that listens for the profile's folder. False where another process does; the server is
 * closed then.
 */
export async function claimEndpoint(profileDir: string, server: Server): Promise<boolean> {
  if (process.platform === 'win32') {
    try {
      await listen(server, windowsPipe(profileDir));
      return true;
    } catch (error) {
      if (codeOf(error) === 'EADDRINUSE') return false;
      throw error;
    }
  }
  const socketPath = await newSocketPath(profileDir);
  await listen(server, socketPath);
  try {
    if (await link(profileDir, socketPath)) return true;
  } catch (error) {
    server.close();
    throw error;
  }
  server.close();
  return false;
}

async function link(profileDir: string, socketPath: string): Promise<boolean> {
  for (let attempt = 0; attempt < maxAttempts; attempt++) {
    const last = await newestGeneration(profileDir);
    if (last > 0) {
      const target = await targetOf(profileDir, last);
      if (target === undefined) continue;
      const alive = await connect(target);
      alive?.destroy();
      if (alive) return false;
    }
    try {
      await symlink(socketPath, linkOf(profileDir, last + 1));
    } catch (error) {
      if (codeOf(error) === 'EEXIST') continue;
      throw error;
    }
    // Whoever paused for long above may have made a link that others have passed and deleted meanwhile.
    if ((await newestGeneration(profileDir)) === last + 1) {
      await deleteOlder(profileDir, last + 1);
      return true;
    }
    await unlink(linkOf(profileDir, last + 1)).catch(ignoreMissing);
  }
  throw new Error(`no supervisor could be agreed on in ${profileDir}`);
}

function linkOf(profileDir: string, generation: number): string {
  return path.join(profileDir, `supervisor-${generation}`);
}

async function generations(profileDir: string): Promise<number[]> {
  const names = await readdir(profileDir).catch(ignoreMissing);
  return (names ?? []).flatMap((name) => {
    const match = linkName.exec(name);
    return match ? [Number(match[1])] : [];
  });
}

async function newestGeneration(profileDir: string): Promise<number> {
  return Math.max(0, ...(await generations(profileDir)));
}

async function targetOf(profileDir: string, generation: number): Promise<string | undefined> {
  return (await readlink(linkOf(profileDir, generation)).catch(ignoreMissing)) ?? undefined;
}

async function deleteOlder(profileDir: string, own: number): Promise<void> {
  for (const generation of await generations(profileDir)) {
    if (generation >= own) continue;
    const target = await targetOf(profileDir, generation);
    if (target !== undefined) await unlink(target).catch(ignoreMissing);
    await unlink(linkOf(profileDir, generation)).catch(ignoreMissing);
  }
}

function ignoreMissing(error: unknown): undefined {
  if (codeOf(error) === 'ENOENT') return undefined;
  throw error;
}

function listen(server: Server, address: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(address, () => {
      server.off('error', reject);
      resolve();
    });
  });
}

/** undefined where nobody listens there, or no longer. */
function connect(address: string): Promise<Socket | undefined> {
  return new Promise((resolve, reject) => {
    const socket = createConnection(address);
    const onError = (error: Error): void => {
      const code = codeOf(error);
      if (code === 'ECONNREFUSED' || code === 'ENOENT') resolve(undefined);
      // It ended after the system had taken our connection and before it accepted it: ask once more.
      else if (code === 'ECONNRESET') resolve(connect(address));
      else reject(error);
    };
    socket.once('error', onError);
    socket.once('connect', () => {
      socket.off('error', onError);
      resolve(socket);
    });
  });
}
