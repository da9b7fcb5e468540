import * as vscode from 'vscode';
import { type Disposable, DisposableStore } from '../../base/lifecycle';
import { toManagerError } from '../../contract/errors';
import type { UiServices } from '../services';
import { linkSafe } from '../text';
import { type SettingKey, settingTable } from './settingTable';

/**
 * Lets settings count as soon as they are changed: those of brokers from their next start on, those of the REST API by
 * starting it anew. Tells of each wrong value once.
 */
export function createLiveSettings({
  settings,
  registry,
  clusters,
  api,
  logger,
}: Pick<UiServices, 'settings' | 'registry' | 'clusters' | 'api' | 'logger'>): Disposable {
  const store = new DisposableStore();
  const restartApi = async (): Promise<void> => {
    await api.stop();
    // In Restricted Mode nothing starts; without a cluster there is nothing to ask it.
    const isWanted = settings.get('api.enabled') && clusters.activeId !== undefined;
    if (isWanted && vscode.workspace.isTrusted) await api.start();
  };
  const failed = (error: unknown): void =>
    logger.error('a setting could not be applied', toManagerError(error));
  store.add(
    settings.onDidChange((keys) => {
      if (keys.has('api.enabled') || keys.has('api.port')) restartApi().catch(failed);
      if ([...keys].some((key) => key.startsWith('kafka.') || key.startsWith('java.'))) {
        registry.refresh().catch(failed);
      }
      readAll();
    }),
  );
  store.add(settings.onDidFindProblem(({ key, message }) => void tell(key, message)));
  const readAll = (): void => {
    for (const key of Object.keys(settingTable) as SettingKey[]) settings.get(key);
  };
  readAll();
  return store;
}

async function tell(key: SettingKey, message: string): Promise<void> {
  const open = vscode.l10n.t('Open Settings');
  const chosen = await vscode.window.showWarningMessage(linkSafe(message), open);
  if (chosen === open) {
    await vscode.commands.executeCommand('workbench.action.openSettings', `localKafka.${key}`);
  }
}
