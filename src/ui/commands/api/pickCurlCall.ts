import * as vscode from 'vscode';
import { answered } from '../../cancelled';
import type { UiServices } from '../../services';
import { iconSafe } from '../../text';
import type { ApiNode, TopicNode } from '../../tree/nodes';
import { type CurlCall, curlCall, type CurlPlaces, shellOf } from './curlCalls';
import { servedApi } from './servedApi';

interface CurlItem extends vscode.QuickPickItem {
  readonly text?: string;
}

/**
 * Asks for one of the common calls; answers it as a command line, by the variables of our terminals or with the path of
 * the file that holds the key.
 * @throws Cancelled
 */
export async function pickCurlCall(
  services: Pick<UiServices, 'api' | 'clusters'>,
  node: ApiNode | TopicNode | undefined,
): Promise<string> {
  const { url } = await servedApi(services);
  const { api, clusters } = services;
  const isTopic = node?.kind === 'topic';
  const topic = isTopic ? node.topic : 'orders';
  const isOther = isTopic && node.cluster !== clusters.activeId;
  const rows = (places: CurlPlaces): CurlItem[] =>
    callsFor(isTopic).map(([call, label]) => {
      const text = curlCall(call, { topic, places, ...(isOther && { cluster: node.cluster }) });
      return { label, detail: iconSafe(text), text };
    });
  const separator = (label: string): CurlItem => ({ label, kind: vscode.QuickPickItemKind.Separator });
  const shell = shellOf(vscode.env.shell);
  const chosen = await vscode.window.showQuickPick(
    [
      separator(vscode.l10n.t('for a terminal of this editor')),
      ...rows({ shell }),
      separator(vscode.l10n.t('for any terminal on this machine')),
      ...rows({ shell, literal: { url, curlConfigFile: api.curlConfigFile } }),
    ],
    {
      title: vscode.l10n.t('Copy as curl'),
      placeHolder: vscode.l10n.t('Which call? The key stays in its file'),
      matchOnDetail: true,
    },
  );
  return answered(answered(chosen).text);
}

function callsFor(isTopic: boolean): readonly (readonly [CurlCall, string])[] {
  const ofTopic = [
    ['produce', vscode.l10n.t('Produce a message')],
    ['consumeNewest', vscode.l10n.t('Read the newest messages')],
    ['consumeWaiting', vscode.l10n.t('Wait for new messages')],
    ['describeTopic', vscode.l10n.t('Describe a topic')],
  ] as const;
  if (isTopic) return ofTopic;
  return [
    ['listTopics', vscode.l10n.t('List topics')],
    ['createTopic', vscode.l10n.t('Create a topic')],
    ...ofTopic,
    ['clusterStatus', vscode.l10n.t('Status of the cluster')],
  ];
}
