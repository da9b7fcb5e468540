import { type FSWatcher, watch } from 'node:fs';
import { mkdir, readFile, rm } from 'node:fs/promises';
import path from 'node:path';
import { Sequencer } from '../base/async';
import { Emitter } from '../base/event';
import { type Disposable, DisposableStore } from '../base/lifecycle';
import type { Logger } from '../base/logger';
import type { SharedStateStore } from '../core/clusterRegistry';
import { writeWhole } from './fileStores';

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

  async get(key: string): Promise<unknown> {
    try {
      return JSON.parse(await readFile(this.#file(key), 'utf8')) as unknown;
    } catch {
      // Not there or damaged: all of it can be made anew.
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
        this.#didChange.fire(decodeURIComponent(file.slice(0, -'.json'.length)));
      }, QUIET_MS),
    );
  }
}
