import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';
import { type KafkaDist, realKafka } from '../support/real/kafkaDist';
import { until } from '../support/until';
import { brokerPid, brokerPids, storageOf } from '../support/vscode/playground';
import type { VscodeServer } from '../support/vscode/server';
import { useWorkbench } from '../support/vscode/useWorkbench';

const RUNNING = /Kafka :\d+/;

/** Java processes that run a broker on data of this server, whether or not a record tells of them. */
function javaBrokers(server: VscodeServer): number[] {
  const storage = storageOf(server);
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .filter((pid) => {
      try {
        const command = readFileSync(`/proc/${pid}/cmdline`, 'utf8');
        return command.includes('kafka.Kafka') && command.includes(storage);
      } catch {
        return false;
      }
    })
    .map(Number);
}

describe('A window that is reloaded while Kafka starts', () => {
  let kafka: KafkaDist;
  const vscode = useWorkbench({ settings: { 'localKafka.kafka.port': 0, 'localKafka.api.port': 0 } });

  before('names the folders of Kafka and Java', async function () {
    this.timeout(300_000);
    kafka = await realKafka('4');
    await vscode.server.writeSettings({
      'localKafka.java.home': kafka.javaHome,
      'localKafka.java.kafkaHome': kafka.home,
    });
    await vscode.workbench.reload();
  });

  /** One broker runs, of which the tree, the status bar and the records say the same. */
  const assertOne = async (): Promise<void> => {
    const { workbench, server } = vscode;
    await workbench.statusBar.waitText('status', RUNNING, 90_000);
    assert.deepEqual(javaBrokers(server), [brokerPid(server)]);
    await workbench.sidebar.open('Kafka');
    const services = workbench.sidebar.view('Services');
    const rows = await services.waitRows((all) => all.some((row) => /Broker/.test(row)), 'the broker');
    assert.deepEqual(
      rows.map((row) => row.trim()),
      ['Apache Kafka', 'Bootstrap', 'Broker 1', 'REST API'],
    );
    assert.deepEqual(
      (await workbench.notifications.messages()).filter((text) => /Kafka/.test(text)),
      [],
    );
  };

  it('as soon as it starts', async () => {
    const { workbench, server } = vscode;
    await workbench.palette('Kafka: Start Kafka');
    await workbench.quickInput.waitFor('Which Kafka?');
    await workbench.quickInput.choose('Apache Kafka with Java');
    await workbench.statusBar.waitText('status', /Starting/);
    await workbench.reload();
    await assertOne();
    await workbench.palette('Kafka: Stop Kafka');
    await workbench.statusBar.waitText('status', /Stopped/);
    await until(() => javaBrokers(server).length === 0, {
      deadlineMs: 15_000,
      what: 'the end of the broker',
    });
    assert.deepEqual(brokerPids(server), []);
  });

  it('when its broker process is there already, and does not answer yet', async () => {
    const { workbench, server } = vscode;
    await workbench.palette('Kafka: Start Kafka');
    await until(() => javaBrokers(server).length > 0, {
      deadlineMs: 60_000,
      everyMs: 20,
      what: 'a broker process',
    });
    assert.match(await workbench.statusBar.text('status'), /Starting/);
    await workbench.reload();
    await assertOne();
  });

  it('and again in the middle of what it takes up', async () => {
    const { workbench } = vscode;
    await workbench.palette('Kafka: Stop Kafka');
    await workbench.statusBar.waitText('status', /Stopped/);
    await workbench.palette('Kafka: Start Kafka');
    await workbench.statusBar.waitText('status', /Starting/);
    await workbench.reload();
    await workbench.statusBar.waitText('status', /Starting|Kafka :\d+/, 30_000);
    await workbench.reload();
    await assertOne();
  });

  it('is told of a start on opening that fails, and not that Java is missing where Kafka is', async () => {
    const { workbench, server } = vscode;
    const { notifications } = workbench;
    await workbench.palette('Kafka: Stop Kafka');
    await workbench.statusBar.waitText('status', /Stopped/);
    await server.writeSettings({
      'localKafka.kafka.startOnOpen': 'active',
      'localKafka.java.home': kafka.javaHome,
      'localKafka.java.kafkaHome': '/nowhere',
    });
    await workbench.reload();
    const text = await notifications.waitFor(/\/nowhere does not hold a usable Apache Kafka/);
    assert.deepEqual(await notifications.buttons(text), ['Start Again', 'Show Broker Log']);
    await workbench.sidebar.open('Kafka');
    const services = workbench.sidebar.view('Services');
    const rows = await services.waitRows(
      (all) => all.some((row) => /Start Again/.test(row)),
      'what mends it',
    );
    assert.ok(rows.some((row) => /Start Playground/.test(row)));
    assert.ok(!rows.some((row) => /Choose the Folder of Java/.test(row)), rows.join('\n'));
    await workbench.screenshot('start-on-open-failed');
    assert.deepEqual(javaBrokers(server), []);
  });
});
