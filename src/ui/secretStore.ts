import type * as vscode from 'vscode';
import type { SecretStore } from '../core/ports';

/** VS Code's secret storage behind core's port. */
export function secretStore(secrets: vscode.SecretStorage): SecretStore {
  return {
    get: async (key) => secrets.get(key),
    set: async (key, value) => {
      await (value === undefined ? secrets.delete(key) : secrets.store(key, value));
    },
  };
}
