import assert from 'node:assert/strict';
import { assertAccessible } from '../support/vscode/accessibility';
import { inEachTheme } from '../support/vscode/themes';
import { useWorkbench } from '../support/vscode/useWorkbench';
import { until } from '../support/until';
import { brokerPid, isAlive, startPlayground } from '../support/vscode/playground';

const ITEM = 'status';

describe('Status bar', () => {
  const vscode = useWorkbench();

  it('says that nothing is set up, and starts Kafka by a click', async () => {
    const { statusBar } = vscode.workbench;
    assert.equal(await statusBar.waitText(ITEM, 'Kafka'), 'Kafka');
    // Items of VS Code itself still come and push it aside.
    await until(async () => /not set up/.test(await statusBar.tooltip(ITEM)), {
      deadlineMs: 10_000,
      what: 'the tooltip',
    });
    await startPlayground(vscode.workbench);
    assert.match(await statusBar.waitText(ITEM, /Kafka :\d+/), /^Kafka :\d+$/);
    assert.match(await statusBar.label(ITEM), /is running at 127\.0\.0\.1:\d+/);
  });

  it('tells of brokers, API and uptime in its tooltip, in every theme', async () => {
    const { workbench } = vscode;
    const { statusBar } = workbench;
    await until(async () => /MB/.test(await statusBar.tooltip(ITEM)), {
      deadlineMs: 20_000,
      what: 'the memory of the broker',
      everyMs: 500,
    });
    const text = await statusBar.tooltip(ITEM);
    assert.match(text, /is running, kfake/);
    assert.match(text, /Broker \d\s+127\.0\.0\.1:\d+\s+[\d.]+ MB/);
    assert.match(text, /REST API\s+127\.0\.0\.1:\d+/);
    assert.match(text, /up for/);
    for (const link of ['Stop', 'Restart', 'Show Log']) assert.ok(text.includes(link), link);
    await inEachTheme(workbench, async () => {
      await statusBar.tooltip(ITEM);
      await workbench.screenshot('statusbar');
      await assertAccessible(workbench.page, {
        within: `[id="local-kafka-manager.local-kafka-manager.${ITEM}"]`,
      });
    });
  });

  it('shows the actions by a click', async () => {
    const { statusBar, quickInput } = vscode.workbench;
    await statusBar.click(ITEM);
    await until(async () => (await quickInput.labels()).some((label) => /Stop/.test(label)), {
      deadlineMs: 10_000,
      what: 'the actions',
    });
    await quickInput.cancel();
  });

  it('shows within 5 s that the broker was killed, and starts it again', async () => {
    const { statusBar, notifications } = vscode.workbench;
    const pid = brokerPid(vscode.server);
    const killed = Date.now();
    process.kill(pid, 'SIGKILL');
    await statusBar.waitText(ITEM, 'Kafka: Failed', 5_000);
    const tookMs = Date.now() - killed;
    assert.ok(tookMs < 5_000, `${tookMs} ms`);
    await notifications.waitFor(/ended by signal SIGKILL/);
    assert.deepEqual(await notifications.buttons(/SIGKILL/), ['Start Again', 'Show Broker Log']);
    await vscode.workbench.screenshot('statusbar-failed');
    await notifications.press(/SIGKILL/, 'Start Again');
    await statusBar.waitText(ITEM, /Kafka :\d+/);
    assert.notEqual(brokerPid(vscode.server), pid);
  });

  it('says that it is stopped, without a notice', async () => {
    const { workbench } = vscode;
    const pid = brokerPid(vscode.server);
    await workbench.palette('Kafka: Stop Kafka');
    await workbench.statusBar.waitText(ITEM, 'Kafka: Stopped');
    await until(() => !isAlive(pid), { deadlineMs: 10_000, what: 'the broker to be gone' });
    assert.deepEqual(
      (await workbench.notifications.messages()).filter((text) => /ended/.test(text)),
      [],
    );
  });
});
