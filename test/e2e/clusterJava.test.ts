import assert from 'node:assert/strict';
import { brokerPids, isAlive } from '../support/brokerPids';
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

  it('says what is missing where there is no Java, and starts nothing', async () => {
    const { workbench, server } = vscode;
    await server.writeSettings({
      'localKafka.java.home': '/nowhere',
      'localKafka.java.kafkaHome': kafka.home,
    });
    await workbench.reload();
    await workbench.palette('Kafka: Start Apache Kafka…');
    const text = await Promise.race([workbench.dialog.text(), workbench.notifications.waitFor(/No Java/)]);
    assert.match(text, /No Java 17 or later was found/);
    await workbench.screenshot('cluster-java-missing');
    assert.deepEqual(brokerPids(server).filter(isAlive), []);
  });

  it('starts, restarts and stops', async () => {
    const { workbench, server } = vscode;
    await server.writeSettings({
      'localKafka.java.home': kafka.javaHome,
      'localKafka.java.kafkaHome': kafka.home,
    });
    await workbench.reload();
    await workbench.palette('Kafka: Start Apache Kafka…');
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
