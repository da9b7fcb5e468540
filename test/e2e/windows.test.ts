import assert from 'node:assert/strict';
import { until } from '../support/until';
import { brokerPid, brokerPids, startPlayground } from '../support/vscode/playground';
import type { VscodeServer } from '../support/vscode/server';
import { useWorkbench } from '../support/vscode/useWorkbench';

const RUNNING = /Kafka :\d+/;

/** The logs of the windows that serve the API, or did: each window has one of its own. */
function servingLogs(server: VscodeServer): string[] {
  return [...server.logs('local-kafka-manager')]
    .filter(([, text]) => text.includes('serving at http'))
    .map(([file]) => file);
}

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
    const before = servingLogs(server);
    await first.close();
    await until(() => servingLogs(server).some((log) => !before.includes(log)), {
      deadlineMs: 3_000,
      what: 'another window that serves the API',
    });
    assert.equal((await fetch(one)).status, 200);
    await third.palette('Kafka: Stop Kafka');
    await second.statusBar.waitText('status', 'Stopped');
    assert.deepEqual(brokerPids(server), []);
  });
});
