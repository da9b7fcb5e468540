import path from 'node:path';
import { writeWhole } from './fileStores';

/** A curl config file with the API key, beside the key, so that it stays out of argv and history (SECURITY S6). */
export function curlConfigFile(storage: string): string {
  return path.join(storage, 'secrets', 'curlrc');
}

/** What is in the file. */
export function curlConfigText(key: string): string {
  return `# Used as: curl -K THIS_FILE URL\nheader = "Authorization: Bearer ${key}"\n`;
}

/** Writes the file, mode 0600. */
export async function writeCurlConfig(storage: string, key: string): Promise<void> {
  await writeWhole(curlConfigFile(storage), curlConfigText(key));
}

/** The text as one word of a POSIX shell. */
export function shellWord(text: string): string {
  return /^[\w./:@%+=-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
}
