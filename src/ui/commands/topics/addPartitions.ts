import * as vscode from 'vscode';
import { MAX_PARTITIONS } from '../../../contract/limits';
import { formatExact } from '../../format';
import type { UiServices } from '../../services';
import { iconSafe, linkSafe } from '../../text';
import type { TopicNode } from '../../tree/nodes';
import { words } from '../../tree/words';
import { lateProgress } from '../messages/lateProgress';
import { askLine } from './askText';
import { topicOf } from './topicOf';
import { wholeNumber } from './wholeNumber';

/** Asks for a new number of partitions and raises it. @throws Cancelled */
export async function addPartitions(services: UiServices, node?: TopicNode): Promise<void> {
  const title = vscode.l10n.t('Add Partitions');
  const { cluster, topic } = await topicOf(services, node, { title });
  const { partitions } = await services.topics.partitions(cluster, topic);
  const total = await askLine({
    title,
    prompt: vscode.l10n.t(
      'Topic {0} has {1}. How many are there to be? Messages stay where they are, but new ones with the same key may go to another partition than before, and partitions can not be taken away again.',
      iconSafe(linkSafe(topic)),
      words.partitions(partitions),
    ),
    value: String(Math.min(partitions + 1, MAX_PARTITIONS)),
    problem: (text) => {
      const number = wholeNumber(text);
      if (number !== undefined && number > partitions && number <= MAX_PARTITIONS) return undefined;
      return vscode.l10n.t(
        'A whole number from {0} to {1}: there are {2} partitions now',
        formatExact(partitions + 1),
        formatExact(MAX_PARTITIONS),
        formatExact(partitions),
      );
    },
  });
  const wanted = wholeNumber(total) ?? partitions;
  const progress = vscode.l10n.t('Adding partitions to topic {0}', linkSafe(topic));
  await lateProgress(progress, () => services.topics.addPartitions(cluster, topic, wanted), {
    cancellable: false,
  });
  void vscode.window.showInformationMessage(
    vscode.l10n.t('Topic {0} has {1} partitions now.', linkSafe(topic), formatExact(wanted)),
  );
}
