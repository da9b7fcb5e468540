import assert from 'node:assert/strict';
import { startPlayground } from '../support/vscode/playground';
import { useWorkbench } from '../support/vscode/useWorkbench';

describe('Terminal', () => {
  const vscode = useWorkbench();

  it('reaches Kafka and the API by the variables alone', async () => {
    const { workbench } = vscode;
    await startPlayground(workbench);
    const { terminal } = workbench;
    await terminal.open();
    await terminal.run('echo "at=$KAFKA_BOOTSTRAP_SERVERS"');
    await terminal.waitText(/at=127\.0\.0\.1:\d+/);
    await terminal.run('curl -s -K "$LOCAL_KAFKA_CURLRC" "$LOCAL_KAFKA_API_URL/topics" | cut -c1-40');
    await terminal.waitText(/"success": ?true/);
  });

  it('holds no key', async () => {
    const { terminal } = vscode.workbench;
    await terminal.run('clear; env | grep -c lkm_; echo counted');
    assert.match(await terminal.waitText(/^counted$/m), /^0$/m);
  });

  it('forgets the address of a cluster that is stopped', async () => {
    const { workbench } = vscode;
    await workbench.palette('Kafka: Stop Kafka');
    await workbench.statusBar.waitText('status', 'Stopped');
    await workbench.terminal.open();
    await workbench.terminal.run('echo "at=[$KAFKA_BOOTSTRAP_SERVERS] api=[${LOCAL_KAFKA_API_URL%%:*}]"');
    await workbench.terminal.waitText('at=[] api=[http]');
  });
});
