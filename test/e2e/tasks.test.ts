import assert from 'node:assert/strict';
import { useWorkbench } from '../support/vscode/useWorkbench';
import { startPlayground } from '../support/vscode/playground';

/** Without matchers VS Code asks for some before it runs a task. */
const shown = { presentation: { reveal: 'always' }, problemMatcher: [] };

const tasks = {
  version: '2.0.0',
  tasks: [
    { label: 'kafka up', type: 'local-kafka', command: 'start', ...shown },
    { label: 'kafka down', type: 'local-kafka', command: 'stop', ...shown },
    {
      label: 'after kafka',
      type: 'shell',
      command: 'echo "ready=$((40+2))"',
      dependsOn: 'kafka up',
      ...shown,
    },
    {
      label: 'kafka elsewhere',
      type: 'local-kafka',
      command: 'start',
      cluster: 'no such cluster',
      ...shown,
    },
  ],
};

describe('Tasks', () => {
  const vscode = useWorkbench({ files: { '.vscode/tasks.json': JSON.stringify(tasks) } });

  const run = async (label: string): Promise<void> => {
    const { workbench } = vscode;
    await workbench.palette('Tasks: Run Task');
    await workbench.quickInput.waitFor('Select the task to run');
    await workbench.quickInput.type(label);
    await workbench.quickInput.choose(label);
  };

  it('start Kafka, say how it goes on and end when it is ready: what depends on them runs then', async () => {
    const { workbench } = vscode;
    await startPlayground(workbench);
    await workbench.palette('Kafka: Stop Kafka');
    await workbench.statusBar.waitText('status', 'Stopped');
    await run('after kafka');
    await workbench.terminal.waitText('ready=42');
    assert.match(await workbench.statusBar.text('status'), /Kafka :\d+/);
  });

  it('stop it', async () => {
    const { workbench } = vscode;
    await run('kafka down');
    await workbench.terminal.waitText(/is stopped/);
    await workbench.statusBar.waitText('status', 'Stopped');
  });

  it('fail with the reason where the cluster is not there', async () => {
    const { workbench } = vscode;
    await run('kafka elsewhere');
    const text = await workbench.terminal.waitText(/There is no cluster "no such cluster"/);
    assert.match(text, /Those that are set up: /);
  });
});
