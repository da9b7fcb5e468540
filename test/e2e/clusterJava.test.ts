import assert from 'node:assert/strict';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { brokerPids, isAlive } from '../support/vscode/playground';
import { type KafkaDist, realKafka } from '../support/real/kafkaDist';
import { until } from '../support/until';
import { useWorkbench } from '../support/vscode/useWorkbench';

describe('Apache Kafka with Java', () => {
  let kafka: KafkaDist;
  const vscode = useWorkbench({ settings: { 'localKafka.kafka.port': 0, 'localKafka.api.port': 0 } });

  before('sets the folders of Kafka and Java', async function () {
    this.timeout(300_000);
    kafka = await realKafka('4');
  });

  /** Settings of scope `machine` are those of the server's machine, not of the user's. */
  const writeMachineSettings = async (settings: Readonly<Record<string, string | number>>): Promise<void> => {
    const folder = join(vscode.server.dataDir, 'Machine');
    await mkdir(folder, { recursive: true });
    const ports = { 'localKafka.kafka.port': 0, 'localKafka.api.port': 0 };
    await writeFile(join(folder, 'settings.json'), JSON.stringify({ ...ports, ...settings }));
    await vscode.workbench.reload();
  };
  const startJava = async (): Promise<void> => {
    const { workbench } = vscode;
    await workbench.palette('Kafka: Start Kafka');
    await workbench.quickInput.waitFor('Which Kafka?');
    await workbench.quickInput.choose('Apache Kafka with Java');
  };

  it('says what is missing where there is no Java, and starts nothing', async () => {
    const { workbench, server } = vscode;
    await writeMachineSettings({
      'localKafka.java.home': '/nowhere',
      'localKafka.java.kafkaHome': kafka.home,
    });
    await startJava();
    const text = await Promise.race([workbench.dialog.text(), workbench.notifications.waitFor(/No Java/)]);
    assert.match(text, /No Java 17 or later was found/);
    await workbench.screenshot('cluster-java-missing');
    assert.deepEqual(brokerPids(server).filter(isAlive), []);
  });

  it('starts, restarts and stops', async () => {
    const { workbench, server } = vscode;
    await writeMachineSettings({
      'localKafka.java.home': kafka.javaHome,
      'localKafka.java.kafkaHome': kafka.home,
    });
    await startJava();
    await workbench.statusBar.waitText('status', /Kafka :\d+/, 60_000);
    const [first] = brokerPids(server).filter(isAlive);
    assert.ok(first !== undefined);
    await workbench.screenshot('cluster-java');
    await workbench.palette('Kafka: Restart Kafka');
    await until(() => !isAlive(first), { deadlineMs: 15_000, what: 'the end of the former broker' });
    const second = await until(() => brokerPids(server).find(isAlive), {
      deadlineMs: 60_000,
      what: 'another broker',
    });
    await workbench.statusBar.waitText('status', /Kafka :\d+/, 60_000);
    await workbench.palette('Kafka: Stop Kafka');
    await until(() => !isAlive(second), { deadlineMs: 15_000, what: 'the end of the broker' });
    await workbench.statusBar.waitText('status', /Stopped/);
  });
});
