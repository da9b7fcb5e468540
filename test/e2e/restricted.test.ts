import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { assertAccessible } from '../support/vscode/accessibility';
import { until } from '../support/until';
import { brokerPids, startPlayground, storageOf } from '../support/vscode/playground';
import { useWorkbench } from '../support/vscode/useWorkbench';

const MANAGE = 'Manage Workspace Trust';

describe('Restricted Mode', () => {
  const vscode = useWorkbench({
    workspaceTrust: true,
    settings: {
      'localKafka.kafka.port': 0,
      'localKafka.api.port': 0,
      'localKafka.kafka.startOnOpen': 'active',
    },
  });

  it('the view says why nothing is there, with the button that leaves it', async () => {
    const { workbench } = vscode;
    await workbench.sidebar.open('Kafka');
    const services = workbench.sidebar.view('Services');
    assert.match(await services.welcome(), /Restricted Mode/);
    assert.deepEqual(await services.welcomeButtons(), [MANAGE]);
    await workbench.screenshot('restricted');
    await assertAccessible(workbench.page, { within: '.part.sidebar .pane-body' });
  });

  it('Start Kafka answers with how to leave it, and starts nothing', async () => {
    const { workbench, server } = vscode;
    const { notifications } = workbench;
    await workbench.palette('Kafka: Start Kafka');
    const text = await notifications.waitFor(/Restricted Mode/);
    assert.match(text, /nothing is started or connected/);
    assert.deepEqual(await notifications.buttons(text), [MANAGE]);
    assert.equal(await workbench.statusBar.text('status'), 'Kafka');
    assert.deepEqual(brokerPids(server), []);
  });

  it('no API listens', async () => {
    const { workbench, server } = vscode;
    // Written where an API is served.
    assert.ok(!existsSync(join(storageOf(server), 'secrets')), 'no file for curl');
    assert.doesNotMatch(await workbench.statusBar.tooltip('status'), /REST API/);
  });

  it('the button opens the editor of trust', async () => {
    const { workbench } = vscode;
    await workbench.notifications.press(/Restricted Mode/, MANAGE);
    await workbench.editors.waitTab('Workspace Trust');
  });

  it('a saved cluster that is to start when a window opens does not, and all views say so', async () => {
    const { workbench, server } = vscode;
    await server.writeSettings({ 'security.workspace.trust.enabled': false });
    await workbench.reload();
    await startPlayground(workbench);
    await workbench.palette('Kafka: Stop Kafka');
    await workbench.statusBar.waitText('status', /Stopped/);
    await until(() => brokerPids(server).length === 0, { deadlineMs: 10_000, what: 'the end of the broker' });
    const [, port] = /REST API\s+127\.0\.0\.1:(\d+)/.exec(await workbench.statusBar.tooltip('status')) ?? [];
    assert.equal((await fetch(`http://127.0.0.1:${port}/health`)).status, 200, 'the API, before');

    await server.writeSettings({ 'security.workspace.trust.enabled': true });
    await workbench.reload();
    await workbench.statusBar.waitText('status', /Stopped/);
    await workbench.sidebar.open('Kafka');
    for (const title of ['Topics', 'Consumer Groups']) {
      const view = workbench.sidebar.view(title);
      await view.expand();
      assert.match(await view.welcome(), /Restricted Mode/, title);
      assert.deepEqual(await view.welcomeButtons(), [MANAGE], title);
    }
    await workbench.screenshot('restricted-saved');
    await assert.rejects(fetch(`http://127.0.0.1:${port}/health`), 'no API listens');
    assert.equal(await workbench.statusBar.text('status'), 'Kafka: Stopped');
    assert.deepEqual(brokerPids(server), []);
  });
});
