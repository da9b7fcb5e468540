import { randomBytes } from 'node:crypto';
import { link, mkdir, open, readFile, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import { delay, Sequencer } from '../base/async';
import type { SecretStore, StateStore } from '../core/ports';
import { codeOf, notWritable } from './storageFolder';

/** Pauses before another try where Windows does not let a file be replaced that somebody has open just now, in ms. */
const RENAME_PAUSES_MS = [20, 40, 80, 160];

/** Writes a file whole: after a crash there is the old text or the new one, never half of it. Mode 0600. */
export function writeWhole(file: string, text: string): Promise<void> {
  return writeAside(file, text, (temporary) => replaceFile(temporary, file));
}

/** Writes a file whole where there is none; false where there is one, which stays as it is. Mode 0600. */
export async function writeFirst(file: string, text: string): Promise<boolean> {
  let isFirst = true;
  await writeAside(file, text, async (temporary) => {
    try {
      await link(temporary, file);
    } catch (error) {
      if (codeOf(error) !== 'EEXIST') throw error;
      isFirst = false;
    }
    await rm(temporary);
  });
  return isFirst;
}

async function writeAside(
  file: string,
  text: string,
  putInPlace: (temporary: string) => Promise<void>,
): Promise<void> {
  await mkdir(path.dirname(file), { recursive: true, mode: 0o700 });
  const temporary = `${file}.${randomBytes(6).toString('hex')}.tmp`;
  try {
    const handle = await open(temporary, 'wx', 0o600);
    try {
      await handle.writeFile(text);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await putInPlace(temporary);
  } catch (cause) {
    await rm(temporary, { force: true });
    throw notWritable(`"${file}" can not be written`, cause);
  }
}

async function replaceFile(from: string, to: string): Promise<void> {
  for (const pauseMs of RENAME_PAUSES_MS) {
    try {
      await rename(from, to);
      return;
    } catch (error) {
      if (!['EPERM', 'EACCES', 'EBUSY'].includes(codeOf(error))) throw error;
      await delay(pauseMs);
    }
  }
  await rename(from, to);
}

/** State as one JSON file; a damaged one counts as empty, since all of it can be made anew. */
export class FileStateStore implements StateStore {
  readonly #file: string;
  readonly #writes = new Sequencer();

  constructor(file: string) {
    this.#file = file;
  }

  async get(key: string): Promise<unknown> {
    return (await this.#read()).get(key);
  }

  /** Reads before it writes, since another terminal may have written meanwhile. */
  set(key: string, value: unknown): Promise<void> {
    return this.#writes.run(async () => {
      const all = await this.#read();
      if (value === undefined) all.delete(key);
      else all.set(key, value);
      await writeWhole(this.#file, JSON.stringify(Object.fromEntries(all), null, 2) + '\n');
    });
  }

  async #read(): Promise<Map<string, unknown>> {
    try {
      const parsed: unknown = JSON.parse(await readFile(this.#file, 'utf8'));
      return new Map(typeof parsed === 'object' && parsed !== null ? Object.entries(parsed) : []);
    } catch {
      return new Map();
    }
  }
}

/** Secrets of the terminal entry: one file for each, mode 0600 in a folder of mode 0700. VS Code has its own store. */
export class FileSecretStore implements SecretStore {
  readonly #folder: string;

  constructor(folder: string) {
    this.#folder = folder;
  }

  async get(key: string): Promise<string | undefined> {
    try {
      return await readFile(this.#path(key), 'utf8');
    } catch (error) {
      if (codeOf(error) === 'ENOENT') return undefined;
      throw error;
    }
  }

  async set(key: string, value: string | undefined): Promise<void> {
    if (value === undefined) await rm(this.#path(key), { force: true });
    else await writeWhole(this.#path(key), value);
  }

  async create(key: string, value: string): Promise<string> {
    if (await writeFirst(this.#path(key), value)) return value;
    return readFile(this.#path(key), 'utf8');
  }

  #path(key: string): string {
    return path.join(this.#folder, encodeURIComponent(key));
  }
}
