import * as vscode from 'vscode';
import { type Disposable, DisposableStore } from '../../base/lifecycle';
import { toManagerError } from '../../contract/errors';
import { extensionId } from '../contributions';
import type { UiServices } from '../services';
import { linkSafe } from '../text';
import type { SettingProblem } from './uiSettings';

/**
 * Lets settings count as soon as they are changed: those of brokers from their next start on, those of the REST API by
 * starting it anew. Tells of all wrong values in one message, and again when others are wrong.
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
      tellProblems();
    }),
  );
  let told = '';
  const tellProblems = (): void => {
    const problems = settings.problems();
    const text = problems.map(({ message }) => message).join('\n');
    if (text !== told && problems.length > 0) void tell(problems);
    told = text;
  };
  tellProblems();
  return store;
}

async function tell(problems: readonly SettingProblem[]): Promise<void> {
  const keys = problems.map(({ key }) => `localKafka.${key}`);
  const [only] = problems.length === 1 ? problems : [];
  const text =
    only?.message ??
    vscode.l10n.t(
      '{0} settings of Kafka are not valid: {1}. Their defaults count.',
      keys.length,
      keys.join(', '),
    );
  const open = vscode.l10n.t('Open Settings');
  const chosen = await vscode.window.showWarningMessage(linkSafe(text), open);
  if (chosen === open) {
    const query = only ? `localKafka.${only.key}` : `@ext:${extensionId}`;
    await vscode.commands.executeCommand('workbench.action.openSettings', query);
  }
}
