import * as vscode from 'vscode';
import type { ClusterStatus } from '../../core/clusterStatus';
import { iconSafe } from '../text';

/** Whether the cluster has a broker and a connection. */
export function isUp({ state }: Pick<ClusterStatus, 'state'>): boolean {
  return state === 'running' || state === 'degraded';
}

/** Whether there is something to start or to connect to. */
export function isDown({ state }: Pick<ClusterStatus, 'state'>): boolean {
  return state === 'stopped' || state === 'failed';
}

/** Whether the cluster is up or on its way there: it is to be up again after what stops it. */
export function isWanted(status: Pick<ClusterStatus, 'state'>): boolean {
  return isUp(status) || status.state === 'starting';
}

/** The state of a cluster in a word or two. */
export function stateText({ state, runtime }: Pick<ClusterStatus, 'state' | 'runtime'>): string {
  switch (state) {
    case 'running':
      return runtime === 'external' ? vscode.l10n.t('connected') : vscode.l10n.t('running');
    case 'degraded':
      return vscode.l10n.t('not answering');
    case 'starting':
      return runtime === 'external' ? vscode.l10n.t('connecting') : vscode.l10n.t('starting');
    case 'stopping':
      return vscode.l10n.t('stopping');
    case 'failed':
      return vscode.l10n.t('failed');
    case 'stopped':
      return runtime === 'external' ? vscode.l10n.t('not connected') : vscode.l10n.t('stopped');
  }
}

/** What kind of cluster it is, as people call it. */
export function runtimeText(runtime: ClusterStatus['runtime']): string {
  switch (runtime) {
    case 'embedded':
      return vscode.l10n.t('playground (kfake)');
    case 'java':
      return vscode.l10n.t('Apache Kafka with Java');
    case 'external':
      return vscode.l10n.t('external cluster');
  }
}

/** A row of a pick for each cluster: its name, what it is, and its state. */
export interface ClusterItem extends vscode.QuickPickItem {
  readonly cluster: string;
}

/** The row of one cluster. */
export function clusterItem(status: ClusterStatus): ClusterItem {
  const { id, name, version, runtime, bootstrap, reason } = status;
  const facts = [stateText(status), version ?? runtimeText(runtime), bootstrap?.join(', ')];
  return {
    cluster: id,
    label: iconSafe(name),
    description: iconSafe(facts.filter((fact) => fact !== undefined).join(' · ')),
    ...(status.state === 'failed' && reason !== undefined && { detail: iconSafe(reason) }),
  };
}
