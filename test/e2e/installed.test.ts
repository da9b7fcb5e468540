import assert from 'node:assert/strict';
import { useWorkbench } from '../support/vscode/useWorkbench';

describe('The installed extension', () => {
  const vscode = useWorkbench();

  it('is activated in a fresh profile, and says so in its output channel', async () => {
    assert.match(vscode.workbench.extensionLog(), /Local Kafka Manager/);
  });
});
