import * as vscode from 'vscode';
import { Cancelled } from '../cancelled';

/**
 * Lets nothing start or connect in Restricted Mode (SECURITY S15), and says how to leave it.
 * @throws Cancelled where the workspace is not trusted
 */
export function requireTrust(): void {
  if (vscode.workspace.isTrusted) return;
  const manage = vscode.l10n.t('Manage Workspace Trust');
  void vscode.window
    .showWarningMessage(
      vscode.l10n.t('This workspace is in Restricted Mode, so nothing is started or connected.'),
      manage,
    )
    .then((chosen) => {
      if (chosen === manage) return vscode.commands.executeCommand('workbench.trust.manage');
      return undefined;
    });
  throw new Cancelled();
}
