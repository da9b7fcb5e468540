import * as vscode from 'vscode';
import type { SavedProfile } from '../../core/savedProfile';
import { answered, Cancelled } from '../cancelled';
import type { UiServices } from '../services';
import { linkSafe } from '../text';
import { offer } from './offer';
import { requireTrust } from './requireTrust';

/** For what a message offers. */
type Telling = Pick<UiServices, 'logger' | 'logChannel'>;

const filters = (): Record<string, string[]> => ({ [vscode.l10n.t('Clusters')]: ['json'] });

/** Writes all clusters into a file of the user's choice. No secret is in it. @throws Cancelled */
export async function exportClusters(services: Telling & Pick<UiServices, 'profiles'>): Promise<void> {
  const { profiles } = services;
  const text = await profiles.exportText();
  if ((await profiles.list()).length === 0) {
    void vscode.window.showInformationMessage(vscode.l10n.t('No Kafka is set up yet.'));
    throw new Cancelled();
  }
  const folder = vscode.workspace.workspaceFolders?.[0]?.uri;
  const file = answered(
    await vscode.window.showSaveDialog({
      title: vscode.l10n.t('Export Clusters'),
      saveLabel: vscode.l10n.t('Export'),
      filters: filters(),
      ...(folder && { defaultUri: vscode.Uri.joinPath(folder, 'kafka-clusters.json') }),
    }),
  );
  await vscode.workspace.fs.writeFile(file, new TextEncoder().encode(text));
  const open = vscode.l10n.t('Open');
  const said = vscode.l10n.t('The clusters are exported, without passwords.');
  offer(services, vscode.window.showInformationMessage(said, open), open, () =>
    vscode.window.showTextDocument(file),
  );
}

/** Adds the clusters of a file that `exportClusters` made, and says which of them need a password. @throws Cancelled, also in Restricted Mode */
export async function importClusters(
  services: Telling & Pick<UiServices, 'profiles' | 'registry'>,
): Promise<void> {
  requireTrust();
  const { profiles, registry } = services;
  const folder = vscode.workspace.workspaceFolders?.[0]?.uri;
  const [file] = answered(
    await vscode.window.showOpenDialog({
      title: vscode.l10n.t('Import Clusters'),
      openLabel: vscode.l10n.t('Import'),
      filters: filters(),
      ...(folder && { defaultUri: folder }),
    }),
  );
  const text = new TextDecoder().decode(await vscode.workspace.fs.readFile(answered(file)));
  const imported = await profiles.parseImport(text);
  for (const profile of imported) await registry.save(profile);
  tell(services, imported);
}

function tell(services: Telling, imported: readonly SavedProfile[]): void {
  const count =
    imported.length === 1
      ? vscode.l10n.t('1 cluster is imported.')
      : vscode.l10n.t('{0} clusters are imported.', imported.length);
  const locked = imported.filter((profile) => profile.runtime === 'external' && profile.sasl);
  const [first] = locked;
  if (!first) {
    void vscode.window.showInformationMessage(count);
    return;
  }
  const edit = vscode.l10n.t('Enter Password…');
  const names = linkSafe(locked.map(({ name }) => name).join(', '));
  const text = `${count} ${vscode.l10n.t('A password is needed for {0}.', names)}`;
  offer(services, vscode.window.showInformationMessage(text, edit), edit, () =>
    vscode.commands.executeCommand('localKafka.editCluster', { kind: 'cluster', cluster: first.id }),
  );
}
