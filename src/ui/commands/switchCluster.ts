import * as vscode from 'vscode';
import { answered } from '../cancelled';
import { linkSafe } from '../text';
import { type ClusterItem, clusterItem, isDown } from './clusterState';
import { startCluster } from './startCluster';
import { startFirst } from './startRuntime';
import type { UiServices } from '../services';

interface SwitchItem extends Omit<ClusterItem, 'cluster'> {
  readonly cluster: string | undefined;
}

/**
 * Makes another cluster the active one, in all windows; one that does not run can be started at once.
 * @param given id of the cluster; asked for where left out
 * @throws Cancelled
 */
export async function switchCluster(services: UiServices, given?: string): Promise<void> {
  const { clusters, registry } = services;
  if (given === undefined && clusters.profiles().length === 0) {
    await startFirst(services);
    return;
  }
  const id = given ?? (await pickOther(services));
  if (id === undefined) {
    await vscode.commands.executeCommand('localKafka.addCluster');
    return;
  }
  await registry.activate(id);
  const status = clusters.status(id);
  if (!isDown(status) || !vscode.workspace.isTrusted) return;
  const isExternal = status.runtime === 'external';
  const start = isExternal ? vscode.l10n.t('Connect') : vscode.l10n.t('Start It');
  const text = isExternal
    ? vscode.l10n.t('Cluster {0} is not connected.', linkSafe(status.name))
    : vscode.l10n.t('Cluster {0} is not running.', linkSafe(status.name));
  answered(await vscode.window.showInformationMessage(text, start));
  await startCluster(services, id);
}

async function pickOther({ clusters }: UiServices): Promise<string | undefined> {
  const items = clusters.profiles().map(({ id }): SwitchItem => {
    const item = clusterItem(clusters.status(id));
    return id === clusters.activeId ? { ...item, iconPath: new vscode.ThemeIcon('check') } : item;
  });
  const add: SwitchItem = {
    cluster: undefined,
    label: vscode.l10n.t('Add Cluster…'),
    iconPath: new vscode.ThemeIcon('add'),
  };
  const separator: SwitchItem = { cluster: undefined, label: '', kind: vscode.QuickPickItemKind.Separator };
  const chosen = await vscode.window.showQuickPick([...items, separator, add], {
    title: vscode.l10n.t('Switch Cluster'),
    placeHolder: vscode.l10n.t('Which cluster do topics, groups and the terminal belong to?'),
    matchOnDescription: true,
  });
  return answered(chosen).cluster;
}
