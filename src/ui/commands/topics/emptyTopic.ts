import * as vscode from 'vscode';
import type { UiServices } from '../../services';
import { iconSafe, linkSafe } from '../../text';
import type { TopicNode } from '../../tree/nodes';
import { words } from '../../tree/words';
import { lateProgress } from '../messages/lateProgress';
import { confirmTyped } from './confirmTyped';
import { topicOf } from './topicOf';

/** Deletes all records of a topic and keeps the topic, after its name was typed. @throws Cancelled */
export async function emptyTopic(services: UiServices, node?: TopicNode): Promise<void> {
  const title = vscode.l10n.t('Empty Topic');
  const { cluster, topic } = await topicOf(services, node, { title });
  const count = (await services.topics.counts(cluster, [topic])).get(topic)?.records;
  const name = iconSafe(linkSafe(topic));
  await confirmTyped({
    title,
    prompt:
      count === undefined
        ? vscode.l10n.t('All messages of topic {0} are deleted; the topic stays.', name)
        : vscode.l10n.t(
            'Topic {0} loses all its messages ({1}); the topic stays.',
            name,
            words.messages(count),
          ),
    expected: topic,
  });
  const progress = vscode.l10n.t('Emptying topic {0}', linkSafe(topic));
  await lateProgress(progress, () => services.topics.truncate(cluster, topic), { cancellable: false });
  void vscode.window.showInformationMessage(vscode.l10n.t('Topic {0} is empty.', linkSafe(topic)));
}
