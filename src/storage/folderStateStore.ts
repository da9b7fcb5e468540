import { type FSWatcher, watch } from 'node:fs';
import { mkdir, readFile, rm } from 'node:fs/promises';
import path from 'node:path';
import { Sequencer } from '../base/async';
import { Emitter } from '../base/event';
import { type Disposable, DisposableStore } from '../base/lifecycle';
import type { Logger } from '../base/logger';
import type { SharedStateStore } from '../core/clusterRegistry';
import { writeWhole } from './fileStores';
import { codeOf } from './storageFolder';

/** Several events of one write are told once, after this many ms. */
const QUIET_MS = 40;

/** State that several windows share: a folder with one file for each key, so that no write can lose another's. */
export class FolderStateStore implements SharedStateStore, Disposable {
  readonly #folder: string;
  readonly #logger: Logger;
  readonly #store = new DisposableStore();
  readonly #didChange = this.#store.add(new Emitter<string>());
  readonly #writes = new Sequencer();
  readonly #pending = new Map<string, NodeJS.Timeout>();
  #watcher: FSWatcher | undefined;

  constructor(folder: string, logger: Logger) {
    this.#folder = folder;
    this.#logger = logger;
  }

  /** Fires with a key after it was written, by whichever process, once `watch()` was called. */
  get onDidChange() {
    return this.#didChange.event;
  }

  /** Begins to tell of changes. Where the system can't watch the folder, only other windows' changes are missed. */
  async watch(): Promise<void> {
    await mkdir(this.#folder, { recursive: true, mode: 0o700 });
    if (this.#store.isDisposed) return;
    try {
      this.#watcher = watch(this.#folder, { persistent: false }, (_event, file) => {
        if (file?.endsWith('.json')) this.#soon(file);
      });
      this.#watcher.on('error', (error) =>
        this.#logger.warn(`the state is no longer watched: ${String(error)}`),
      );
    } catch (error) {
      this.#logger.warn(`the state can not be watched: ${String(error)}`);
    }
  }

  /** @throws what reading throws, except that there is no such file */
  async get(key: string): Promise<unknown> {
    let text: string;
    try {
      text = await readFile(this.#file(key), 'utf8');
    } catch (error) {
      if (codeOf(error) === 'ENOENT') return undefined;
      // What can't be read just now is not gone: whoever took it for gone would write that down.
      throw error;
    }
    try {
      return JSON.parse(text) as unknown;
    } catch (error) {
      this.#logger.warn(`the state ${key} is damaged and counts as not there: ${String(error)}`);
      return undefined;
    }
  }

  set(key: string, value: unknown): Promise<void> {
    return this.#writes.run(async () => {
      if (value === undefined) await rm(this.#file(key), { force: true });
      else await writeWhole(this.#file(key), `${JSON.stringify(value)}\n`);
    });
  }

  dispose(): void {
    this.#watcher?.close();
    for (const timer of this.#pending.values()) clearTimeout(timer);
    this.#pending.clear();
    this.#store.dispose();
  }

  #file(key: string): string {
    return path.join(this.#folder, `${encodeURIComponent(key)}.json`);
  }

  #soon(file: string): void {
    clearTimeout(this.#pending.get(file));
    this.#pending.set(
      file,
      setTimeout(() => {
        this.#pending.delete(file);
        const key = keyOf(file);
        if (key !== undefined) this.#didChange.fire(key);
      }, QUIET_MS),
    );
  }
}

/** The key of a file of ours; undefined for a name that we did not make. */
function keyOf(file: string): string | undefined {
  try {
    return decodeURIComponent(file.slice(0, -'.json'.length));
  } catch {
    return undefined;
  }
}
