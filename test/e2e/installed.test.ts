import assert from 'node:assert/strict';
import { assertAccessible } from '../support/vscode/accessibility';
import { inEachTheme } from '../support/vscode/themes';
import { useWorkbench } from '../support/vscode/useWorkbench';

describe('The installed extension in a fresh profile', () => {
  const vscode = useWorkbench();

  it('shows its container with what can be done first', async () => {
    const { sidebar } = vscode.workbench;
    await sidebar.open('Kafka');
    assert.deepEqual(await sidebar.views(), ['Services']);
    const services = sidebar.view('Services');
    assert.match(await services.welcome(), /^No Kafka is set up yet\./);
    assert.ok((await services.welcomeButtons()).length >= 3);
  });

  it('looks right and is accessible in every theme', async () => {
    const { workbench } = vscode;
    await workbench.sidebar.open('Kafka');
    await inEachTheme(workbench, async () => {
      await workbench.screenshot('welcome');
      await assertAccessible(workbench.page, { within: '.part.sidebar .pane-body' });
    });
  });

  it('is active again after a reload, and in a second window', async () => {
    const { workbench } = vscode;
    await workbench.reload();
    const second = await workbench.openWindow();
    await second.sidebar.open('Kafka');
    await second.close();
  });
});
