import * as vscode from 'vscode';
import { toManagerError } from '../../contract/errors';
import type { CommandId } from '../contributions';
import { type ItemLook, nodeItem, stateColors } from './nodeItem';
import type { ActionNode, NoteNode, ProblemNode, TreeAction, TreeNode } from './nodes';

/**
 * The rows of something that could not be had: what happened, what can be done, and rows that do it.
 * @param of what it stands in for, unique below its parent
 */
export function problemRows(
  cluster: string,
  of: string,
  error: { readonly message: string; readonly remedy: string },
  ...actions: readonly TreeAction[]
): TreeNode[] {
  const message = vscode.l10n.t(error.message);
  const remedy = error.remedy === '' ? '' : vscode.l10n.t(error.remedy);
  return [
    { kind: 'problem', cluster, of, message, remedy },
    ...(remedy === '' ? [] : [noteRow(cluster, `${of}/remedy`, remedy)]),
    ...actions.map((action): ActionNode => ({ kind: 'action', cluster, of, action })),
  ];
}

/** As {@link problemRows}, for whatever was thrown. */
export function errorRows(cluster: string, of: string, error: unknown, ...actions: TreeAction[]): TreeNode[] {
  return problemRows(cluster, of, toManagerError(error), ...actions);
}

/** A line that only says something. */
export function noteRow(cluster: string, of: string, message: string): NoteNode {
  return { kind: 'note', cluster, of, message };
}

/** The row of a problem, a note or an action. */
export function problemItem(node: ProblemNode | NoteNode | ActionNode): vscode.TreeItem {
  switch (node.kind) {
    case 'problem':
      return nodeItem(node, {
        ...{ label: node.message, icon: 'error', color: stateColors.error, context: 'problem' },
        tooltip: node.remedy === '' ? [node.message] : [node.message, '', node.remedy],
        spoken: vscode.l10n.t('Problem: {0} {1}', node.message, node.remedy),
      });
    case 'note':
      return nodeItem(node, {
        ...{ label: node.message, icon: 'info', context: 'note' },
        ...{ tooltip: [node.message], spoken: node.message },
      });
    case 'action':
      return nodeItem(node, actionLook(node));
  }
}

function actionLook(node: ActionNode): ItemLook {
  const { title, icon, command, args } = actionOf(node);
  return {
    ...{ label: title, icon, context: 'action', tooltip: [title] },
    spoken: vscode.l10n.t('{0}, action', title),
    command: { command, title, ...(args && { arguments: args }) },
  };
}

interface Action {
  readonly title: string;
  readonly icon: string;
  readonly command: CommandId | 'workbench.action.openSettings';
  readonly args?: unknown[];
}

function actionOf({ action, cluster }: ActionNode): Action {
  const args = [{ kind: 'cluster', cluster }];
  switch (action) {
    case 'start':
      return { title: vscode.l10n.t('Start Again'), icon: 'debug-start', command: 'localKafka.start', args };
    case 'connect':
      return { title: vscode.l10n.t('Connect Again'), icon: 'plug', command: 'localKafka.connect', args };
    case 'edit':
      return { title: vscode.l10n.t('Edit Cluster…'), icon: 'edit', command: 'localKafka.editCluster', args };
    case 'showBrokerLog':
      return {
        ...{ title: vscode.l10n.t('Show Broker Log'), icon: 'output', args },
        command: 'localKafka.showBrokerLog',
      };
    case 'chooseJava':
      return {
        ...{ title: vscode.l10n.t('Choose the Folder of Java…'), icon: 'settings-gear' },
        ...{ command: 'workbench.action.openSettings', args: ['localKafka.java.home'] },
      };
    case 'startPlayground':
      return {
        ...{ title: vscode.l10n.t('Start Playground'), icon: 'debug-start' },
        command: 'localKafka.startPlayground',
      };
    case 'apiSettings':
      return {
        ...{ title: vscode.l10n.t('Change Its Settings…'), icon: 'settings-gear' },
        ...{ command: 'workbench.action.openSettings', args: ['localKafka.api'] },
      };
    case 'refreshTopics':
      return { ...tryAgain(), command: 'localKafka.refreshTopics' };
    case 'refreshGroups':
      return { ...tryAgain(), command: 'localKafka.refreshGroups' };
    case 'refreshServices':
      return { ...tryAgain(), command: 'localKafka.refreshServices' };
  }
}

function tryAgain(): Pick<Action, 'title' | 'icon'> {
  return { title: vscode.l10n.t('Try Again'), icon: 'refresh' };
}
