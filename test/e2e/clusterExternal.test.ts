import assert from 'node:assert/strict';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { realKafka } from '../support/real/kafkaDist';
import { type SecureBroker, startSecureBroker } from '../support/real/secureBroker';
import { assertAccessible } from '../support/vscode/accessibility';
import { useWorkbench } from '../support/vscode/useWorkbench';

/** Files below a folder whose bytes hold a text. */
function filesWith(folder: string, text: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .map((name) => join(folder, name))
    .filter((file) => {
      try {
        return statSync(file).isFile() && readFileSync(file).includes(text);
      } catch {
        return false; // It went meanwhile.
      }
    });
}

describe('An external cluster with SCRAM', () => {
  let secure: SecureBroker;
  before('starts the broker', async function () {
    this.timeout(300_000);
    secure = await startSecureBroker(await realKafka('4'));
  });
  after('ends it', () => secure.dispose());

  const vscode = useWorkbench({ settings: { 'localKafka.kafka.port': 0, 'localKafka.api.port': 0 } });

  it('is added by keyboard; a wrong password is told before anything is saved', async () => {
    const { workbench } = vscode;
    const { quickInput, dialog, statusBar } = workbench;
    await workbench.palette('Kafka: Add Cluster…');
    await quickInput.waitFor('What kind of cluster?');
    assert.match(await quickInput.title(), /^Add Cluster \(1\/\d+\)$/);
    await quickInput.accept();

    await quickInput.waitMessage(/Name of the cluster/);
    await quickInput.answer('Staging $(zap)');
    await quickInput.waitMessage(/Bootstrap servers/);
    await quickInput.type('localhost');
    await quickInput.waitMessage(/has no port/);
    assert.ok(await quickInput.isRefused());
    await workbench.screenshot('cluster-bootstrap-refused');
    await quickInput.answer(secure.bootstrap.SASL_SSL);
    await quickInput.waitFor(/security\.protocol/);
    await workbench.screenshot('cluster-security');
    await quickInput.pressButton('Back');
    await quickInput.waitMessage(/Bootstrap servers/);
    assert.equal(
      await quickInput.input.inputValue(),
      secure.bootstrap.SASL_SSL,
      'what was typed is still there',
    );
    await quickInput.accept();
    await quickInput.waitFor(/security\.protocol/);
    await quickInput.choose('SASL_SSL');
    await quickInput.waitFor(/certificate checked/);
    await quickInput.choose('By a CA File…');
    await quickInput.waitMessage(/CA certificates/);
    await quickInput.answer(join(secure.certificateFolder, 'ca.pem'));
    await quickInput.waitMessage(/Name in the broker's certificate/);
    await quickInput.accept();
    await quickInput.waitFor(/client certificate/);
    await quickInput.accept();
    await quickInput.waitFor(/SASL mechanism/);
    await quickInput.choose('SCRAM-SHA-512');
    await quickInput.waitMessage(/User name/);
    await quickInput.answer('alice');
    await quickInput.waitMessage(/Password/);
    assert.equal(await quickInput.input.getAttribute('type'), 'password');
    await workbench.screenshot('cluster-password');
    await quickInput.answer('wrong-pw-4711');
    await quickInput.waitFor(/Test the connection/);
    await quickInput.row('Test Connection').waitFor();
    await workbench.screenshot('cluster-test');
    // VS Code's own picks: aria-level on options, labels on the keys of a shortcut.
    await assertAccessible(workbench.page, {
      within: '.quick-input-widget',
      without: ['.monaco-keybinding'],
      withoutRules: ['aria-allowed-attr'],
    });
    await quickInput.accept();

    assert.match(await dialog.text(), /does not work yet[\s\S]*Check the user name and the password/);
    await workbench.screenshot('cluster-test-failed');
    assert.deepEqual(filesWith(vscode.server.dataDir, 'Staging $(zap)'), [], 'nothing is saved yet');
    await dialog.press('Change Settings');
    await quickInput.waitMessage(/Password/);
    await quickInput.answer(secure.users.alice.password);
    await quickInput.waitFor(/Test the connection/);
    await quickInput.row('Test Connection').waitFor();
    await quickInput.accept();
    await quickInput.waitFor('The connection works');
    assert.match(await quickInput.rowText('Save and Connect'), /Connected: 1 broker/);
    await workbench.screenshot('cluster-test-passed');
    await quickInput.accept();
    await quickInput.waitClosed();
    await statusBar.waitText('status', /Kafka/);
    await workbench.sidebar.open('Kafka');
    await workbench.sidebar
      .view('Services')
      .row('Staging $(zap)')
      .waitText(/connected/);
    await workbench.screenshot('cluster-external');
  });

  it('keeps its password out of every file', () => {
    const { dataDir } = vscode.server;
    assert.notDeepEqual(filesWith(dataDir, 'alice'), [], 'the search sees what is saved');
    assert.deepEqual(filesWith(dataDir, secure.users.alice.password), []);
    assert.deepEqual(filesWith(dataDir, 'wrong-pw-4711'), []);
  });

  it('is edited with its password kept, and connected to anew', async () => {
    const { workbench } = vscode;
    const { quickInput } = workbench;
    await workbench.palette('Kafka: Edit Cluster…');
    await quickInput.waitMessage(/Name of the cluster/);
    assert.equal(await quickInput.input.inputValue(), 'Staging $(zap)');
    await quickInput.answer('Staging');
    await quickInput.waitMessage(/Bootstrap servers/);
    await quickInput.accept();
    await quickInput.waitFor(/security\.protocol/);
    await quickInput.accept();
    await quickInput.waitFor(/certificate checked/);
    await quickInput.accept();
    await quickInput.waitMessage(/CA certificates/);
    await quickInput.accept();
    await quickInput.waitMessage(/Name in the broker's certificate/);
    await quickInput.accept();
    await quickInput.waitFor(/client certificate/);
    await quickInput.accept();
    await quickInput.waitFor(/SASL mechanism/);
    await quickInput.accept();
    await quickInput.waitMessage(/User name/);
    await quickInput.accept();
    await quickInput.waitMessage(/stored one is kept/);
    await quickInput.accept();
    await quickInput.waitFor(/Test the connection/);
    await quickInput.row('Test Connection').waitFor();
    await quickInput.accept();
    await quickInput.waitFor('The connection works');
    await quickInput.accept();
    await quickInput.waitClosed();
    await workbench.sidebar
      .view('Services')
      .row('Staging')
      .waitText(/connected/);
  });

  it('says that its log can not be read from here, and is disconnected', async () => {
    const { workbench } = vscode;
    await workbench.palette('Kafka: Show Broker Log');
    await workbench.notifications.waitFor(/can not be read from here/);
    await workbench.palette('Kafka: Disconnect');
    await workbench.sidebar
      .view('Services')
      .row('Staging')
      .waitText(/not connected/);
  });
});
