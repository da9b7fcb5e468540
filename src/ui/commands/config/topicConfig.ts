import * as vscode from 'vscode';
import { documentSchemes } from '../../contributions';
import type { DocumentServices } from '../../documents/documents';
import type { TopicNode } from '../../tree/nodes';
import { topicOf } from '../topics/topicOf';

/** Opens the config of a topic as a text that can be edited and applied. */
export async function showTopicConfig(services: DocumentServices, node?: TopicNode): Promise<void> {
  const { cluster, topic } = await topicOf(services, node, {
    title: vscode.l10n.t('Show Topic Config'),
    internal: true,
  });
  await services.documents.configs.show(cluster, topic);
}

/** Reviews the edits of the config in front; where none is, asks for a topic and opens its config. */
export async function reviewTopicConfig(services: DocumentServices): Promise<void> {
  const document = vscode.window.activeTextEditor?.document;
  if (document?.uri.scheme === documentSchemes.topicConfig) await services.documents.configs.review(document);
  else await showTopicConfig(services);
}
