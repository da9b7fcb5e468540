import * as vscode from 'vscode';
import { type Disposable, DisposableStore } from '../../base/lifecycle';
import { Cancelled } from '../cancelled';
import type { CommandHandlers } from '../contributions';
import type { UiServices } from '../services';
import { showError } from '../showError';

/**
 * Registers commands with all their arguments. One that the user breaks off is silent; one that fails says so once, with
 * what to do next.
 */
export function registerCommands(
  handlers: Partial<CommandHandlers>,
  services: Pick<UiServices, 'logger' | 'logChannel'>,
): Disposable {
  const store = new DisposableStore();
  for (const [id, handler] of Object.entries(handlers)) {
    const run = handler as (...args: readonly unknown[]) => Promise<void> | void;
    store.add(
      vscode.commands.registerCommand(id, async (...args: readonly unknown[]) => {
        try {
          await run(...args);
        } catch (error) {
          if (!(error instanceof Cancelled)) showError(error, services);
        }
      }),
    );
  }
  return store;
}
