import assert from 'node:assert/strict';
import { type JavaBroker, startJavaBroker } from '../support/real/javaBroker';
import { realKafka } from '../support/real/kafkaDist';
import { commitGroups, createManyTopics, manyTopicsProperties } from '../support/real/manyTopics';
import { useWorkbench } from '../support/vscode/useWorkbench';

const COUNT = 10_000;
const named = (kind: string) =>
  Array.from({ length: COUNT }, (_, n) => `${kind}-${String(n).padStart(5, '0')}`);

describe('Trees of 10,000 topics and groups', function () {
  this.timeout(300_000);
  const vscode = useWorkbench({ settings: { 'localKafka.api.enabled': false } });
  let broker: JavaBroker;

  before(async () => {
    broker = await startJavaBroker(await realKafka('4'), {
      properties: manyTopicsProperties,
      jvmArgs: ['-Xmx1G', '-XX:+UseG1GC'],
    });
    await createManyTopics(broker.bootstrap, named('topic'));
    const offsets = new Map([['topic-00000', new Map([[0, 0]])]]);
    await commitGroups(broker.bootstrap, new Map(named('group').map((name) => [name, offsets])));
  });

  after(async () => {
    await broker.dispose();
  });

  /** ms until something is shown. */
  async function timed(what: string, work: () => Promise<unknown>): Promise<number> {
    const began = performance.now();
    await work();
    const ms = Math.round(performance.now() - began);
    process.stdout.write(`      ${what}: ${ms} ms\n`);
    return ms;
  }

  it('stay quick: shown, refreshed, narrowed, opened', async () => {
    const { workbench } = vscode;
    const { sidebar, quickInput } = workbench;
    await sidebar.open('Kafka');
    await workbench.palette('Kafka: Add Cluster…');
    await quickInput.waitFor('What kind of cluster?');
    await quickInput.accept();
    await quickInput.waitMessage(/Name of the cluster/);
    await quickInput.answer('many');
    await quickInput.waitMessage(/Bootstrap servers/);
    await quickInput.answer(broker.bootstrap);
    await quickInput.waitFor(/security\.protocol/);
    await quickInput.accept();
    await quickInput.waitFor(/Test the connection/);
    await quickInput.accept();
    await quickInput.waitFor('The connection works');
    await quickInput.accept();
    await quickInput.waitClosed();
    const services = sidebar.view('Services');
    await services.row('many').waitText(/connected/);
    const topics = sidebar.view('Topics');
    const groups = sidebar.view('Consumer Groups');
    await topics.expand();
    await topics.row('topic-00000').waitText('empty');
    await groups.row('group-00000').waitText(/lag 0/);

    await sidebar.hide();
    const shown = await timed('view opened until topics are shown', async () => {
      await sidebar.open('Kafka');
      await topics.row('topic-00000').waitText('empty');
    });
    await timed('row opened until its partition is shown', async () => {
      await topics.row('topic-00000').expand();
      await topics.row('0').waitFor();
    });
    await topics.row('topic-00000').collapse();
    await workbench.palette('Kafka: Filter Topics…');
    await quickInput.waitFor('Filter Topics');
    const narrowed = await timed('filter typed until the tree follows', async () => {
      await quickInput.type('topic-0999');
      await topics.row('topic-09999').waitText('empty');
    });
    await topics.pane.getByText('filter: topic-0999, 10 of 10,000').waitFor();
    await workbench.screenshot('tree-many');
    await quickInput.cancel();
    await workbench.palette('Kafka: Show Internal Topics');
    await workbench.palette('Kafka: Filter Topics…');
    await quickInput.waitFor('Filter Topics');
    await quickInput.answer('__consumer');
    await topics.row('__consumer_offsets').waitText('internal');
    assert.match(
      await topics.row('__consumer_offsets').screenReaderLabel(),
      /^Internal topic __consumer_offsets/,
    );
    await workbench.palette('Kafka: Hide Internal Topics');
    assert.match(await topics.welcome(), /No topic matches the filter/);
    assert.ok(shown < 3_000, 'shown with room for a loaded machine');
    assert.ok(narrowed < 3_000, 'narrowed with room for a loaded machine');
  });
});
