import { readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';
import type { VscodeServer } from './server';
import type { Workbench } from './workbench';

/** Starts Kafka for the first time from the palette, chooses the playground broker and waits until the status bar says that it runs. */
export async function startPlayground(workbench: Workbench): Promise<void> {
  await workbench.palette('Kafka: Start Kafka');
  await workbench.quickInput.choose('Playground');
  await workbench.statusBar.waitText('status', /Kafka :\d+/);
}

/** Folder of what the extension keeps. */
export function storageOf(server: VscodeServer): string {
  return path.join(server.dataDir, 'User', 'globalStorage', 'local-kafka-manager.local-kafka-manager');
}

/** The process ids of the brokers, by the records that their supervisors keep. */
export function brokerPids(server: VscodeServer): number[] {
  const profiles = path.join(storageOf(server), 'profiles');
  return readdirSync(profiles).flatMap((profile) => {
    try {
      const text = readFileSync(path.join(profiles, profile, 'broker.json'), 'utf8');
      return [(JSON.parse(text) as { pid: number }).pid].filter(isAlive);
    } catch {
      return [];
    }
  });
}

/** The process id of the only broker. @throws where there is none, or more */
export function brokerPid(server: VscodeServer): number {
  const [pid, ...more] = brokerPids(server);
  if (pid === undefined || more.length > 0) throw new Error(`brokers: ${brokerPids(server).join(', ')}`);
  return pid;
}

/** Whether a process runs. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
