import * as vscode from 'vscode';
import type { ProducedRecord } from '../../../core/kafkaTypes';
import type { DocumentServices } from '../../documents/documents';
import { messageMark } from '../../documents/messageText';
import { formatExact } from '../../format';
import { linkSafe } from '../../text';
import type { PartitionNode, TopicNode } from '../../tree/nodes';
import { topicOf } from '../topics/topicOf';
import { lateProgress } from './lateProgress';
import { type LatestTarget, readLatest } from './readLatest';

/** Shows the newest messages of a topic or partition as a read-only text; called again, it reads anew. */
export async function showLatestMessages(
  services: DocumentServices,
  node?: TopicNode | PartitionNode,
): Promise<void> {
  const title = vscode.l10n.t('Show Latest Messages');
  await showMessages(services, await topicOf(services, node, { title, internal: true }));
}

/** Shows a record that was just written, among those before it in its partition. */
export async function showRecord(
  services: DocumentServices,
  cluster: string,
  { topic, partition, offset }: ProducedRecord,
): Promise<void> {
  const editor = await showMessages(services, { cluster, topic, partition, upTo: offset });
  const { document } = editor;
  const mark = messageMark({ partition, offset });
  for (let line = 0; line < document.lineCount; line++) {
    const { range, text } = document.lineAt(line);
    if (!text.startsWith(mark)) continue;
    editor.selection = new vscode.Selection(range.start, range.start);
    editor.revealRange(range, vscode.TextEditorRevealType.AtTop);
    return;
  }
}

async function showMessages(services: DocumentServices, target: LatestTarget): Promise<vscode.TextEditor> {
  const { cluster, topic, partition } = target;
  const { readOnly } = services.documents;
  const title = vscode.l10n.t('Reading the latest messages of {0}', linkSafe(topic));
  const text = await lateProgress(title, (report, signal) =>
    readLatest(services, target, {
      signal,
      onProgress: ({ scanned }) => report(vscode.l10n.t('{0} read', formatExact(scanned))),
    }),
  );
  const name = partition === undefined ? topic : `${topic}-${partition}`;
  const identity = { cluster, topic, ...(partition !== undefined && { partition: String(partition) }) };
  const uri = readOnly.uriOf(vscode.l10n.t('{0} latest.log', name), identity);
  const editor = await readOnly.show(uri, text);
  editor.revealRange(new vscode.Range(0, 0, 0, 0));
  return editor;
}
