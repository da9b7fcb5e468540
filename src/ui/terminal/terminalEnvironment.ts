import * as vscode from 'vscode';
import { type Disposable, DisposableStore, toDisposable } from '../../base/lifecycle';
import type { UiServices } from '../services';

/** What new terminals get to know. The API key is not among it (SECURITY S6): it is in the file of LOCAL_KAFKA_CURLRC. */
const NAMES = ['KAFKA_BOOTSTRAP_SERVERS', 'LOCAL_KAFKA_API_URL', 'LOCAL_KAFKA_CURLRC'] as const;
type Variables = Readonly<Partial<Record<(typeof NAMES)[number], string>>>;

/**
 * Gives new terminals the addresses of the active cluster and of the REST API, as long as they are there. The collection
 * is not kept for the next window: what it says would be stale then.
 */
export function createTerminalEnvironment(
  services: Pick<UiServices, 'clusters' | 'api' | 'settings'>,
  collection: vscode.EnvironmentVariableCollection,
): Disposable {
  const { clusters, api, settings } = services;
  const store = new DisposableStore();
  collection.persistent = false;
  collection.clear();
  collection.description = vscode.l10n.t('Addresses of the running Kafka cluster and of its REST API');
  const update = (): void => {
    const wanted = settings.get('terminal.environment') ? variablesOf(services) : {};
    for (const name of NAMES) {
      const value = wanted[name];
      // Each change makes VS Code mark the open terminals as out of date.
      if (collection.get(name)?.value === value) continue;
      if (value === undefined) collection.delete(name);
      else collection.replace(name, value);
    }
  };
  store.add(clusters.onDidChangeStatus(update));
  store.add(clusters.onDidChangeProfiles(update));
  store.add(api.onDidChange(update));
  store.add(
    settings.onDidChange((keys) => {
      if (keys.has('terminal.environment')) update();
    }),
  );
  store.add(toDisposable(() => collection.clear()));
  update();
  return store;
}

function variablesOf({ clusters, api }: Pick<UiServices, 'clusters' | 'api'>): Variables {
  const status = clusters.activeId === undefined ? undefined : clusters.status();
  const isUp = status?.state === 'running' || status?.state === 'degraded';
  return {
    ...(isUp && status.bootstrap && { KAFKA_BOOTSTRAP_SERVERS: status.bootstrap.join(',') }),
    ...((api.state.state === 'serving' || api.state.state === 'following') && {
      LOCAL_KAFKA_API_URL: api.state.url,
      LOCAL_KAFKA_CURLRC: api.curlConfigFile,
    }),
  };
}
