import assert from 'node:assert/strict';
import { spawnTracked } from '../support/real/children';
import { commitGroups, createManyTopics } from '../support/real/manyTopics';
import { realPart } from '../support/real/realPart';
import { kcat } from '../support/real/tools';
import { until } from '../support/until';
import { assertAccessible } from '../support/vscode/accessibility';
import { signalProcess } from '../support/vscode/processesOf';
import { startPlayground } from '../support/vscode/playground';
import { inEachTheme } from '../support/vscode/themes';
import type { TreeView } from '../support/vscode/treeView';
import { useWorkbench } from '../support/vscode/useWorkbench';

/** Names that are icons, Markdown, HTML, members of every object, or turn the text around. */
const hostile: readonly (readonly [string, string])[] = [
  ['$(zap) x', '$(zap) x'],
  ['**bold**', '**bold**'],
  ['<img src=x onerror=alert(1)>', '<img src=x onerror=alert(1)>'],
  ['[a](command:workbench.action.quit)', '[a](command:workbench.action.quit)'],
  ['__proto__', '__proto__'],
  ['a\u0001\nb\u202etxt', 'a\\x01\\x0ab\\u202etxt'],
];

describe('Trees', () => {
  const vscode = useWorkbench({
    settings: {
      'localKafka.kafka.port': 0,
      'localKafka.api.port': 0,
      'localKafka.views.refreshSeconds': 1,
    },
  });
  let bootstrap = '';
  let services: TreeView;
  let topics: TreeView;
  let groups: TreeView;

  before(async () => {
    const { sidebar } = vscode.workbench;
    bootstrap = await startPlayground(vscode.workbench);
    await sidebar.open('Kafka');
    services = sidebar.view('Services');
    topics = sidebar.view('Topics');
    groups = sidebar.view('Consumer Groups');
    await Promise.all([services, topics, groups].map((view) => view.expand()));
    // Where the button was is a row now, with a tooltip over others.
    await vscode.workbench.page.mouse.move(640, 300);
  });

  /** Waits until the last row is this one: it is in the page only while it is scrolled to. */
  async function scrolledTo(label: string): Promise<void> {
    await until(
      async () => {
        await topics.scrollToEnd();
        return (await topics.rows()).at(-1) === label;
      },
      { deadlineMs: 20_000, what: `the last topic row to be ${label}`, everyMs: 200 },
    );
  }

  it('shows the cluster with its brokers, and the API', async () => {
    const rows = await services.waitRows(
      (labels) => labels.some((label) => /^ +Broker/.test(label)),
      'a broker',
    );
    assert.deepEqual(rows, ['Playground', '  Bootstrap', '  Broker 0', 'REST API']);
    const cluster = services.row('Playground');
    assert.equal(await cluster.description(), 'running, kfake');
    assert.equal(await cluster.screenReaderLabel(), 'Cluster Playground, running, kfake');
    assert.equal(await services.row('Bootstrap').description(), bootstrap);
    assert.equal(await services.row('Broker 0').description(), `${bootstrap}, controller`);
    await services.row('REST API').waitText(/127\.0\.0\.1:\d+/);
    assert.deepEqual(await services.row('REST API').actions(), ['Open API Docs']);
    assert.match(await cluster.tooltip(), /kfake, not Apache Kafka[^]+Up for \d+ s/);
  });

  it('says what there is to do where there are no topics and no groups', async () => {
    assert.match(await topics.welcome(), /There are no topics yet\.\nCreate Topic…/);
    assert.match(await groups.welcome(), /There are no consumer groups yet\./);
  });

  it('shows topics with how much is in them, and their partitions', async () => {
    await createManyTopics(bootstrap, ['orders', 'orders.dlq', 'a.orders', 'payments', '__proto__'], {
      partitions: 3,
    });
    await kcat(['-b', bootstrap, '-P', '-t', 'orders', '-p', '1'], Buffer.from('x\n'.repeat(1_250)));
    await topics.row('orders').waitText(/1\.2k/);
    const orders = topics.row('orders');
    assert.equal(await orders.screenReaderLabel(), 'Topic orders, 1,250 messages, 3 partitions');
    assert.match(
      await orders.tooltip(),
      /orders\n3 partitions\n1 replica\nAt most 1,250 messages\nSize .+\nKept for 7 d/,
    );
    assert.equal(await topics.row('__proto__').description(), 'empty');
    await orders.expand();
    await topics.waitRows((labels) => labels.includes('  2'), 'partition 2');
    assert.equal(await topics.row('1').description(), '1,250 messages, leader 0, 0 … 1,250');
    assert.match(
      await topics.row('1').screenReaderLabel(),
      /Partition 1 of orders, Offsets 0 … 1,250, Leader: broker 0/,
    );
    await kcat(['-b', bootstrap, '-P', '-t', 'orders', '-p', '1'], Buffer.from('one more\n'));
    await topics.row('1').waitText(/1,251 messages/);
    await orders.collapse();
  });

  it('narrows topics as one types; Escape brings back what was, Enter keeps it', async () => {
    const { workbench } = vscode;
    const { quickInput } = workbench;
    await workbench.palette('Kafka: Filter Topics…');
    await quickInput.waitFor('Filter Topics');
    await quickInput.type('ord');
    const narrowed = ['orders', 'orders.dlq', 'a.orders'];
    assert.deepEqual(await topics.waitRows((labels) => labels.length === 3, 'three topics'), narrowed);
    await topics.pane.getByText('filter: ord, 3 of 5').waitFor();
    await quickInput.waitMessage(/3 of 5/);
    await workbench.screenshot('tree-filter');
    await quickInput.cancel();
    await topics.waitRows((labels) => labels.length === 5, 'all topics');

    await workbench.palette('Kafka: Filter Topics…');
    await quickInput.waitFor('Filter Topics');
    await quickInput.answer('DLQ');
    await topics.waitRows((labels) => labels.join() === 'orders.dlq', 'the one that matches');
    await workbench.palette('Kafka: Filter Topics…');
    await quickInput.waitFor('Filter Topics');
    await quickInput.answer('none of them');
    assert.match(await topics.welcome(), /No topic matches the filter\.\nClear Filter/);
    await topics.pressWelcome('Clear Filter');
    await topics.waitRows((labels) => labels.length === 5, 'all topics');
  });

  it('shows groups with their lag, and who reads', async () => {
    const at = (offset: number) => new Map([['orders', new Map([[1, offset]])]]);
    const names = hostile.map(([name]) => name);
    await commitGroups(bootstrap, new Map([...names, 'nightly'].map((name) => [name, at(51)])));
    await groups.row('nightly').waitText(/no members, lag 1,200/);
    assert.equal(
      await groups.row('nightly').screenReaderLabel(),
      'Consumer group nightly, no members, lag 1,200',
    );
    await groups.row('nightly').expand();
    await groups.waitRows((labels) => labels.includes('  No members'), 'that nobody reads');
    await groups.row('nightly').collapse();

    const properties = ['-X', 'client.id=$(zap)\u0001', '-X', 'auto.offset.reset=earliest'];
    const args = ['-b', bootstrap, ...properties, '-q', '-G', 'billing', 'orders'];
    const member = spawnTracked(await realPart('kcat.sh'), args);
    member.stdout.resume();
    try {
      await groups.row('billing').waitText(/lag/);
      await groups.row('billing').expand();
      await groups.row('$(zap)\\x01').waitText(/partitions 0 to 2 of orders, /);
      assert.match(
        await groups.row('$(zap)\\x01').screenReaderLabel(),
        /^Member \$\(zap\)\\x01, partitions 0 to 2/,
      );
    } finally {
      member.kill('SIGKILL');
    }
    await groups.row('billing').collapse();
  });

  it('says that a lag is growing', async () => {
    await kcat(['-b', bootstrap, '-P', '-t', 'orders', '-p', '1'], Buffer.from('x\n'.repeat(99)));
    await groups.row('nightly').waitText(/lag 1,299/);
    assert.match(await groups.row('nightly').description(), /no members, lag 1,299(, growing)?/);
  });

  it('shows hostile names as text, tooltips included', async () => {
    for (const [, shown] of hostile) {
      const row = groups.row(shown);
      await row.waitFor();
      // A row that is drawn anew takes its tooltip away.
      await until(async () => (await row.description()) === 'no members, lag 1,299', {
        ...{ deadlineMs: 10_000, what: `a lag of ${shown} that grows no more` },
      });
      assert.ok((await row.screenReaderLabel()).includes(shown));
      assert.ok((await row.tooltip()).startsWith(`${shown}\n`), `tooltip of ${shown}`);
    }
    assert.equal(await groups.pane.locator('img, strong, a[href], a[data-href]').count(), 0);
    assert.equal(await groups.pane.locator('.label-name .codicon').count(), 0);
  });

  it('is accessible in every theme', async () => {
    const { workbench } = vscode;
    await topics.row('orders').expand();
    await inEachTheme(workbench, async () => {
      await workbench.screenshot('tree-running');
      await assertAccessible(workbench.page, { within: '.part.sidebar .pane-body' });
    });
    await workbench.themes.use('dark');
    await topics.row('orders').collapse();
  });

  it('shows 200 at a time', async () => {
    const names = Array.from({ length: 450 }, (_, n) => `many-${String(n).padStart(3, '0')}`);
    await createManyTopics(bootstrap, names);
    await topics.waitRows((labels) => labels.includes('many-000'), 'the new topics');
    await topics.row('many-000').click();
    await scrolledTo('Show 200 More (255 not shown)');
    await topics.row('Show 200 More (255 not shown)').click();
    await scrolledTo('Show 55 More');
    await vscode.workbench.editors.closeAll();
  });

  it('says why a broker ended, and starts it again from its row', async () => {
    const { workbench } = vscode;
    const pid = /Process (\d+)/.exec(await services.row('Playground').tooltip())?.[1];
    signalProcess(Number(pid), 'SIGKILL');
    await services.row('The broker ended by signal SIGKILL.').waitFor();
    const rows = await services.rows();
    assert.equal(await services.row('Playground').description(), 'failed');
    assert.ok(
      rows.some((label) => label.startsWith('  Start it again:')),
      'the remedy is a row',
    );
    assert.match(
      await services.row('The broker ended by signal SIGKILL.').tooltip(),
      /SIGKILL\.\n+Start it again/,
    );
    assert.match(await topics.welcome(), /Services says why\.\nStart Again\nShow Broker Log/);
    await inEachTheme(workbench, async () => {
      await workbench.screenshot('tree-failed');
      // Two welcome views are regions of the same name, by VS Code.
      await assertAccessible(workbench.page, {
        ...{ within: '.part.sidebar .pane-body', withoutRules: ['landmark-unique'] },
      });
    });
    await workbench.themes.use('dark');
    await services.row('Start Again').click();
    await services.row('Playground').waitText(/running, kfake/);
    await topics.row('a.orders').waitText('empty');
  });
});
