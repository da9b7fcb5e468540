import * as vscode from 'vscode';
import type { Disposable } from '../../base/lifecycle';
import { taskType } from '../contributions';
import type { UiServices } from '../services';
import { KafkaTerminal } from './kafkaTerminal';

/** Offers tasks of our type: to start and to stop the active cluster. Those of tasks.json may name another one. */
export function createTasks(
  services: Pick<UiServices, 'clusters' | 'registry' | 'logger' | 'ready'>,
): Disposable {
  const make = (
    definition: vscode.TaskDefinition,
    name: string,
    scope: vscode.TaskScope | vscode.WorkspaceFolder,
  ): vscode.Task => {
    const task = new vscode.Task(
      definition,
      scope,
      name,
      'Kafka',
      new vscode.CustomExecution((resolved) => Promise.resolve(new KafkaTerminal(resolved, services))),
    );
    task.presentationOptions = { reveal: vscode.TaskRevealKind.Silent, panel: vscode.TaskPanelKind.Shared };
    return task;
  };
  return vscode.tasks.registerTaskProvider(taskType, {
    provideTasks: () => [
      make({ type: taskType, command: 'start' }, vscode.l10n.t('start'), vscode.TaskScope.Workspace),
      make({ type: taskType, command: 'stop' }, vscode.l10n.t('stop'), vscode.TaskScope.Workspace),
    ],
    // VS Code needs the very definition that it asks for; what is wrong with it is said when the task runs.
    resolveTask: ({ definition, name, scope }) => make(definition, name, scope ?? vscode.TaskScope.Workspace),
  });
}
