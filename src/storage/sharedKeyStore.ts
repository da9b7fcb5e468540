import { readFile } from 'node:fs/promises';
import type { SecretStore } from '../core/ports';
import { curlConfigFile } from './curlConfig';

const LINE = /^header = "Authorization: Bearer ([\w-]+)"$/m;

/**
 * The API key as all windows of a user share it: in the editor's secret storage, and in the curl config file, which has it
 * anyway (SECURITY S6). The file counts where both differ: a browser window has a secret storage of its own, and two
 * windows with two keys would not know each other.
 */
export function sharedKeyStore(secrets: SecretStore, storageDir: string): SecretStore {
  return {
    get: async (name) => {
      const text = await readFile(curlConfigFile(storageDir), 'utf8').catch(() => '');
      return LINE.exec(text)?.[1] ?? (await secrets.get(name));
    },
    set: (name, value) => secrets.set(name, value),
  };
}
