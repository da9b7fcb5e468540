import * as vscode from 'vscode';
import { answered, Cancelled } from '../cancelled';
import { linkSafe } from '../text';
import { isUp } from './clusterState';
import { startCluster } from './startCluster';
import { startFirst } from './startRuntime';
import { requireTrust } from './requireTrust';
import type { UiServices } from '../services';

/**
 * The id of a cluster that is running: the node's, or the active one. Where there is none, or it is not running, it
 * offers to start one and waits for it.
 * @throws Cancelled where the user does not want that, or it failed, which was said then; and in Restricted Mode
 */
export async function runningCluster(
  services: UiServices,
  node?: { readonly cluster: string },
): Promise<string> {
  requireTrust();
  const { clusters } = services;
  const id = node?.cluster ?? clusters.activeId;
  if (id === undefined) {
    const started = (await startFirst(services)) ?? clusters.activeId;
    if (started === undefined || !isUp(clusters.status(started))) throw new Cancelled();
    return started;
  }
  const status = clusters.status(id);
  if (isUp(status)) return id;
  if (status.state !== 'starting') await offerToStart(status.name, status.runtime === 'external');
  await startCluster(services, id);
  return id;
}

async function offerToStart(name: string, isExternal: boolean): Promise<void> {
  const start = isExternal ? vscode.l10n.t('Connect') : vscode.l10n.t('Start It');
  const text = isExternal
    ? vscode.l10n.t('Cluster {0} is not connected.', linkSafe(name))
    : vscode.l10n.t('Cluster {0} is not running.', linkSafe(name));
  answered(await vscode.window.showInformationMessage(text, start));
}
