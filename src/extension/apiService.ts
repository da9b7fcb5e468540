import type { StartedApi } from '../api/startApi';
import { Sequencer } from '../base/async';
import { Emitter, type Event } from '../base/event';
import { type Disposable, DisposableStore } from '../base/lifecycle';
import { toManagerError } from '../contract/errors';
import type { ApiControl, ApiState } from '../core/apiControl';
import type { SharedStateStore } from '../core/clusterRegistry';
import type { SecretStore } from '../core/ports';
import { curlConfigFile } from '../storage/curlConfig';
import { openSecretsFolder } from '../storage/storageFolder';
import type { Application, ApplicationOptions } from './application';

export interface ApiServiceOptions extends Pick<ApplicationOptions, 'storageDir' | 'logger' | 'clock'> {
  readonly app: Pick<Application, 'clusters' | 'topics' | 'messages'>;
  readonly state: SharedStateStore;
  /** Where the API key is kept: all windows see the same. */
  readonly secrets: SecretStore;
  /** Folder of the files of the docs page. */
  readonly docsDir: string;
  /** Read at each start. */
  readonly port: () => number;
  /** Version of the extension. */
  readonly version: string;
}

/** Windows serve one API together; terminals of `npm start` have scopes of their own. */
const SCOPE = 'vscode';
/** Written after the key was rotated, so that the other windows read it again. */
const ROTATED_KEY = 'api.rotated';
/** Authorities of forwarded ports, for whichever window serves. */
const AUTHORITIES_KEY = 'api.authorities';
/** How many of them are kept: the newest. */
const KEPT_AUTHORITIES = 8;

/** The REST API of this window: serves it, or follows the window that does. */
export class ApiService implements ApiControl, Disposable {
  readonly #options: ApiServiceOptions;
  readonly #store = new DisposableStore();
  readonly #didChange = this.#store.add(new Emitter<ApiState>());
  readonly #work = new Sequencer();
  #state: ApiState = { state: 'off' };
  #started: (StartedApi & { readonly store: DisposableStore }) | undefined;

  constructor(options: ApiServiceOptions) {
    this.#options = options;
    this.#store.add(
      options.state.onDidChange((key) => {
        if (key === ROTATED_KEY) this.#inBackground(this.#started?.key.refresh());
        if (key === AUTHORITIES_KEY) this.#inBackground(this.#readAuthorities());
      }),
    );
  }

  get state(): ApiState {
    return this.#state;
  }

  get onDidChange(): Event<ApiState> {
    return this.#didChange.event;
  }

  get curlConfigFile(): string {
    return curlConfigFile(this.#options.storageDir);
  }

  start(): Promise<ApiState> {
    return this.#work.run(async () => {
      if (this.#started || this.#store.isDisposed) return this.#state;
      this.#set({ state: 'starting' });
      try {
        await this.#open();
      } catch (error) {
        const known = toManagerError(error);
        this.#options.logger.error('the REST API could not be started', known);
        this.#end()?.server.dispose();
        this.#set({ state: 'failed', reason: known.message, remedy: known.remedy });
      }
      return this.#state;
    });
  }

  stop(): Promise<void> {
    return this.#work.run(async () => {
      await this.#end()?.server.close();
      if (this.#state.state !== 'off') this.#set({ state: 'off' });
    });
  }

  async allowAuthority(authority: string): Promise<void> {
    const known = await this.#readAuthorities();
    const newest = [...known.filter((one) => one !== authority), authority].slice(-KEPT_AUTHORITIES);
    await this.#options.state.set(AUTHORITIES_KEY, newest);
    this.#started?.server.allow(authority);
  }

  async rotateKey(): Promise<void> {
    const { state, clock } = this.#options;
    if (!this.#started) await this.start();
    const { key } = this.#started ?? {};
    if (!key) return;
    await key.rotate();
    await state.set(ROTATED_KEY, clock.now());
  }

  dispose(): void {
    this.#store.dispose();
    this.#end()?.server.dispose();
  }

  async #open(): Promise<void> {
    const { app, storageDir, secrets, logger, clock, port, version, docsDir } = this.#options;
    const { startApi } = await import('../api/startApi');
    await openSecretsFolder(storageDir);
    const started = await startApi({
      clusters: app.clusters,
      topics: app.topics,
      messages: await app.messages(),
      ...{ secrets, logger, clock, version, docsDir },
      port: port(),
      scope: SCOPE,
    });
    const store = new DisposableStore();
    store.add(started.key);
    this.#started = { ...started, store };
    await this.#readAuthorities();
    store.add(
      started.server.onDidChangeRole(({ role, url, taken }) => this.#set({ state: role, url, taken })),
    );
    const { role, url, taken } = started.server.role ?? started.role;
    this.#set({ state: role, url, taken });
  }

  /** Takes the server out of use; whoever asked closes it. */
  #end(): StartedApi | undefined {
    const started = this.#started;
    this.#started = undefined;
    started?.store.dispose();
    return started;
  }

  #inBackground(work: Promise<unknown> | undefined): void {
    work?.catch((error: unknown) =>
      this.#options.logger.error('the REST API did not hear of a change', error),
    );
  }

  /** Takes over what any window has let in. */
  async #readAuthorities(): Promise<readonly string[]> {
    const stored = await this.#options.state.get(AUTHORITIES_KEY);
    const known = (Array.isArray(stored) ? stored : []).filter((one) => typeof one === 'string');
    for (const authority of known) this.#started?.server.allow(authority);
    return known;
  }

  #set(state: ApiState): void {
    this.#state = state;
    this.#didChange.fire(state);
  }
}
