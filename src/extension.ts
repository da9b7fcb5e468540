import * as vscode from 'vscode';

/** VS Code calls it when the extension is first needed. The tree, the commands and the console hang off it later. */
export function activate(context: vscode.ExtensionContext): void {
  const log = vscode.window.createOutputChannel('Local Kafka Manager', { log: true });
  context.subscriptions.push(log);
  log.info('Local Kafka Manager is active.');
}
