import * as vscode from 'vscode';
import { type Disposable, DisposableStore } from '../base/lifecycle';
import type { ClusterStatus } from '../core/clusterStatus';
import type { ContextKeys } from './contributions';
import type { UiServices } from './services';

/** Sets one of our keys of `when` clauses. */
export function setContext<K extends keyof ContextKeys>(key: K, value: ContextKeys[K]): void {
  void vscode.commands.executeCommand('setContext', key, value);
}

/**
 * Keeps the keys of `when` clauses that tell of the active cluster. Call it when the saved profiles are loaded: before
 * that nobody knows whether there is one.
 */
export function trackContext({ clusters }: Pick<UiServices, 'clusters'>): Disposable {
  const store = new DisposableStore();
  const last = new Map<keyof ContextKeys, unknown>();
  const set = <K extends keyof ContextKeys>(key: K, value: ContextKeys[K]): void => {
    if (last.get(key) === value) return;
    last.set(key, value);
    setContext(key, value);
  };
  const update = (): void => {
    const status = clusters.activeId === undefined ? undefined : clusters.status();
    set('localKafka.runtime', status?.runtime ?? '');
    set('localKafka.problem', problemOf(status));
    set('localKafka.state', status?.state ?? 'none');
  };
  store.add(clusters.onDidChangeStatus(update));
  store.add(clusters.onDidChangeProfiles(update));
  update();
  return store;
}

function problemOf(status: ClusterStatus | undefined): ContextKeys['localKafka.problem'] {
  return status?.state === 'failed' && status.missing === 'java' ? 'javaMissing' : '';
}
