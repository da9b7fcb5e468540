import { randomBytes } from 'node:crypto';
import { mkdir, open, readFile, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import { Sequencer } from '../base/async';
import type { SecretStore, StateStore } from '../core/ports';
import { notWritable } from './storageFolder';

/** Writes a file whole: after a crash there is the old text or the new one, never half of it. Mode 0600. */
export async function writeWhole(file: string, text: string): Promise<void> {
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
    await rename(temporary, file);
  } catch (cause) {
    await rm(temporary, { force: true });
    throw notWritable(`"${file}" can not be written`, cause);
  }
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
      if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
      throw error;
    }
  }

  async set(key: string, value: string | undefined): Promise<void> {
    if (value === undefined) await rm(this.#path(key), { force: true });
    else await writeWhole(this.#path(key), value);
  }

  #path(key: string): string {
    return path.join(this.#folder, encodeURIComponent(key));
  }
}
