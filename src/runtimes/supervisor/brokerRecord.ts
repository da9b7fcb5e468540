import { readFile, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { LaunchError } from './launchError';
import { identityOf } from './processFacts';

/** What `broker.json` in the profile's folder says about the broker that its supervisor spawned. */
interface BrokerRecord {
  readonly pid: number;
  readonly startTime: string;
  readonly commandLineMarker: string;
  readonly stopTimeoutMs: number;
}

/** How often an ending process is looked at, in ms. */
const lookEveryMs = 50;
/** ms after SIGKILL in which a process ends, unless it hangs in the system (a dead network file system). */
const killedWithinMs = 5_000;

function fileOf(profileDir: string): string {
  return path.join(profileDir, 'broker.json');
}

/**
 * Remembers the broker, so that the next supervisor can find it if this one is killed. Nothing is written where the
 * process has ended already or the system does not tell start times (Windows).
 */
export async function writeBrokerRecord(
  profileDir: string,
  pid: number,
  plan: { readonly commandLineMarker?: string; readonly stopTimeoutMs: number },
): Promise<void> {
  const identity = await identityOf(pid);
  if (!identity) return;
  const record: BrokerRecord = {
    pid,
    startTime: identity.startTime,
    commandLineMarker: plan.commandLineMarker ?? '',
    stopTimeoutMs: plan.stopTimeoutMs,
  };
  const temporary = `${fileOf(profileDir)}.new`;
  await writeFile(temporary, JSON.stringify(record), { mode: 0o600 });
  await rename(temporary, fileOf(profileDir));
}

/** Forgets the broker, once it has ended. */
export async function deleteBrokerRecord(profileDir: string): Promise<void> {
  await rm(fileOf(profileDir), { force: true });
}

/**
 * The broker that a killed supervisor left behind, if it still runs. Pid, start time and the marker in its command
 * line must all be as recorded: a pid alone may belong to anybody by now.
 */
export async function findLeftBroker(profileDir: string): Promise<BrokerRecord | undefined> {
  const record = await readRecord(profileDir);
  if (!record) return undefined;
  const identity = await identityOf(record.pid);
  const same =
    identity?.startTime === record.startTime && identity.commandLine.includes(record.commandLineMarker);
  return same ? record : undefined;
}

/**
 * Ends the broker that a killed supervisor left behind: SIGTERM, and SIGKILL after its stop timeout. Nobody can take
 * its pipes over, so it can't be adopted. Only for whoever owns the profile's endpoint.
 * @returns pid of the broker that was ended
 * @throws LaunchError when it outlives even SIGKILL, AbortError when aborted; the record stays then
 */
export async function endLeftBroker(profileDir: string, abort?: AbortSignal): Promise<number | undefined> {
  const record = await findLeftBroker(profileDir);
  if (record) {
    abort?.throwIfAborted();
    signal(record.pid, 'SIGTERM');
    const killAt = Date.now() + record.stopTimeoutMs;
    let killed = false;
    while (await findLeftBroker(profileDir)) {
      if (!killed && Date.now() >= killAt) {
        signal(record.pid, 'SIGKILL');
        killed = true;
      }
      if (Date.now() >= killAt + killedWithinMs) {
        throw new LaunchError({
          code: 'CLUSTER_START_FAILED',
          message: `Process ${record.pid}, the broker that a killed supervisor left, does not end.`,
        });
      }
      await delay(lookEveryMs, undefined, { signal: abort });
    }
  }
  await deleteBrokerRecord(profileDir);
  return record?.pid;
}

async function readRecord(profileDir: string): Promise<BrokerRecord | undefined> {
  try {
    const value: unknown = JSON.parse(await readFile(fileOf(profileDir), 'utf8'));
    return isRecord(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function isRecord(value: unknown): value is BrokerRecord {
  if (typeof value !== 'object' || value === null) return false;
  const { pid, startTime, commandLineMarker, stopTimeoutMs } = value as Record<string, unknown>;
  return (
    typeof pid === 'number' &&
    Number.isInteger(pid) &&
    pid > 1 &&
    typeof startTime === 'string' &&
    typeof commandLineMarker === 'string' &&
    typeof stopTimeoutMs === 'number'
  );
}

function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name);
  } catch {
    // It ended between the look and the signal.
  }
}
