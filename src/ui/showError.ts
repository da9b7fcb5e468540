import * as vscode from 'vscode';
import type { Logger } from '../base/logger';
import { toManagerError } from '../contract/errors';
import { linkSafe } from './text';

/** A button of an error message, and what it does. */
export interface ErrorAction {
  readonly title: string;
  readonly run: () => Promise<void> | void;
}

/**
 * Logs the error and shows it once: what happened and what to do next, with the actions that mend it and "Show Log".
 * Nobody waits for the answer. An aborted call is silent: the user did it.
 */
export function showError(
  error: unknown,
  { logger, logChannel }: { readonly logger: Logger; readonly logChannel: vscode.LogOutputChannel },
  ...actions: readonly ErrorAction[]
): void {
  const known = toManagerError(error);
  if (known.code === 'CANCELLED') return;
  logger.error(known.message, known);
  const showLog: ErrorAction = { title: vscode.l10n.t('Show Log'), run: () => logChannel.show() };
  const all = [...actions, showLog];
  // Sentences and remedies of the error table are translated; what names something exactly stays as it was said.
  const text = linkSafe(`${vscode.l10n.t(known.message)} ${vscode.l10n.t(known.remedy)}`);
  void vscode.window
    .showErrorMessage(text, ...all.map(({ title }) => title))
    .then((chosen) => all.find(({ title }) => title === chosen)?.run())
    .then(undefined, (e: unknown) => logger.error('an action of an error message failed', e));
}
