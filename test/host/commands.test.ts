import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { extensionId } from '../support/vscode/extensionId';

interface Manifest {
  readonly contributes: { readonly commands: readonly { readonly command: string }[] };
}

describe('Commands', () => {
  it('of the manifest are all registered', async () => {
    const extension = vscode.extensions.getExtension(extensionId);
    assert.ok(extension, `${extensionId} is not installed`);
    await extension.activate();
    const declared = (extension.packageJSON as Manifest).contributes.commands.map(({ command }) => command);
    const registered = new Set(await vscode.commands.getCommands(true));
    assert.deepEqual(
      declared.filter((command) => !registered.has(command)),
      [],
      'declared, but nobody answers them',
    );
    assert.notEqual(declared.length, 0);
  });
});
