import assert from 'node:assert/strict';
import { kcat } from '../support/real/tools';
import { KafkaConnector } from '../../src/kafka/kafkaConnector';
import { createLogger } from '../../src/base/logger';
import { startPlayground } from '../support/vscode/playground';
import { useWorkbench } from '../support/vscode/useWorkbench';
import { until } from '../support/until';

describe('Topics by commands', () => {
  const vscode = useWorkbench({
    settings: {
      'localKafka.kafka.port': 0,
      'localKafka.api.port': 0,
      // In a browser it is on, and of three toasts about ports a fourth one is not seen.
    },
    builtins: ['ini', 'log', 'json'],
  });
  let bootstrap = '';

  before(async () => {
    bootstrap = await startPlayground(vscode.workbench);
    await vscode.workbench.sidebar.open('Kafka');
  });

  async function replaceText(text: string): Promise<void> {
    const { editors, page } = vscode.workbench;
    await page.evaluate(`navigator.clipboard.writeText(${JSON.stringify(text)})`);
    await editors.selectAll();
    await page.keyboard.press('Control+v');
  }

  async function topicsOfKcat(): Promise<string[]> {
    const listed = (await kcat(['-b', bootstrap, '-L'])).toString('utf8');
    return [...listed.matchAll(/topic "([^"]+)" with (\d+) partitions/g)]
      .map(([, name, partitions]) => `${String(name)}:${String(partitions)}`)
      .sort();
  }

  async function create(name: string, partitions = '3'): Promise<void> {
    const { workbench } = vscode;
    const { quickInput } = workbench;
    await workbench.palette('Kafka: Create Topic…');
    await quickInput.waitFor(/Create Topic \(1/);
    await quickInput.answer(name);
    await quickInput.waitMessage(/Number of partitions/);
    await quickInput.answer(partitions);
    await quickInput.waitFor('Create it, or choose a config entry to set first');
    await quickInput.choose('Create Topic');
    await workbench.notifications.waitFor(`Topic ${name} was created.`);
    await workbench.notifications.close(`Topic ${name} was created.`);
  }

  it('creates a topic, telling what is wrong with a name while it is typed', async () => {
    const { workbench } = vscode;
    const { quickInput, notifications } = workbench;
    await create('orders.eu');
    await workbench.palette('Kafka: Create Topic…');
    await quickInput.waitFor(/Create Topic \(1/);
    await quickInput.type('a b');
    await quickInput.waitMessage(/may only hold/);
    assert.equal(await quickInput.isRefused(), true);
    await quickInput.type('orders.eu');
    await quickInput.waitMessage(/There is a topic orders\.eu already/);
    await quickInput.type('orders_eu');
    await quickInput.waitMessage(/collides with topic orders\.eu/);
    await quickInput.accept();
    await quickInput.waitMessage(/collides/);
    await workbench.screenshot('topic-create-name');
    await quickInput.answer('orders');
    await quickInput.waitMessage(/Number of partitions/);
    await quickInput.type('0');
    await quickInput.waitMessage(/from 1 to 10,000/);
    await quickInput.answer('2');
    await quickInput.waitFor('Create it, or choose a config entry to set first');
    await quickInput.type('retention.ms');
    await workbench.screenshot('topic-create-configs');
    await quickInput.choose('retention.ms');
    await quickInput.waitMessage(/Value of retention\.ms/);
    await quickInput.answer('nonsense');
    await quickInput.waitFor('Create it, or choose a config entry to set first');
    await quickInput.choose('Create Topic');
    // The broker refuses it before anything is made, and the answers are kept to correct them.
    await notifications.waitFor(/retention\.ms/);
    assert.ok(!(await topicsOfKcat()).includes('orders:2'));
    await notifications.press(/retention\.ms/, 'Correct It');
    await quickInput.waitFor(/Create Topic \(1/);
    await quickInput.accept();
    await quickInput.waitMessage(/Number of partitions/);
    await quickInput.accept();
    await quickInput.waitFor('Create it, or choose a config entry to set first');
    await quickInput.type('retention.ms');
    await quickInput.choose('retention.ms');
    await quickInput.waitMessage(/Value of retention\.ms/);
    await quickInput.answer('86400000');
    await quickInput.waitFor('Create it, or choose a config entry to set first');
    await quickInput.choose('Create Topic');
    await notifications.waitFor('Topic orders was created.');
    assert.ok((await topicsOfKcat()).includes('orders:2'));
    await workbench.sidebar.view('Topics').row('orders').waitFor();
  });

  it('takes names that are members of objects', async () => {
    await create('__proto__', '1');
    await create('constructor', '1');
    const listed = await topicsOfKcat();
    assert.ok(listed.includes('__proto__:1') && listed.includes('constructor:1'), listed.join());
  });

  it('changes one key of a config, after showing what changes', async () => {
    const { workbench } = vscode;
    const { quickInput, editors, dialog, notifications } = workbench;
    const gateway = await new KafkaConnector(createLogger(() => {})).connect({
      bootstrap: [bootstrap],
    });
    try {
      await gateway.alterTopicConfig('orders', { 'cleanup.policy': 'compact' });
      const overrides = async (): Promise<Record<string, string | null>> =>
        Object.fromEntries(
          (await gateway.describeTopicConfig('orders'))
            .filter(({ source }) => source === 'topic')
            .map(({ name, value }) => [name, value]),
        );
      await workbench.palette('Kafka: Show Topic Config');
      await quickInput.waitFor('Choose a topic; type to search');
      await quickInput.type('orders');
      await quickInput.choose('orders');
      await editors.waitTab('orders.properties');
      const text = await editors.waitText('retention.ms=86400000');
      assert.match(text, /Set for this topic/);
      await workbench.screenshot('topic-config');
      // Meanwhile somebody else changes another key.
      await gateway.alterTopicConfig('orders', { 'max.message.bytes': '2000000' });
      await replaceText('cleanup.policy=compact\nretention.ms=60000\n');
      await workbench.page.keyboard.press('Control+s');
      assert.match(await dialog.text(), /retention\.ms: 86400000 → 60000/);
      assert.match(await dialog.text(), /somebody else[^]*max\.message\.bytes: default → 2000000/);
      assert.doesNotMatch(await dialog.text(), /cleanup/);
      await workbench.screenshot('topic-config-review');
      await dialog.press('Apply');
      await notifications.waitFor(/Applied to topic orders: retention\.ms: 86400000 → 60000/);
      assert.deepEqual(await overrides(), {
        'cleanup.policy': 'compact',
        'max.message.bytes': '2000000',
        'retention.ms': '60000',
      });
      // The text is what is set now, and nothing is left to save.
      await editors.waitTab('orders.properties');
      await editors.waitText('max.message.bytes=2000000');
      await workbench.page.keyboard.press('Control+s');
      await notifications.waitFor('Nothing is changed in the config of topic orders.');
    } finally {
      gateway.dispose();
    }
  });

  it('a config that the broker refuses stays as it is, and the text stays to be corrected', async () => {
    const { workbench } = vscode;
    const { editors, dialog, notifications, page } = workbench;
    await replaceText('cleanup.policy=compact\nretention.ms=soon\nmax.message.bytes=2000000\n');
    await workbench.palette('Kafka: Review and Apply Topic Config…');
    await dialog.press('Apply');
    await notifications.waitFor(/retention\.ms/);
    await workbench.screenshot('topic-config-refused');
    await page.locator('.tabs-container .tab.dirty').first().waitFor();
    await workbench.palette('Kafka: Review and Apply Topic Config…');
    await dialog.press('Discard Edits');
    await page.locator('.tabs-container .tab.dirty').first().waitFor({ state: 'detached' });
    await editors.waitText('retention.ms=60000');
    await editors.closeAll();
  });

  it('adds partitions, never fewer', async () => {
    const { workbench } = vscode;
    const { quickInput, notifications, sidebar } = workbench;
    const row = sidebar.view('Topics').row('orders');
    await row.chooseFromMenu('Add Partitions…');
    await quickInput.waitMessage(/has 2 partitions/);
    await quickInput.type('2');
    await quickInput.waitMessage(/from 3 to 10,000/);
    await quickInput.answer('5');
    await notifications.waitFor('Topic orders has 5 partitions now.');
    assert.ok((await topicsOfKcat()).includes('orders:5'));
  });

  it('empties a topic after its name was typed', async () => {
    const { workbench } = vscode;
    const { quickInput, notifications, sidebar } = workbench;
    await kcat(['-b', bootstrap, '-P', '-t', 'constructor'], Buffer.from('a\nb\nc\n'));
    await sidebar.view('Topics').row('constructor').chooseFromMenu('Empty Topic…');
    await quickInput.waitMessage(/Topic constructor loses all its messages \(3 messages\)/);
    await quickInput.answer('constructo');
    await quickInput.waitMessage(/Type "constructor" to confirm, or press Escape/);
    await quickInput.answer('constructor');
    await notifications.waitFor('Topic constructor is empty.');
    const left = await kcat(['-b', bootstrap, '-C', '-t', 'constructor', '-e', '-q', '-o', 'beginning']);
    assert.equal(left.length, 0);
  });

  it('deletes two topics after what was asked for was typed, and nothing before', async () => {
    const { workbench } = vscode;
    const { quickInput, notifications } = workbench;
    const before = await topicsOfKcat();
    await workbench.palette('Kafka: Delete Topic…');
    await quickInput.waitFor('Choose topics; type to search');
    await quickInput.choose('__proto__');
    await quickInput.type('constr');
    await quickInput.choose('constructor');
    await workbench.screenshot('topic-delete-pick');
    await quickInput.accept();
    await quickInput.waitMessage(/2 topics are deleted with all their messages: __proto__, constructor/);
    await quickInput.answer('delete 2 topic');
    await quickInput.waitMessage(/or press Escape/);
    await workbench.screenshot('topic-delete-confirm');
    await quickInput.cancel();
    assert.deepEqual(await topicsOfKcat(), before);

    await workbench.palette('Kafka: Delete Topic…');
    await quickInput.waitFor('Choose topics; type to search');
    await quickInput.choose('__proto__');
    await quickInput.type('constr');
    await quickInput.choose('constructor');
    await quickInput.accept();
    await quickInput.waitMessage(/2 topics/);
    await quickInput.answer('delete 2 topics');
    await notifications.waitFor('2 topics were deleted.');
    await until(async () => !(await topicsOfKcat()).some((one) => /^(__proto__|constructor):/.test(one)), {
      deadlineMs: 5_000,
      what: 'both topics to be gone',
    });
    assert.ok((await topicsOfKcat()).includes('orders:5'));
  });
});
