import assert from 'node:assert/strict';
import { brokerPids, isAlive } from '../support/vscode/playground';
import { until } from '../support/until';
import { assertAccessible } from '../support/vscode/accessibility';
import { useWorkbench } from '../support/vscode/useWorkbench';

describe('A cluster from the palette', () => {
  const vscode = useWorkbench({ settings: { 'localKafka.kafka.port': 0, 'localKafka.api.port': 0 } });

  /** The id of the one broker that runs. */
  const brokerPid = (): number => {
    const pids = brokerPids(vscode.server).filter(isAlive);
    assert.equal(pids.length, 1, `one broker runs: ${pids.join(', ')}`);
    return pids[0]!;
  };

  it('asks for a runtime the first time, and starts the playground', async () => {
    const { workbench } = vscode;
    const { quickInput, statusBar, notifications } = workbench;
    await workbench.palette('Kafka: Start Kafka');
    await quickInput.waitFor('Which Kafka?');
    await quickInput.row('Playground').waitFor();
    assert.deepEqual(await quickInput.labels(), [
      'Playground',
      'Apache Kafka with Java',
      'Connect to a Cluster…',
    ]);
    assert.match(await quickInput.rowText('Playground'), /not Apache Kafka/);
    // VS Code's own picks: aria-level on options, labels on the keys of a shortcut.
    await assertAccessible(workbench.page, {
      within: '.quick-input-widget',
      without: ['.monaco-keybinding'],
      withoutRules: ['aria-allowed-attr'],
    });
    await workbench.screenshot('cluster-first-start');
    await quickInput.choose('Playground');
    await statusBar.waitText('status', /Kafka :\d+/);
    assert.ok(brokerPid() > 0);
    // VS Code may tell of ports that it sees on this machine.
    const ours = async () =>
      (await notifications.messages()).filter((message) => /Kafka|Playground/.test(message));
    await until(async () => (await ours()).length === 0, {
      deadlineMs: 5000,
      what: 'the end of the progress: the status bar says the rest',
    });
  });

  it('offers what can be done now', async () => {
    const { workbench } = vscode;
    const { quickInput } = workbench;
    await workbench.statusBar.click('status');
    await quickInput.waitFor('Kafka');
    const labels = await quickInput.labels();
    await workbench.screenshot('cluster-actions');
    for (const wanted of ['Stop Kafka', 'Restart Kafka', 'Create Topic…', 'Copy Connection String…']) {
      assert.ok(labels.includes(wanted), `${wanted} in ${labels.join(', ')}`);
    }
    assert.ok(!labels.includes('Start Kafka'));
    await quickInput.cancel();
  });

  it('shows the log of the broker as it is written, also after a restart', async () => {
    const { workbench } = vscode;
    const { page } = workbench;
    const before = brokerPid();
    await workbench.palette('Kafka: Show Broker Log');
    const log = page.locator('.part.panel .view-lines');
    await until(async () => (await log.innerText()).length > 0, { deadlineMs: 10_000, what: 'log lines' });
    await workbench.palette('Kafka: Restart Kafka');
    await until(() => brokerPids(vscode.server).some((pid) => pid !== before && isAlive(pid)), {
      deadlineMs: 20_000,
      what: 'another broker',
    });
    await workbench.statusBar.waitText('status', /Kafka :\d+/);
    assert.ok(!isAlive(before), 'the former broker is gone');
    await until(async () => /\S/.test(await log.innerText()), { deadlineMs: 10_000, what: 'new log lines' });
    await workbench.screenshot('cluster-log');
  });

  it('copies how a client connects', async () => {
    const { workbench } = vscode;
    await workbench.palette('Kafka: Copy Connection String…');
    await workbench.quickInput.waitFor('Copy Connection String');
    await workbench.screenshot('cluster-copy');
    await workbench.quickInput.choose('Properties file');
    await workbench.quickInput.waitClosed();
    await until(async () => /^bootstrap\.servers=127\.0\.0\.1:\d+\n$/.test(await workbench.clipboard()), {
      deadlineMs: 5000,
      what: 'the properties in the clipboard',
    });
  });

  it('runs a copied curl call in the terminal', async () => {
    const { workbench } = vscode;
    await workbench.palette('Kafka: Copy as curl');
    await workbench.quickInput.waitFor('Copy as curl');
    await workbench.screenshot('cluster-curl');
    await workbench.quickInput.choose('List topics');
    await workbench.quickInput.waitClosed();
    const call = await until(async () => /^curl .*/.exec(await workbench.clipboard())?.[0], {
      deadlineMs: 5000,
      what: 'the call in the clipboard',
    });
    assert.equal(call, 'curl -K "$LOCAL_KAFKA_CURLRC" "$LOCAL_KAFKA_API_URL/topics"');
    await workbench.terminal.open();
    await workbench.terminal.run(`${call} -s`);
    await workbench.terminal.waitText(/"success":\s*true/);
  });

  it('resets the data only when the name was typed', async () => {
    const { workbench } = vscode;
    const { quickInput } = workbench;
    const before = brokerPid();
    await workbench.palette('Kafka: Reset Data…');
    await quickInput.waitFor('Reset Data of Playground');
    await quickInput.waitMessage(/can not be undone/);
    await workbench.screenshot('cluster-reset');
    await quickInput.type('playgroun');
    await quickInput.waitMessage(/Type Playground to confirm/);
    await quickInput.accept();
    assert.ok(await quickInput.isRefused(), 'a wrong name is not taken');
    assert.ok(isAlive(before));
    await quickInput.answer('');
    await quickInput.waitClosed();
    assert.ok(isAlive(before), 'an empty name deletes nothing');
    await workbench.palette('Kafka: Reset Data…');
    await quickInput.waitFor('Reset Data of Playground');
    await quickInput.answer('Playground');
    await quickInput.waitClosed();
    await until(() => !isAlive(before), { deadlineMs: 10_000, what: 'the end of the former broker' });
    await until(() => brokerPids(vscode.server).some(isAlive), { deadlineMs: 20_000, what: 'a new broker' });
    await workbench.statusBar.waitText('status', /Kafka :\d+/);
  });

  it('stops: the process is gone', async () => {
    const { workbench } = vscode;
    const pid = brokerPid();
    await workbench.palette('Kafka: Stop Kafka');
    await until(() => !isAlive(pid), { deadlineMs: 10_000, what: 'the end of the broker' });
    await workbench.statusBar.waitText('status', /Stopped/);
  });

  it('offers to start a cluster that a command needs', async () => {
    const { workbench } = vscode;
    await workbench.palette('Kafka: Create Topic…');
    await workbench.notifications.waitFor('Cluster Playground is not running.');
    await workbench.notifications.press('Cluster Playground is not running.', 'Start It');
    await workbench.quickInput.waitFor('Create Topic');
    await workbench.quickInput.cancel();
    assert.ok(brokerPid() > 0);
  });

  it('exports the clusters, and imports them again after they were removed', async () => {
    const { workbench } = vscode;
    const { quickInput, dialog, notifications } = workbench;
    await workbench.palette('Kafka: Export Clusters…');
    await quickInput.waitFor('Export Clusters');
    // The dialog fills in its suggestion after it is shown.
    await until(async () => (await quickInput.input.inputValue()).endsWith('kafka-clusters.json'), {
      deadlineMs: 5000,
      what: 'the suggested file',
    });
    await quickInput.accept();
    await notifications.waitFor(/exported, without passwords/);
    await workbench.palette('Kafka: Remove Cluster…');
    await quickInput.waitFor('Remove Cluster');
    await quickInput.choose('Playground');
    await quickInput.accept();
    assert.match(await dialog.text(), /Its data stays on disk/);
    await workbench.screenshot('cluster-remove');
    await dialog.press('Remove');
    await until(() => brokerPids(vscode.server).filter(isAlive).length === 0, {
      deadlineMs: 10_000,
      what: 'the end of the broker that nobody holds',
    });
    await workbench.palette('Kafka: Import Clusters…');
    await quickInput.waitFor('Import Clusters');
    await quickInput.answer(`${vscode.folder}/kafka-clusters.json`);
    await notifications.waitFor('1 cluster is imported.');
    await workbench.palette('Kafka: Start Kafka');
    await workbench.statusBar.waitText('status', /Kafka :\d+/);
  });
});
