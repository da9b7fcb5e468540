import * as vscode from 'vscode';
import { answered, Cancelled } from '../cancelled';
import type { UiServices } from '../services';
import { iconSafe, linkSafe, plainText } from '../text';
import { isWanted } from './clusterState';
import { pickCluster } from './pickCluster';
import { requireTrust } from './requireTrust';
import { startCluster } from './startCluster';

/**
 * Deletes all data of a cluster of ours after its name was typed, and starts it again where it was running.
 * @param given id of the cluster; asked for where left out
 * @throws Cancelled
 */
export async function resetData(services: UiServices, given: string | undefined): Promise<void> {
  requireTrust();
  const { clusters } = services;
  const id =
    given ??
    (await pickCluster(services, {
      title: vscode.l10n.t('Reset Data'),
      placeholder: vscode.l10n.t('Whose data is to be deleted?'),
      filter: ({ runtime }) => runtime !== 'external',
      none: vscode.l10n.t('There is no cluster of this machine whose data could be deleted.'),
    }));
  const status = clusters.status(id);
  await confirmByName(status.name, isWanted(status));
  // It may have been started or stopped while the name was typed.
  const startsAgain = isWanted(clusters.status(id));
  await vscode.window.withProgress(
    {
      location: vscode.ProgressLocation.Notification,
      title: vscode.l10n.t('Deleting the data of {0}', linkSafe(status.name)),
    },
    () => clusters.reset(id),
  );
  if (startsAgain) await startCluster(services, id);
}

async function confirmByName(name: string, isRunning: boolean): Promise<void> {
  const shown = plainText(name);
  // Below a box links and icons are drawn.
  const drawn = iconSafe(linkSafe(name));
  const what = vscode.l10n.t(
    'All topics, messages, consumer groups and settings of "{0}" are deleted. This can not be undone.',
    drawn,
  );
  const then = isRunning ? ` ${vscode.l10n.t('Its broker is stopped, and started again afterwards.')}` : '';
  const isName = (typed: string): boolean => typed.trim() === name.trim() || typed.trim() === shown;
  const typed = answered(
    await vscode.window.showInputBox({
      title: vscode.l10n.t('Reset Data of {0}', shown),
      prompt: `${what}${then} ${vscode.l10n.t('Type the name of the cluster to confirm.')}`,
      placeHolder: shown,
      ignoreFocusOut: true,
      // Only a problem of severity error, which a plain text is, keeps Enter from being taken.
      validateInput: (text) =>
        text === '' || isName(text)
          ? undefined
          : `${what}${then} ${vscode.l10n.t('Type {0} to confirm.', drawn)}`,
    }),
  );
  if (!isName(typed)) throw new Cancelled();
}
