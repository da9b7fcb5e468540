import { type Disposable, DisposableStore } from '../base/lifecycle';
import type { Logger } from '../base/logger';
import { toManagerError } from '../contract/errors';
import type { ApiControl } from '../core/apiControl';
import type { Application } from './application';

export interface OpenWindowOptions {
  readonly app: Pick<Application, 'clusters' | 'registry'>;
  readonly api: ApiControl;
  readonly logger: Logger;
  /** Begins to hear of what other windows do. */
  readonly watch: () => Promise<void>;
  readonly isApiEnabled: () => boolean;
  /** Whether the active cluster is started where it does not run yet. */
  readonly startsOnOpen: () => boolean;
}

/**
 * What a window does after it has opened, in the background: shows the saved clusters, joins what runs, and takes part in
 * the REST API as soon as there is a cluster that it could be asked of.
 */
export function openWindow(options: OpenWindowOptions): Disposable & { readonly done: Promise<void> } {
  const { app, api, logger, isApiEnabled } = options;
  const store = new DisposableStore();
  const startApi = (): void => {
    if (app.clusters.activeId !== undefined && isApiEnabled() && api.state.state === 'off') void api.start();
  };
  const open = async (): Promise<void> => {
    await options.watch().catch((error: unknown) => {
      logger.warn(`what other windows do is not seen: ${toManagerError(error).message}`);
    });
    // What another one has saved since the first look was not heard of.
    await app.registry.load();
    store.add(app.clusters.onDidChangeProfiles(startApi));
    startApi();
    await app.registry.restore();
    const { activeId } = app.clusters;
    if (activeId === undefined || !options.startsOnOpen()) return;
    if (app.clusters.status(activeId).state === 'stopped') await app.registry.startUnasked(activeId);
  };
  const done = open().catch((error: unknown) => {
    logger.error('opening the window failed', toManagerError(error));
  });
  return { done, dispose: () => store.dispose() };
}
