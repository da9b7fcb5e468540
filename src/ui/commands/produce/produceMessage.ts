import * as vscode from 'vscode';
import { answered } from '../../cancelled';
import type { DocumentServices } from '../../documents/documents';
import { iconSafe, plainText } from '../../text';
import type { PartitionNode, TopicNode } from '../../tree/nodes';
import { type TopicTarget, topicOf } from '../topics/topicOf';
import { editorText, sendEditorText } from './produceFromEditor';
import { sendFile } from './produceFromFile';
import { sendOne } from './sendOne';
import { typeMessage } from './typeMessage';

/** Sends a message that is typed, or what an editor or a file holds. @throws Cancelled */
export async function produceMessage(
  services: DocumentServices,
  node?: TopicNode | PartitionNode,
): Promise<void> {
  // What is in front now: the questions take the focus.
  const fromEditor = editorText();
  const target = await topicOf(services, node, { title: vscode.l10n.t('Produce Message') });
  const title = titleOf(target);
  const type = { label: vscode.l10n.t('Type It'), run: async () => typed(services, target, title) };
  const editor = fromEditor && {
    label: fromEditor.isSelection ? vscode.l10n.t('Selection') : vscode.l10n.t('Editor Content'),
    description: iconSafe(fromEditor.name),
    run: () => sendEditorText(services, target, fromEditor),
  };
  const file = {
    label: vscode.l10n.t('From a File…'),
    run: () => sendFile(services, target),
  };
  const choices = editor ? [type, editor, file] : [type, file];
  const placeHolder = vscode.l10n.t('What is to be sent?');
  await answered(await vscode.window.showQuickPick(choices, { title, placeHolder })).run();
}

async function typed(services: DocumentServices, target: TopicTarget, title: string): Promise<void> {
  await sendOne(services, target, await typeMessage(title));
}

function titleOf({ topic, partition }: TopicTarget): string {
  return partition === undefined
    ? vscode.l10n.t('Produce Message to {0}', plainText(topic))
    : vscode.l10n.t('Produce Message to {0}, Partition {1}', plainText(topic), partition);
}
