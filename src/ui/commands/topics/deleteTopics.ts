import * as vscode from 'vscode';
import { KafkaManagerError } from '../../../contract/errors';
import type { UiServices } from '../../services';
import { iconSafe, linkSafe } from '../../text';
import { meantTopics } from '../../tree/meantNodes';
import type { TopicNode, TreeNode } from '../../tree/nodes';
import { lateProgress } from '../messages/lateProgress';
import { runningCluster } from '../runningCluster';
import { confirmTyped } from './confirmTyped';
import { type DeleteResult, deleteEach } from './deleteEach';
import { pickTopics } from './pickTopic';

/** Names that a message has room for. */
const MOST_NAMES = 20;

/** Deletes topics after their name or number was typed. One that fails does not stop the others. @throws Cancelled */
export async function deleteTopics(
  services: UiServices,
  node?: TopicNode,
  selected?: readonly TreeNode[],
): Promise<void> {
  const title = vscode.l10n.t('Delete Topic');
  const cluster = await runningCluster(services, node);
  const meant = node ? await namesOf(services, node, selected) : [];
  const names = meant.length > 0 ? meant : await pickTopics(services, cluster, { title, canPickMany: true });
  const [first = ''] = names;
  const isOne = names.length === 1;
  await confirmTyped({
    title,
    prompt: isOne
      ? vscode.l10n.t('Topic {0} is deleted with all its messages.', iconSafe(linkSafe(first)))
      : vscode.l10n.t('{0} topics are deleted with all their messages: {1}.', names.length, listed(names)),
    expected: isOne ? first : vscode.l10n.t('delete {0} topics', names.length),
  });
  const result = await lateProgress(vscode.l10n.t('Deleting topics'), (report, signal) =>
    deleteEach(
      names,
      (topic) => {
        report(linkSafe(topic));
        return services.topics.delete(cluster, topic);
      },
      signal,
    ),
  );
  const { deleted, failures, notTried } = result;
  const [failure] = failures;
  if (failure) {
    const { code, remedy } = failure.error;
    throw new KafkaManagerError(code, sentenceOf(result), { remedy, cause: failure.error });
  }
  if (notTried > 0) {
    void vscode.window.showWarningMessage(sentenceOf(result));
    return;
  }
  void vscode.window.showInformationMessage(
    isOne
      ? vscode.l10n.t('Topic {0} was deleted.', linkSafe(first))
      : vscode.l10n.t('{0} topics were deleted.', deleted),
  );
}

/** The topics that are meant, without those that Kafka keeps for itself: to lose them breaks the cluster. */
async function namesOf(
  { topics }: UiServices,
  node: TopicNode,
  selected?: readonly TreeNode[],
): Promise<readonly string[]> {
  const all = await topics.list(node.cluster, { internal: true });
  const internal = new Set(all.flatMap(({ name, isInternal }) => (isInternal ? [name] : [])));
  return meantTopics(node, selected).filter((name) => !internal.has(name));
}

/** What became of topics of which not all are deleted; those that failed with their reasons. */
function sentenceOf({ deleted, failures, notTried }: DeleteResult): string {
  const reasons = failures.slice(0, MOST_NAMES).map(({ topic, error }) => `${topic}: ${error.message}`);
  if (notTried === 0) {
    return vscode.l10n.t('{0} deleted, {1} not. {2}', deleted, failures.length, reasons.join(' '));
  }
  const parts = [
    vscode.l10n.t('{0} deleted', deleted),
    ...(failures.length > 0 ? [vscode.l10n.t('{0} failed', failures.length)] : []),
    vscode.l10n.t('{0} not tried', notTried),
  ];
  return [`${parts.join(', ')}.`, vscode.l10n.t('It was cancelled.'), ...reasons].join(' ');
}

function listed(names: readonly string[]): string {
  const shown = names.slice(0, MOST_NAMES).map((name) => iconSafe(linkSafe(name)));
  const more = names.length - shown.length;
  return more > 0 ? `${shown.join(', ')}, ${vscode.l10n.t('and {0} more', more)}` : shown.join(', ');
}
