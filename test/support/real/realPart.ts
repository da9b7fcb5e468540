import { homedir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { run } from './children';

const scripts = fileURLToPath(new URL('../../real', import.meta.url));

/**
 * Brings a real part through its script in test/real and returns what the script prints: the part's place.
 * A part that can't be brought is a failure with the script's reason, never a skip.
 */
export async function realPart(script: string, ...args: string[]): Promise<string> {
  const { stdout } = await run('bash', [join(scripts, script), ...args], { deadlineMs: 1_200_000 });
  return stdout.toString().trim();
}

/** The folder outside the tree that keeps what the tests fetched or compiled; the scripts use the same. */
export function testCache(): string {
  const own = process.env['LKM_TEST_CACHE'];
  if (own !== undefined && own !== '') return own;
  const caches = process.env['XDG_CACHE_HOME'];
  return join(
    caches !== undefined && caches !== '' ? caches : join(homedir(), '.cache'),
    'local-kafka-manager-tests',
  );
}
