import { access, open, readdir } from 'node:fs/promises';
import path from 'node:path';
import { codeOf } from '../../supervisor/codeOf';
import { readKafkaHome } from '../kafkaHome';

/** Written last: a folder that has it has all that was unpacked. */
const marker = '.complete';

/**
 * Brings all files and folders below `folder` to disk, and then a marker that says so. A rename alone promises nothing:
 * after a power cut its new name may be there while the bytes of the files are not.
 */
export async function markComplete(folder: string): Promise<void> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  for (const entry of entries) {
    const name = path.join(entry.parentPath, entry.name);
    await (entry.isDirectory() ? syncFolder(name) : syncFile(name));
  }
  const file = await open(path.join(folder, marker), 'w', 0o644);
  try {
    await file.sync();
  } finally {
    await file.close();
  }
  await syncFolder(folder);
}

/** Whether `folder` holds a Kafka that was unpacked to its end. */
export async function isComplete(folder: string): Promise<boolean> {
  try {
    await access(path.join(folder, marker));
    await readKafkaHome(folder);
    return true;
  } catch {
    return false;
  }
}

/** Brings the names in a folder to disk, where the system can do that: Windows opens no folders, and needs none. */
export async function syncFolder(folder: string): Promise<void> {
  try {
    const handle = await open(folder, 'r');
    try {
      await handle.sync();
    } finally {
      await handle.close();
    }
  } catch (error) {
    if (!['EISDIR', 'EPERM', 'EACCES', 'EINVAL', 'ENOTSUP'].includes(codeOf(error) ?? '')) throw error;
  }
}

async function syncFile(name: string): Promise<void> {
  // Windows flushes only what is open for writing; elsewhere a read-only file must not be in the way.
  const handle = await open(name, process.platform === 'win32' ? 'r+' : 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
