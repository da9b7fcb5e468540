import * as vscode from 'vscode';
import { type Disposable, DisposableStore } from '../../base/lifecycle';
import type { TopicPartitions } from '../../core/topicManager';
import { setContext } from '../context';
import { type CommandHandlers, viewIds } from '../contributions';
import type { UiServices } from '../services';
import { ListModel } from './listModel';
import { type ListKind, ListTree } from './listTree';
import { tooltipText } from './nodeItem';
import type { PartitionNode, TopicNode } from './nodes';
import { partitionItem, topicItem, topicTooltip } from './topicItems';
import { TopicRows } from './topicRows';

/** The view "Topics" of the active cluster. */
export function createTopicTree(
  services: Pick<UiServices, 'clusters' | 'topics' | 'settings'>,
): Disposable & { readonly tree: ListTree<TopicNode>; readonly handlers: Partial<CommandHandlers> } {
  const { topics, settings } = services;
  const store = new DisposableStore();
  const rows = new TopicRows(topics, settings.get('topics.showInternal'));
  const model = store.add(new ListModel(rows));
  const tree = store.add(new ListTree(topicKind(topics, rows), model, services));
  const showInternal = (isShown: boolean): void => {
    rows.showInternal(isShown);
    setContext('localKafka.internalTopics', isShown);
    tree.changed();
  };
  setContext('localKafka.internalTopics', rows.showsInternal);
  store.add(
    topics.onDidChange(({ cluster }) => {
      if (cluster === model.cluster) tree.changed();
    }),
  );
  store.add(
    settings.onDidChange((keys) => {
      if (keys.has('topics.showInternal')) showInternal(settings.get('topics.showInternal'));
    }),
  );
  return {
    tree,
    handlers: {
      'localKafka.refreshTopics': () => tree.refresh(),
      'localKafka.filterTopics': () => tree.filter(),
      'localKafka.clearTopicFilter': () => tree.clearFilter(),
      'localKafka.showInternalTopics': () => showInternal(true),
      'localKafka.hideInternalTopics': () => showInternal(false),
    },
    dispose: () => store.dispose(),
  };
}

function topicKind(topics: UiServices['topics'], rows: TopicRows): ListKind<TopicNode> {
  const partitions = new WeakMap<PartitionNode, TopicPartitions>();
  return {
    ...{ viewId: viewIds.topics, view: 'topics', retry: 'refreshTopics' },
    filteredKey: 'localKafka.topicsFiltered',
    filterTitle: vscode.l10n.t('Filter Topics'),
    filterPlaceholder: vscode.l10n.t('Part of a name'),
    node: (cluster, topic) => ({ kind: 'topic', cluster, topic }),
    item: (node) => {
      if (node.kind === 'topic') return topicItem(node, rows.row(node.topic));
      const facts = node.kind === 'partition' ? partitions.get(node) : undefined;
      return node.kind === 'partition' && facts ? partitionItem(node, facts) : undefined;
    },
    resolve: async (node, item) => {
      if (node.kind !== 'topic') return;
      // Who may not see sizes still sees the rest.
      const sizes = await topics.sizes(node.cluster).catch(() => undefined);
      item.tooltip = tooltipText(topicTooltip(node, rows.row(node.topic), sizes?.get(node.topic)));
    },
    children: async ({ cluster, topic }) => {
      const facts = await topics.partitions(cluster, topic);
      const below = facts.partitionInfo.map(({ partition }): PartitionNode => {
        const node: PartitionNode = { kind: 'partition', cluster, topic, partition };
        partitions.set(node, facts);
        return node;
      });
      return { rows: below, look: JSON.stringify([facts.partitionInfo, facts.offsets]) };
    },
  };
}
