import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { VscodeServer } from './vscode/server';

/** Ids of the broker processes that a server's windows have started and not yet ended, from their supervisors' records. */
export function brokerPids(server: VscodeServer): number[] {
  const profiles = join(
    server.dataDir,
    'User/globalStorage/local-kafka-manager.local-kafka-manager/profiles',
  );
  if (!existsSync(profiles)) return [];
  return readdirSync(profiles)
    .map((profile) => join(profiles, profile, 'broker.json'))
    .filter((file) => existsSync(file))
    .map((file) => (JSON.parse(readFileSync(file, 'utf8')) as { readonly pid: number }).pid);
}

/** Whether a process is still there. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
