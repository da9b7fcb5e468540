import { spawn } from 'node:child_process';
import { chmod, mkdir, open } from 'node:fs/promises';
import type { Socket } from 'node:net';
import path from 'node:path';
import { KafkaManagerError } from '../../contract/errors';
import { supervisorEnvironment } from './supervisorEnvironment';

/**
 * Spawns a supervisor for the profile's folder (made here, 0700) that outlives this process. The socket that it gives
 * back is a connection to it which can be written at once, and a part of the lease; its first message is `taken`
 * where another supervisor has the folder already.
 * @throws KafkaManagerError DATA_DIRECTORY_NOT_WRITABLE
 */
export async function spawnSupervisor(profileDir: string, distDir: string): Promise<Socket> {
  try {
    await mkdir(profileDir, { recursive: true, mode: 0o700 });
    await chmod(profileDir, 0o700);
    const log = await open(path.join(profileDir, 'supervisor.log'), 'a', 0o600);
    try {
      // Standard error takes what a supervisor says that can't even begin.
      const child = spawn(process.execPath, [path.join(distDir, 'supervisor.js'), profileDir], {
        detached: true,
        windowsHide: true,
        cwd: profileDir,
        env: supervisorEnvironment(process.env, process.versions['electron'] !== undefined),
        stdio: ['ignore', 'ignore', log.fd, 'pipe'],
      });
      // Where it could not be spawned, the socket closes: that is what the client looks at.
      child.once('error', () => {});
      child.unref();
      return child.stdio[3] as Socket;
    } finally {
      await log.close();
    }
  } catch (cause) {
    throw new KafkaManagerError(
      'DATA_DIRECTORY_NOT_WRITABLE',
      `The folder ${profileDir} of the cluster can not be written.`,
      { cause },
    );
  }
}
