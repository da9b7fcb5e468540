import zlib from 'node:zlib';
import { run } from '../support/real/children';

/** A Node whose zlib has zstd: the running one, or a Node 22 that npx fetches. */
export async function zstdNode(): Promise<string> {
  if ('zstdCompressSync' in zlib) return process.execPath;
  const { stdout } = await run('npx', ['-y', '-p', 'node@22', 'node', '-p', 'process.execPath'], {
    deadlineMs: 300_000,
  });
  return stdout.toString().trim();
}
