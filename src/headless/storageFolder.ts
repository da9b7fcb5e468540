import { mkdir } from 'node:fs/promises';
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

/** Makes the folder, for its owner only. @throws KafkaManagerError DATA_DIRECTORY_NOT_WRITABLE */
export async function openStorageFolder(folder: string): Promise<string> {
  const full = path.resolve(folder);
  try {
    await mkdir(full, { recursive: true, mode: 0o700 });
    return full;
  } catch (cause) {
    const code = cause instanceof Error && 'code' in cause ? ` (${String(cause.code)})` : '';
    throw new KafkaManagerError(
      'DATA_DIRECTORY_NOT_WRITABLE',
      `The folder "${full}" can not be made${code}.`,
      {
        remedy: 'Choose a folder that you can write with --data DIR.',
        cause,
      },
    );
  }
}
