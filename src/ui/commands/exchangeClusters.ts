import * as vscode from 'vscode';
import type { SavedProfile } from '../../core/savedProfile';
import { answered, Cancelled } from '../cancelled';
import type { UiServices } from '../services';
import { linkSafe } from '../text';

const filters = (): Record<string, string[]> => ({ [vscode.l10n.t('Clusters')]: ['json'] });

/** Writes all clusters into a file of the user's choice. No secret is in it. @throws Cancelled */
export async function exportClusters({ profiles }: Pick<UiServices, 'profiles'>): Promise<void> {
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
  void vscode.window
    .showInformationMessage(vscode.l10n.t('The clusters are exported, without passwords.'), open)
    .then((chosen) => (chosen === open ? vscode.window.showTextDocument(file) : undefined));
}

/** Adds the clusters of a file that `exportClusters` made, and says which of them need a password. @throws Cancelled */
export async function importClusters({
  profiles,
  registry,
}: Pick<UiServices, 'profiles' | 'registry'>): Promise<void> {
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
  tell(imported);
}

function tell(imported: readonly SavedProfile[]): void {
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
  void vscode.window
    .showInformationMessage(`${count} ${vscode.l10n.t('A password is needed for {0}.', names)}`, edit)
    .then((chosen) =>
      chosen === edit
        ? vscode.commands.executeCommand('localKafka.editCluster', { kind: 'cluster', cluster: first.id })
        : undefined,
    );
}
