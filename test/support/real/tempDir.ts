import { rmSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

// One list for the whole test process: its end removes what no test removed.
const left = new Set<string>();

process.on('exit', () => {
  for (const path of left) rmSync(path, { recursive: true, force: true });
});

/** A new folder under the system's temporary folder, gone at the end of the test process at the latest. */
export async function makeTempDir(name: string): Promise<string> {
  const path = await mkdtemp(join(tmpdir(), `lkm-${name}-`));
  left.add(path);
  return path;
}

/** Removes a folder made by {@link makeTempDir}. */
export async function removeTempDir(path: string): Promise<void> {
  await rm(path, { recursive: true, force: true, maxRetries: 3 });
  left.delete(path);
}
