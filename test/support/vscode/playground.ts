import { existsSync, readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';
import type { VscodeServer } from './server';
import type { Workbench } from './workbench';

/**
 * Starts Kafka for the first time from the palette, chooses the playground broker and waits until the status bar says that
 * it runs. @returns its address
 */
export async function startPlayground(workbench: Workbench): Promise<string> {
  const { quickInput, statusBar } = workbench;
  await workbench.palette('Kafka: Start Kafka');
  await quickInput.choose('Playground');
  await statusBar.waitText('status', /Kafka :\d+/);
  const [, port] = /:(\d+)/.exec(await statusBar.text('status')) ?? [];
  return `127.0.0.1:${String(port)}`;
}

/** Folder of what the extension keeps. */
export function storageOf(server: VscodeServer): string {
  return path.join(server.dataDir, 'User', 'globalStorage', 'local-kafka-manager.local-kafka-manager');
}

/** The process ids of the brokers that run, by the records that their supervisors keep. */
export function brokerPids(server: VscodeServer): number[] {
  const profiles = path.join(storageOf(server), 'profiles');
  if (!existsSync(profiles)) return [];
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
