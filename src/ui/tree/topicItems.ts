import * as vscode from 'vscode';
import type { TopicPartitions } from '../../core/topicManager';
import { formatBytes, formatCount, formatDuration, formatExact } from '../format';
import { nodeItem, stateColors } from './nodeItem';
import type { PartitionNode, TopicNode } from './nodes';
import type { TopicRow } from './topicRows';
import { words } from './words';

/** The row of a topic. Its tooltip comes later: sizes are asked for only where somebody looks. */
export function topicItem(node: TopicNode, row: TopicRow): vscode.TreeItem {
  const isInternal = row.summary?.isInternal ?? false;
  const spoken = [
    isInternal ? vscode.l10n.t('Internal topic {0}', node.topic) : vscode.l10n.t('Topic {0}', node.topic),
    row.records === undefined ? '' : words.messages(row.records),
    row.isCompacted && !isInternal ? vscode.l10n.t('compacted') : '',
    row.summary === undefined ? '' : words.partitions(row.summary.partitions),
  ];
  return nodeItem(node, {
    label: node.topic,
    description: isInternal ? vscode.l10n.t('internal') : descriptionOf(row),
    icon: isInternal ? 'lock' : 'layers',
    spoken: joined(spoken),
    context: isInternal ? 'topic.internal' : 'topic',
    children: 'collapsed',
    command: {
      ...{ command: 'localKafka.showLatestMessages', arguments: [node] },
      title: vscode.l10n.t('Show Latest Messages'),
    },
  });
}

/** Partitions, replication, size and retention, a line each. @param size bytes; undefined where it is not known */
export function topicTooltip(node: TopicNode, row: TopicRow, size: number | undefined): readonly string[] {
  const { summary, policy, records } = row;
  const lines = [node.topic];
  if (summary) {
    lines.push(words.partitions(summary.partitions), words.replicas(summary.replicationFactor));
  }
  if (records !== undefined) lines.push(vscode.l10n.t('At most {0}', words.messages(records)));
  if (size !== undefined) lines.push(vscode.l10n.t('Size {0}', formatBytes(size)));
  if (row.isCompacted) lines.push(vscode.l10n.t('Compacted'));
  const retention = policy?.cleanupPolicy?.includes('delete') ? policy.retentionMs : undefined;
  if (retention !== undefined) {
    lines.push(
      retention < 0
        ? vscode.l10n.t('Kept for ever')
        : vscode.l10n.t('Kept for {0}', formatDuration(retention)),
    );
  }
  return lines;
}

/** The row of a partition: how much is in it, where its leader is, and what is wrong with its replicas. */
export function partitionItem(node: PartitionNode, topic: TopicPartitions): vscode.TreeItem {
  const info = topic.partitionInfo.find(({ partition }) => partition === node.partition);
  const offsets = topic.offsets.find(({ partition }) => partition === node.partition);
  const missing = info ? info.replicas.filter((replica) => !info.isr.includes(replica)) : [];
  const isLeaderless = info?.leader === -1;
  const count = offsets && words.messages(offsets.end - offsets.beginning);
  const facts = [
    count ?? vscode.l10n.t('no answer'),
    missing.length > 0 ? vscode.l10n.t('{0} of {1} in sync', info!.isr.length, info!.replicas.length) : '',
    info === undefined
      ? ''
      : isLeaderless
        ? vscode.l10n.t('no leader')
        : vscode.l10n.t('leader {0}', info.leader),
    offsets && offsets.end > 0 ? `${formatExact(offsets.beginning)} … ${formatExact(offsets.end)}` : '',
  ];
  const lines = [
    vscode.l10n.t('Partition {0} of {1}', node.partition, node.topic),
    offsets && vscode.l10n.t('Offsets {0} … {1}', formatExact(offsets.beginning), formatExact(offsets.end)),
    info && !isLeaderless && vscode.l10n.t('Leader: broker {0}', info.leader),
    info && vscode.l10n.t('Replicas: {0}', info.replicas.join(', ')),
    info && vscode.l10n.t('In sync: {0}', info.isr.join(', ')),
    missing.length > 0 && vscode.l10n.t('Not in sync: {0}', missing.join(', ')),
  ].filter((line) => typeof line === 'string');
  return nodeItem(node, {
    label: String(node.partition),
    description: joined(facts),
    icon: isLeaderless ? 'error' : missing.length > 0 ? 'warning' : 'list-flat',
    color: isLeaderless ? stateColors.error : missing.length > 0 ? stateColors.warning : undefined,
    tooltip: lines,
    spoken: lines.join(', '),
    context: 'partition',
  });
}

function descriptionOf({ records, isCompacted }: TopicRow): string {
  const count = records === undefined ? '' : records === 0 ? vscode.l10n.t('empty') : formatCount(records);
  return joined([count, isCompacted ? vscode.l10n.t('compacted') : '']);
}

function joined(texts: readonly string[]): string {
  return texts.filter((text) => text !== '').join(', ');
}
