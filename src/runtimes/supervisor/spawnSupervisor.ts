import { spawn } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { chmod, mkdir } from 'node:fs/promises';
import type { Socket } from 'node:net';
import path from 'node:path';
import { KafkaManagerError } from '../../contract/errors';
import { supervisorEnvironment } from './supervisorEnvironment';

/** A supervisor's process, as the client that spawned it sees it. */
export interface SpawnedSupervisor {
  readonly socket: Socket;
  /** How it ended, also where it could not even be spawned; pending while it runs. */
  readonly ended: Promise<string>;
}

/**
 * Spawns a supervisor for the profile's folder (made here, 0700) that outlives this process. The socket that it gives
 * back is a connection to it which can be written at once, and a part of the lease; its first message is `taken`
 * where another supervisor has the folder already.
 * @throws KafkaManagerError DATA_DIRECTORY_NOT_WRITABLE, CLUSTER_START_FAILED
 */
export async function spawnSupervisor(profileDir: string, distDir: string): Promise<SpawnedSupervisor> {
  const log = await openLog(profileDir);
  try {
    // Standard error takes what a supervisor says that can't even begin.
    const child = spawn(process.execPath, [path.join(distDir, 'supervisor.js'), profileDir], {
      detached: true,
      windowsHide: true,
      cwd: profileDir,
      env: supervisorEnvironment(process.env, process.versions['electron'] !== undefined),
      stdio: ['ignore', 'ignore', log, 'pipe'],
    });
    const ended = new Promise<string>((resolve) => {
      child.once('error', (error) => resolve(error.message));
      child.once('exit', (code, signal) => resolve(signal ?? `exit code ${code ?? 'unknown'}`));
    });
    child.unref();
    return { socket: child.stdio[3] as Socket, ended };
  } catch (cause) {
    throw new KafkaManagerError(
      'CLUSTER_START_FAILED',
      `The supervisor of the broker could not be run: ${cause instanceof Error ? cause.message : String(cause)}.`,
      { cause },
    );
  } finally {
    // Not awaited: when a child ends, Node throws away what nobody has begun to read by then.
    closeSync(log);
  }
}

/** @throws KafkaManagerError DATA_DIRECTORY_NOT_WRITABLE */
async function openLog(profileDir: string): Promise<number> {
  try {
    await mkdir(profileDir, { recursive: true, mode: 0o700 });
    await chmod(profileDir, 0o700);
    return openSync(path.join(profileDir, 'supervisor.log'), 'a', 0o600);
  } catch (cause) {
    throw new KafkaManagerError(
      'DATA_DIRECTORY_NOT_WRITABLE',
      `The folder ${profileDir} of the cluster can not be written.`,
      { cause },
    );
  }
}
