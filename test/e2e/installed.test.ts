import assert from 'node:assert/strict';
import { until } from '../support/until';
import { assertAccessible } from '../support/vscode/accessibility';
import { inEachTheme } from '../support/vscode/themes';
import { useWorkbench } from '../support/vscode/useWorkbench';

describe('The installed extension in a fresh profile', () => {
  const vscode = useWorkbench();

  it('shows its container with what can be done first', async () => {
    const { sidebar } = vscode.workbench;
    await sidebar.open('Kafka');
    const services = sidebar.view('Services');
    // Its words come when it is known that nothing is set up.
    await until(async () => (await services.welcomeButtons()).length >= 3, {
      deadlineMs: 10_000,
      what: 'the three buttons',
      everyMs: 100,
    });
    assert.match(await services.welcome(), /^No Kafka is set up yet\./);
    assert.deepEqual(await sidebar.views(), ['Services']);
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
