import * as vscode from 'vscode';
import { answered } from '../cancelled';
import type { UiServices } from '../services';
import { plainText } from '../text';
import { type ActionFacts, type ActionId, actionsFor, takesCluster } from './actionsFor';
import { stateText } from './clusterState';

interface ActionItem extends vscode.QuickPickItem {
  readonly command: ActionId;
}

/** What can be done now, as a pick: the click on the status bar. @throws Cancelled */
export async function showActions({ clusters, api }: UiServices): Promise<void> {
  const status = clusters.activeId === undefined ? undefined : clusters.status();
  const facts: ActionFacts = {
    ...(status && { state: status.state, isExternal: status.runtime === 'external' }),
    clusters: clusters.profiles().length,
    isTrusted: vscode.workspace.isTrusted,
    isApiServed: 'url' in api.state,
  };
  const items = actionsFor(facts).map((command): ActionItem => {
    const [label, icon] = words(command);
    return { command, label, iconPath: new vscode.ThemeIcon(icon) };
  });
  const chosen = await vscode.window.showQuickPick(items, {
    title: vscode.l10n.t('Kafka'),
    placeHolder: status
      ? plainText([status.name, stateText(status), status.bootstrap?.join(', ')].filter(Boolean).join(' · '))
      : vscode.l10n.t('No Kafka is set up yet.'),
  });
  const { command } = answered(chosen);
  const node = status && takesCluster(command) ? { kind: 'cluster', cluster: status.id } : undefined;
  await vscode.commands.executeCommand(command, ...(node ? [node] : []));
}

/** Label and icon of an action. */
function words(command: ActionId): readonly [label: string, icon: string] {
  switch (command) {
    case 'localKafka.start':
      return [vscode.l10n.t('Start Kafka'), 'debug-start'];
    case 'localKafka.stop':
      return [vscode.l10n.t('Stop Kafka'), 'debug-stop'];
    case 'localKafka.restart':
      return [vscode.l10n.t('Restart Kafka'), 'debug-restart'];
    case 'localKafka.connect':
      return [vscode.l10n.t('Connect'), 'plug'];
    case 'localKafka.disconnect':
      return [vscode.l10n.t('Disconnect'), 'debug-disconnect'];
    case 'localKafka.switchCluster':
      return [vscode.l10n.t('Switch Cluster…'), 'arrow-swap'];
    case 'localKafka.addCluster':
      return [vscode.l10n.t('Add Cluster…'), 'add'];
    case 'localKafka.editCluster':
      return [vscode.l10n.t('Edit Cluster…'), 'edit'];
    case 'localKafka.createTopic':
      return [vscode.l10n.t('Create Topic…'), 'new-file'];
    case 'localKafka.produceMessage':
      return [vscode.l10n.t('Produce Message…'), 'send'];
    case 'localKafka.showLatestMessages':
      return [vscode.l10n.t('Show Latest Messages'), 'open-preview'];
    case 'localKafka.copyConnectionString':
      return [vscode.l10n.t('Copy Connection String…'), 'copy'];
    case 'localKafka.openApiDocs':
      return [vscode.l10n.t('Open API Docs'), 'link-external'];
    case 'localKafka.showBrokerLog':
      return [vscode.l10n.t('Show Broker Log'), 'output'];
    case 'localKafka.showLog':
      return [vscode.l10n.t('Show Log'), 'output'];
    case 'localKafka.openWalkthrough':
      return [vscode.l10n.t('Open Walkthrough'), 'book'];
  }
}
