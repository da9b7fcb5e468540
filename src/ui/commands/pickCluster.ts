import * as vscode from 'vscode';
import type { ClusterStatus } from '../../core/clusterStatus';
import { answered, Cancelled } from '../cancelled';
import type { UiServices } from '../services';
import { clusterItem } from './clusterState';

export interface PickClusterOptions {
  readonly title: string;
  readonly placeholder?: string;
  /** Which clusters can be meant; all where left out. */
  readonly filter?: (status: ClusterStatus) => boolean;
  /** What is said where none can be meant. */
  readonly none?: string;
  /** Takes the active cluster without a question where it can be meant. */
  readonly prefersActive?: boolean;
  /** Asks even where only one that is not active can be meant. */
  readonly asksForOther?: boolean;
}

/** The id of the cluster that is meant. A single one is taken without a question, as a rule. @throws Cancelled */
export async function pickCluster(
  { clusters }: Pick<UiServices, 'clusters'>,
  { title, placeholder, filter = () => true, none, prefersActive, asksForOther }: PickClusterOptions,
): Promise<string> {
  const possible = clusters
    .profiles()
    .map(({ id }) => clusters.status(id))
    .filter(filter);
  const active = possible.find(({ id }) => id === clusters.activeId);
  if (prefersActive && active) return active.id;
  const [first] = possible;
  if (!first) {
    void vscode.window.showInformationMessage(none ?? vscode.l10n.t('No Kafka is set up yet.'));
    throw new Cancelled();
  }
  if (possible.length === 1 && (active || !asksForOther)) return first.id;
  // The active one first: Enter takes it.
  const ordered = active ? [active, ...possible.filter((status) => status !== active)] : possible;
  const chosen = await vscode.window.showQuickPick(ordered.map(clusterItem), {
    title,
    placeHolder: placeholder ?? vscode.l10n.t('Choose a cluster'),
    matchOnDescription: true,
  });
  return answered(chosen).cluster;
}
