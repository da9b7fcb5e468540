import { createHash, randomBytes } from 'node:crypto';
import { lstat, mkdir } from 'node:fs/promises';
import { tmpdir, userInfo } from 'node:os';
import path from 'node:path';

/** Longest path of a unix socket in bytes that every system takes (macOS: 104 with the closing zero). */
const maxSocketPath = 100;

function hashOf(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 24);
}

/** Name of the pipe of a profile on Windows. The system itself lets only one process listen on it. */
export function windowsPipe(profileDir: string): string {
  return `\\\\.\\pipe\\local-kafka-${hashOf(`${userInfo().username}\n${path.resolve(profileDir).toLowerCase()}`)}`;
}

/**
 * A fresh path for a unix socket: in the profile's folder, or where that is too long for a socket, in a folder of our
 * own (0700) below the temporary one.
 * @throws Error when that folder exists and is not ours alone
 */
export async function newSocketPath(profileDir: string): Promise<string> {
  const name = `s-${randomBytes(6).toString('hex')}`;
  const near = path.join(profileDir, name);
  if (Buffer.byteLength(near) <= maxSocketPath) return near;
  const folder = path.join(tmpdir(), `local-kafka-${hashOf(profileDir)}`);
  await mkdir(folder, { recursive: true, mode: 0o700 });
  // Others may write to the temporary folder: whoever made this one first could listen in our place.
  const stat = await lstat(folder);
  if (!stat.isDirectory() || stat.uid !== process.getuid?.() || (stat.mode & 0o077) !== 0) {
    throw new Error(`${folder} is not a folder of this user alone`);
  }
  return path.join(folder, name);
}
