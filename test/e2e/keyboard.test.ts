import assert from 'node:assert/strict';
import { brokerPids, isAlive } from '../support/vscode/playground';
import { kcatConsume } from '../support/real/tools';
import { until } from '../support/until';
import { useWorkbench } from '../support/vscode/useWorkbench';

/** The main job of the extension, with the mouse unplugged: only keys are pressed, and what is shown is looked at. */
describe('The main job by keyboard alone', () => {
  const vscode = useWorkbench({ settings: { 'localKafka.kafka.port': 0, 'localKafka.api.port': 0 } });
  const value = '{"order":9007199254740993,"to":"Zürich"}';

  const press = async (...keys: readonly string[]): Promise<void> => {
    for (const key of keys) await vscode.workbench.page.keyboard.press(key);
  };
  const type = (text: string): Promise<void> => vscode.workbench.page.keyboard.insertText(text);

  /** Runs a command as one does by keyboard: F1, its name, down to its row, Enter. */
  async function run(title: string): Promise<void> {
    const { quickInput } = vscode.workbench;
    await quickInput.openPalette('>');
    await type(title);
    await quickInput.row(title).waitFor();
    const rows = (await quickInput.labels()).indexOf(title);
    for (let i = 0; i < rows; i++) await press('ArrowDown');
    await press('Enter');
  }

  it('starts Kafka', async () => {
    const { quickInput, statusBar } = vscode.workbench;
    await run('Kafka: Start Kafka');
    await quickInput.waitFor('Which Kafka?');
    await quickInput.row('Playground').waitFor();
    await press('Enter');
    await statusBar.waitText('status', /Kafka :\d+/, 60_000);
  });

  it('creates a topic', async () => {
    const { quickInput, notifications } = vscode.workbench;
    await run('Kafka: Create Topic…');
    await quickInput.waitFor(/Create Topic \(1/);
    await type('orders');
    await press('Enter');
    await quickInput.waitMessage(/Number of partitions/);
    await press('Enter');
    await quickInput.waitFor('Create it, or choose a config entry to set first');
    await quickInput.rows.first().waitFor();
    await press('Enter');
    await notifications.waitFor('Topic orders was created.');
  });

  it('produces what is in the editor, and kcat reads exactly that', async () => {
    const { quickInput, notifications, editors } = vscode.workbench;
    await run('File: New Untitled Text File');
    await editors.waitTab(/Untitled/);
    await type(value);
    await editors.waitText(/Zürich/);
    await run('Kafka: Produce Editor Content…');
    await quickInput.waitFor(/Produce Editor Content/);
    await quickInput.row('orders').waitFor();
    await press('Enter');
    await notifications.waitFor(/Sent to partition \d at offset 0/);
    const read = await kcatConsume(await address(), 'orders');
    assert.deepEqual(
      read.map((record) => record.value?.toString()),
      [value],
    );
  });

  it('goes through the tree, and opens the newest messages of a topic', async () => {
    const { page, editors, sidebar } = vscode.workbench;
    // The first one opens the view, whose rows come a moment later; the second one finds them.
    await run('Kafka: Focus on Topics View');
    await sidebar.view('Topics').row('orders').waitFor();
    await run('Kafka: Focus on Topics View');
    await until(
      () => page.evaluate<boolean>(`document.activeElement?.matches('.part.sidebar .monaco-list') === true`),
      {
        deadlineMs: 10_000,
        what: 'the focus in the view',
      },
    );
    await press('Home', 'Enter');
    await editors.waitTab(/^orders/);
    await editors.waitText(/9007199254740993/);
    await vscode.workbench.screenshot('keyboard-latest');
  });

  it('stops Kafka, and its process is gone', async () => {
    const pids = brokerPids(vscode.server).filter(isAlive);
    assert.equal(pids.length, 1);
    await run('Kafka: Stop Kafka');
    await vscode.workbench.statusBar.waitText('status', /Stopped/);
    await until(() => !pids.some(isAlive), { deadlineMs: 10_000, what: 'the end of the broker' });
  });

  /** Where the broker listens, as the status bar says it. */
  async function address(): Promise<string> {
    const [, port] = /:(\d+)/.exec(await vscode.workbench.statusBar.text('status')) ?? [];
    assert.ok(port !== undefined);
    return `127.0.0.1:${port}`;
  }
});
