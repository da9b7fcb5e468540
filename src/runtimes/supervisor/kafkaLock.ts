import { execFile } from 'node:child_process';
import { open, readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { codeOf } from './codeOf';

/**
 * Whether an Apache Kafka, anybody's, runs on the folder: it holds a lock on the file `.lock` there. Node has no file
 * locks of its own to try, so the system is asked who has one: /proc/locks (proc(5)), lsof on macOS. Windows lets
 * nobody read what is locked. Where the system does not tell, the answer is no.
 */
export async function isLockedByKafka(dataDir: string): Promise<boolean> {
  const file = path.join(dataDir, '.lock');
  try {
    const { ino } = await stat(file, { bigint: true });
    if (process.platform === 'linux') {
      // 1: POSIX  ADVISORY  WRITE 4711 08:02:1234567 0 EOF
      const suffix = `:${ino}`;
      const locks = (await readFile('/proc/locks', 'utf8')).split('\n');
      return locks.some((lock) => lock.split(/\s+/).some((field) => field.endsWith(suffix)));
    }
    if (process.platform === 'win32') return await isUnreadable(file);
    return (await promisify(execFile)('lsof', ['-t', '--', file])).stdout.trim() !== '';
  } catch {
    return false;
  }
}

async function isUnreadable(file: string): Promise<boolean> {
  try {
    const handle = await open(file);
    await handle.read(Buffer.alloc(1), 0, 1, 0).finally(() => handle.close());
    return false;
  } catch (error) {
    return codeOf(error) === 'EBUSY';
  }
}
