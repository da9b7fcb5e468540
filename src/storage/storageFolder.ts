import { randomBytes } from 'node:crypto';
import { chmod, lstat, mkdir, rm, stat, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { KafkaManagerError } from '../contract/errors';

/** Folder of everything that is kept between starts, by the habits of the operating system. */
export function defaultStorageFolder(
  platform: NodeJS.Platform = process.platform,
  env: Readonly<Record<string, string | undefined>> = process.env,
  home: string = os.homedir(),
): string {
  const name = 'local-kafka-manager';
  if (platform === 'win32')
    return path.join(env['LOCALAPPDATA'] ?? path.join(home, 'AppData', 'Local'), name);
  if (platform === 'darwin') return path.join(home, 'Library', 'Application Support', name);
  return path.join(env['XDG_DATA_HOME'] ?? path.join(home, '.local', 'share'), name);
}

/**
 * Makes the folder, for its owner only, and proves that it can be written.
 * @throws KafkaManagerError DATA_DIRECTORY_NOT_WRITABLE
 */
export async function openStorageFolder(folder: string): Promise<string> {
  const full = path.resolve(folder);
  try {
    await makeFolders(full);
    const probe = path.join(full, `.writable-${randomBytes(6).toString('hex')}`);
    await writeFile(probe, '', { flag: 'wx', mode: 0o600 });
    await rm(probe);
    return full;
  } catch (cause) {
    throw notWritable(`The folder "${full}" can not be used`, cause);
  }
}

/**
 * Makes the folder of the secrets, mode 0700. Where the storage folder can be written by others, one of them may have
 * put his own there, and would know the key.
 * @throws KafkaManagerError DATA_DIRECTORY_NOT_WRITABLE where it belongs to somebody else
 */
export async function openSecretsFolder(storage: string): Promise<string> {
  const folder = path.join(storage, 'secrets');
  try {
    await mkdir(folder, { mode: 0o700 }).catch((error: unknown) => {
      if (codeOf(error) !== 'EEXIST') throw error;
    });
    const found = await lstat(folder);
    const me = process.getuid?.();
    if (!found.isDirectory() || (me !== undefined && found.uid !== me)) {
      throw new KafkaManagerError(
        'DATA_DIRECTORY_NOT_WRITABLE',
        `"${folder}" is not a folder of yours: the API key would not be safe there.`,
        { remedy: 'Delete it, or choose another folder with --data DIR.' },
      );
    }
    await chmod(folder, 0o700);
    return folder;
  } catch (cause) {
    if (cause instanceof KafkaManagerError) throw cause;
    throw notWritable(`The folder "${folder}" can not be used`, cause);
  }
}

/** Like mkdir -p. Node's own never returns where the system says that an existing parent is not there (below /proc). */
async function makeFolders(folder: string): Promise<void> {
  const missing: string[] = [];
  for (let at = folder; !(await exists(at)); at = path.dirname(at)) missing.unshift(at);
  for (const one of missing) {
    await mkdir(one, { mode: 0o700 }).catch((error: unknown) => {
      if (codeOf(error) !== 'EEXIST') throw error;
    });
  }
  if (!(await stat(folder)).isDirectory())
    throw Object.assign(new Error('not a folder'), { code: 'ENOTDIR' });
}

async function exists(file: string): Promise<boolean> {
  try {
    await stat(file);
    return true;
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return false;
    throw error;
  }
}

/** What the system said, as a clear error. */
export function notWritable(what: string, cause: unknown): KafkaManagerError {
  const code = codeOf(cause);
  return new KafkaManagerError('DATA_DIRECTORY_NOT_WRITABLE', `${what}${code === '' ? '' : ` (${code})`}.`, {
    remedy: 'Choose a folder that you can write with --data DIR, and look at the free space of the disk.',
    cause,
  });
}

/** The code that the system gave to an error; empty where it has none. */
export function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : '';
}
