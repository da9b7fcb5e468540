import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { codeOf } from './codeOf';

/**
 * Makes a folder and those above it, mode 0700; one that is there stays as it is. Not by `mkdir` with `recursive`, which
 * never returns where the system refuses a folder with ENOENT (below /proc).
 * @throws Error with the system's code
 */
export async function makeFolder(folder: string): Promise<void> {
  try {
    await makeOne(folder);
  } catch (error) {
    const parent = path.dirname(folder);
    if (codeOf(error) !== 'ENOENT' || parent === folder) throw error;
    await makeFolder(parent);
    await makeOne(folder);
  }
}

async function makeOne(folder: string): Promise<void> {
  try {
    await mkdir(folder, { mode: 0o700 });
  } catch (error) {
    if (codeOf(error) !== 'EEXIST') throw error;
  }
}
