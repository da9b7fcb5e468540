import * as vscode from 'vscode';
import { type Disposable, DisposableStore } from '../../base/lifecycle';
import type { Cancelled } from '../cancelled';
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
          if (!isCancelled(error)) showError(error, services);
        }
      }),
    );
  }
  return store;
}

/** By its name: a chunk that is loaded later has a class of its own of the same name. */
function isCancelled(error: unknown): error is Cancelled {
  return error instanceof Error && error.name === 'Cancelled';
}
