import { readFile } from 'node:fs/promises';
import type { SecretStore } from '../core/ports';
import { curlConfigFile, curlConfigText } from './curlConfig';
import { writeFirst, writeWhole } from './fileStores';

const LINE = /^header = "Authorization: Bearer (lkm_[\w-]{43})"$/m;

/**
 * The API key as all windows of a user share it: in the curl config file, which has it anyway (SECURITY S6), and in the
 * editor's secret storage. The file counts where both differ: a browser's window has a secret storage of its own, and two
 * windows with two keys would not know each other.
 */
export function sharedKeyStore(secrets: SecretStore, storageDir: string): SecretStore {
  const file = curlConfigFile(storageDir);
  const keyOfFile = async (): Promise<string | undefined> =>
    LINE.exec(await readFile(file, 'utf8').catch(() => ''))?.[1];
  const create = async (name: string, value: string): Promise<string> => {
    const isFirst = await writeFirst(file, curlConfigText(value));
    const key = isFirst ? value : await keyOfFile();
    // A file that holds no key is replaced.
    if (key === undefined) await writeWhole(file, curlConfigText(value));
    await secrets.set(name, key ?? value);
    return key ?? value;
  };
  return {
    create,
    get: async (name) => {
      const key = await keyOfFile();
      if (key !== undefined) return key;
      const stored = await secrets.get(name);
      return stored === undefined ? undefined : create(name, stored);
    },
    set: async (name, value) => {
      // Before the secret storage: what is in the file is what the other windows read.
      if (value !== undefined) await writeWhole(file, curlConfigText(value));
      await secrets.set(name, value);
    },
  };
}
