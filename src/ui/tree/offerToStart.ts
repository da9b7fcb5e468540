import * as vscode from 'vscode';
import type { ClusterManager } from '../../core/clusterManager';
import type { CommandId } from '../contributions';
import { linkSafe } from '../text';

/** Says that the active cluster is not up, or that there is none, with the button that starts or connects it. */
export async function offerToStart(clusters: Pick<ClusterManager, 'activeId' | 'status'>): Promise<void> {
  const id = clusters.activeId;
  if (id === undefined) {
    await offer(vscode.l10n.t('No Kafka is set up yet.'), vscode.l10n.t('Start Kafka'), 'localKafka.start');
    return;
  }
  const { name, runtime } = clusters.status(id);
  if (runtime === 'external') {
    const text = vscode.l10n.t('Cluster {0} is not connected.', linkSafe(name));
    await offer(text, vscode.l10n.t('Connect'), 'localKafka.connect');
  } else {
    const text = vscode.l10n.t('Cluster {0} is not running.', linkSafe(name));
    await offer(text, vscode.l10n.t('Start It'), 'localKafka.start');
  }
}

async function offer(text: string, action: string, command: CommandId): Promise<void> {
  const chosen = await vscode.window.showInformationMessage(text, action);
  if (chosen === action) await vscode.commands.executeCommand(command);
}
