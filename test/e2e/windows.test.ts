import assert from 'node:assert/strict';
import { until } from '../support/until';
import { brokerPid, brokerPids, startPlayground } from '../support/vscode/playground';
import { useWorkbench } from '../support/vscode/useWorkbench';

const RUNNING = /Kafka :\d+/;

describe('Windows', () => {
  const vscode = useWorkbench();

  it('a reload keeps the broker', async () => {
    const { workbench, server } = vscode;
    await startPlayground(workbench);
    const pid = brokerPid(server);
    await workbench.reload();
    await workbench.statusBar.waitText('status', RUNNING);
    assert.equal(brokerPid(server), pid);
  });

  it('two share one broker and one API, and the API moves within 3 s when its window closes', async () => {
    const { workbench: first, server } = vscode;
    const pid = brokerPid(server);
    const second = await first.openWindow();
    await second.statusBar.waitText('status', RUNNING);
    assert.equal(brokerPid(server), pid);
    const port = /REST API\s+127\.0\.0\.1:(\d+)/;
    const url = (text: string): string => `http://127.0.0.1:${port.exec(text)?.[1] ?? ''}/health`;
    const one = url(await first.statusBar.tooltip('status'));
    await until(async () => url(await second.statusBar.tooltip('status')) === one, {
      deadlineMs: 10_000,
      what: 'one API in both windows',
      everyMs: 200,
    });
    assert.equal((await fetch(one)).status, 200);
    const third = await second.openWindow();
    await third.statusBar.waitText('status', RUNNING);
    await first.close();
    const closed = Date.now();
    await until(async () => (await fetch(one)).status === 200, { deadlineMs: 3_000, what: 'the API again' });
    assert.ok(Date.now() - closed < 3_000);
    await third.palette('Kafka: Stop Kafka');
    await second.statusBar.waitText('status', 'Stopped');
    assert.deepEqual(brokerPids(server), []);
  });
});
