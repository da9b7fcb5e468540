import assert from 'node:assert/strict';
import { kcat, kcatConsume } from '../support/real/tools';
import { inEachTheme } from '../support/vscode/themes';
import { startPlayground } from '../support/vscode/playground';
import { useWorkbench } from '../support/vscode/useWorkbench';

const lines = Array.from({ length: 10_000 }, (_, i) => `{"n":${i}}`).join('\n');

describe('Messages by commands', () => {
  const vscode = useWorkbench({
    settings: {
      'localKafka.kafka.port': 0,
      'localKafka.api.port': 0,
      // In a browser it is on, and of three toasts about ports a fourth one is not seen.
    },
    builtins: ['log', 'json'],
    files: { 'order.json': '{"id": 9007199254740993,\n "text": "ä😀"}\n', 'many.ndjson': lines },
  });
  let bootstrap = '';

  before(async () => {
    bootstrap = await startPlayground(vscode.workbench);
    await vscode.workbench.sidebar.open('Kafka');
    const { sidebar, quickInput, notifications } = vscode.workbench;
    for (const name of ['orders', 'many']) {
      await vscode.workbench.palette('Kafka: Create Topic…');
      await quickInput.waitFor(/Create Topic \(1/);
      await quickInput.answer(name);
      await quickInput.waitMessage(/Number of partitions/);
      await quickInput.answer('3');
      await quickInput.waitFor('Create it, or choose a config entry to set first');
      await quickInput.choose('Create Topic');
      await notifications.waitFor(`Topic ${name} was created.`);
      await notifications.close(`Topic ${name} was created.`);
    }
    await sidebar.view('Topics').row('orders').waitFor();
  });

  it('sends what is selected in the editor, byte for byte, and shows it', async () => {
    const { workbench } = vscode;
    const { editors, quickInput, notifications } = workbench;
    await editors.openFile('order.json');
    await editors.selectAll();
    await workbench.palette('Kafka: Produce Editor Content…');
    await quickInput.waitFor('Choose a topic; type to search');
    await quickInput.choose('orders');
    await quickInput.waitFor('How is it to be sent?');
    assert.match(await quickInput.rowText('As One Message'), /valid JSON/);
    await workbench.screenshot('produce-editor');
    await quickInput.choose('As One Message');
    await notifications.waitFor(/Sent to partition \d at offset 0\./);
    const [record] = await kcatConsume(bootstrap, 'orders');
    assert.equal(record?.value?.toString('utf8'), '{"id": 9007199254740993,\n "text": "ä😀"}\n');
    assert.equal(record.key, null);
    await notifications.press(/Sent to partition/, 'Show');
    await editors.waitText('"id": 9007199254740993');
    await editors.waitTab(/orders-\d latest\.log/);
  });

  it('sends a message that is typed, with key and headers, and a tombstone', async () => {
    const { workbench } = vscode;
    const { quickInput, notifications, sidebar } = workbench;
    const row = sidebar.view('Topics').row('orders');
    await row.action('Produce Message…');
    await quickInput.waitFor('What is to be sent?');
    await quickInput.choose('Type It');
    await quickInput.waitMessage(/^Key/);
    await quickInput.answer('k1');
    await quickInput.waitMessage(/^Value/);
    await quickInput.type('{"a":');
    await quickInput.waitMessage(/Not JSON: line 1, column 6/);
    await quickInput.answer('{"a":1}');
    await quickInput.waitMessage(/^Header/);
    await quickInput.answer('trace: x:y');
    await quickInput.waitMessage(/^1 header\./);
    await quickInput.answer('');
    await quickInput.waitClosed();
    await notifications.waitFor(/Sent to partition/);
    await notifications.close(/Sent to partition/);
    await row.action('Produce Message…');
    await quickInput.waitFor('What is to be sent?');
    await quickInput.choose('Type It');
    await quickInput.waitMessage(/^Key/);
    await quickInput.answer('gone');
    await quickInput.waitMessage(/^Value/);
    await workbench.screenshot('produce-value');
    await quickInput.pressButton('Tombstone (null)');
    await quickInput.waitMessage(/^Header/);
    await quickInput.pressButton('Back');
    await quickInput.waitMessage(/^A tombstone \(null\) is chosen/);
    await quickInput.answer('');
    await quickInput.waitMessage(/^Header/);
    await quickInput.answer('');
    await quickInput.waitClosed();
    await notifications.waitFor(/Sent to partition/);
    const records = await kcatConsume(bootstrap, 'orders');
    const typed = records.find(({ key }) => key?.toString() === 'k1');
    assert.equal(typed?.value?.toString(), '{"a":1}');
    assert.equal(typed.headers, 'trace=x:y');
    assert.equal(records.find(({ key }) => key?.toString() === 'gone')?.value, null);
  });

  it('shows the latest messages as a text, hostile bytes escaped, and reads anew when it is asked again', async () => {
    const { workbench } = vscode;
    const { editors, sidebar } = workbench;
    await kcat(['-b', bootstrap, '-P', '-t', 'orders', '-p', '0', '-D', '|'], Buffer.from('a\u202eb\u0001c'));
    const row = sidebar.view('Topics').row('orders');
    await row.action('Show Latest Messages');
    await editors.waitTab('orders latest.log');
    const text = await editors.waitText('the newest 4 messages');
    assert.match(text, /^ {2}a\\u202eb\\x01c$/m);
    assert.match(text, /key="k1" {2}JSON, 7 B {2}\{"trace": "x:y"\}/);
    assert.match(text, /key="gone" {2}tombstone \(null\)/);
    await inEachTheme(workbench, async () => {
      await workbench.screenshot('messages-latest');
    });
    await kcat(['-b', bootstrap, '-P', '-t', 'orders', '-p', '0'], Buffer.from('later\n'));
    await row.action('Show Latest Messages');
    await editors.waitText('the newest 5 messages');
    const tabs = await editors.tabs();
    assert.equal(tabs.filter((tab) => /^orders.latest/.test(tab)).length, 1, JSON.stringify(tabs));
  });

  it('sends the 10,000 lines of a file', async () => {
    const { workbench } = vscode;
    const { quickInput, notifications, sidebar } = workbench;
    await sidebar.view('Topics').row('many').chooseFromMenu('Produce from File…');
    await quickInput.waitFor(/Produce from File/);
    await quickInput.choose('many.ndjson');
    await quickInput.waitFor(/Nothing has been sent yet/);
    await workbench.screenshot('produce-file');
    await quickInput.choose('Send 10,000 Lines, Each as a Message');
    await notifications.waitFor('10,000 messages were sent to topic many.');
    const values = (await kcatConsume(bootstrap, 'many')).map(({ value }) => value?.toString());
    assert.deepEqual(values.sort(), lines.split('\n').sort());
  });
});
