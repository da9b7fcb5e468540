import * as vscode from 'vscode';
import type { ClusterStatus } from '../../core/clusterStatus';
import { answered, Cancelled } from '../cancelled';
import type { UiServices } from '../services';
import { plainText } from '../text';
import { clusterItem } from './clusterState';

/**
 * Forgets clusters and their secrets after a confirmation. The data of a broker of ours stays on disk.
 * @param given ids of the clusters; asked for where there are none
 * @throws Cancelled
 */
export async function removeCluster(services: UiServices, given: readonly string[]): Promise<void> {
  const { clusters, registry } = services;
  const ids = given.length > 0 ? given : await pickSome(services);
  const statuses = ids.map((id) => clusters.status(id));
  const [only] = statuses;
  const remove = vscode.l10n.t('Remove');
  answered(
    await vscode.window.showWarningMessage(
      statuses.length === 1 && only
        ? vscode.l10n.t('Remove the cluster "{0}"?', plainText(only.name))
        : vscode.l10n.t('Remove {0} clusters?', statuses.length),
      { modal: true, detail: consequences(statuses) },
      remove,
    ),
  );
  for (const id of ids) await registry.remove(id);
}

/** What goes and what stays, for the clusters that are removed. */
function consequences(statuses: readonly ClusterStatus[]): string {
  const external = statuses.filter(({ runtime }) => runtime === 'external');
  const ours = statuses.filter(({ runtime }) => runtime !== 'external');
  const paragraphs = [
    ...(statuses.length > 1 ? [statuses.map(({ name }) => plainText(name)).join(', ')] : []),
    ...(ours.length > 0
      ? [
          vscode.l10n.t(
            'A broker of this machine is stopped, for all windows. Its data stays on disk, in the folder profiles/{0} of the extension; "Kafka: Reset Data…" before the removal deletes it.',
            ours.map(({ id }) => id).join(', profiles/'),
          ),
        ]
      : []),
    ...(external.length > 0
      ? [
          vscode.l10n.t(
            'Only the connection to an external cluster is forgotten, with its stored password; the cluster itself is not touched.',
          ),
        ]
      : []),
  ];
  return paragraphs.join('\n\n');
}

async function pickSome({ clusters }: UiServices): Promise<readonly string[]> {
  const profiles = clusters.profiles();
  if (profiles.length === 0) {
    void vscode.window.showInformationMessage(vscode.l10n.t('No Kafka is set up yet.'));
    throw new Cancelled();
  }
  const chosen = answered(
    await vscode.window.showQuickPick(
      profiles.map(({ id }) => clusterItem(clusters.status(id))),
      {
        title: vscode.l10n.t('Remove Cluster'),
        placeHolder: vscode.l10n.t('Which clusters are to be removed?'),
        canPickMany: true,
      },
    ),
  );
  if (chosen.length === 0) throw new Cancelled();
  return chosen.map(({ cluster }) => cluster);
}
