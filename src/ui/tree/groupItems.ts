import * as vscode from 'vscode';
import type { GroupMember, GroupSummary } from '../../core/groupTypes';
import { formatExact } from '../format';
import type { GroupRow } from './groupRows';
import { nodeItem, stateColors } from './nodeItem';
import type { GroupNode, MemberNode } from './nodes';
import { plainText } from '../text';
import { words } from './words';

/** The row of a consumer group: whether somebody reads, and how much is left to read. */
export function groupItem(node: GroupNode, row: GroupRow): vscode.TreeItem {
  const facts = factsOf(row).join(', ');
  const name = node.group === '' ? vscode.l10n.t('(no name)') : plainText(node.group);
  return nodeItem(node, {
    label: name,
    description: facts,
    icon: 'organization',
    color: row.isGrowing ? stateColors.warning : undefined,
    tooltip: tooltipOf(name, row),
    spoken: [kindOf(row.summary, name), facts].filter((text) => text !== '').join(', '),
    context: 'group',
    children: 'collapsed',
  });
}

/** The row of a member: who it is, what it reads, and where it runs. */
export function memberItem(node: MemberNode, member: GroupMember): vscode.TreeItem {
  const name = member.clientId === '' ? member.id : member.clientId;
  const host = member.host.replace(/^\//, '');
  const reads = assignmentOf(member);
  const lines = [
    vscode.l10n.t('Client id {0}', member.clientId),
    vscode.l10n.t('Member id {0}', member.id),
    ...(member.instanceId === null ? [] : [vscode.l10n.t('Instance id {0}', member.instanceId)]),
    vscode.l10n.t('Host {0}', host),
    reads,
  ];
  return nodeItem(node, {
    ...{ label: name, icon: 'person', context: 'member' },
    description: [reads, host].filter((text) => text !== '').join(', '),
    tooltip: lines,
    spoken: vscode.l10n.t('Member {0}, {1}, host {2}', name, reads, host),
  });
}

function kindOf(summary: GroupSummary | undefined, name: string): string {
  if (summary?.type === 'share') return vscode.l10n.t('Share group {0}', name);
  if (summary?.type === 'streams') return vscode.l10n.t('Streams group {0}', name);
  return vscode.l10n.t('Consumer group {0}', name);
}

function factsOf({ summary, lag, isGrowing, problem }: GroupRow): string[] {
  const facts: string[] = [];
  if (summary?.type === 'share') facts.push(vscode.l10n.t('share group'));
  const state = stateOf(summary, lag?.members);
  if (state !== '') facts.push(state);
  if (problem) facts.push(vscode.l10n.t('lag not known'));
  else if (lag) {
    if (lag.total !== undefined) facts.push(vscode.l10n.t('lag {0}', formatExact(lag.total)));
    else if (lag.partitions.length > 0) facts.push(vscode.l10n.t('lag not known'));
    else {
      facts.push(
        summary?.type === 'share' ? vscode.l10n.t('no lag known') : vscode.l10n.t('nothing committed'),
      );
    }
    if (isGrowing) facts.push(vscode.l10n.t('growing'));
  }
  return facts;
}

/** States in which partitions are being given out: of classic groups, and of those of KIP-848. */
const rebalancing = new Set(['PreparingRebalance', 'CompletingRebalance', 'Assigning', 'Reconciling']);

/** Only what is out of the ordinary: of a stable group the lag is what counts. */
function stateOf(summary: GroupSummary | undefined, members: number | undefined): string {
  const state = summary?.state ?? '';
  if (state === 'Empty' || members === 0) return vscode.l10n.t('no members');
  if (state === 'Dead') return vscode.l10n.t('dead');
  if (state === 'NotReady') return vscode.l10n.t('not ready');
  return rebalancing.has(state) ? vscode.l10n.t('rebalancing') : '';
}

function tooltipOf(name: string, { summary, lag, problem }: GroupRow): readonly string[] {
  const lines = [name];
  if (summary) lines.push(vscode.l10n.t('State {0}', summary.state), vscode.l10n.t('Type {0}', summary.type));
  if (lag?.members !== undefined) lines.push(words.members(lag.members));
  if (lag?.total !== undefined) lines.push(vscode.l10n.t('Lag {0}', formatExact(lag.total)));
  const gone = lag?.partitions.filter(({ missing }) => missing === 'topic-deleted') ?? [];
  if (gone.length > 0) {
    const topics = [...new Set(gone.map(({ topic }) => topic))].join(', ');
    lines.push(vscode.l10n.t('Committed offsets of topics that are deleted: {0}', topics));
  }
  if (problem) lines.push('', vscode.l10n.t(problem.message), vscode.l10n.t(problem.remedy));
  return lines;
}

function assignmentOf({ assignment }: GroupMember): string {
  if (assignment === undefined) return vscode.l10n.t('assignment not readable');
  const read = [...assignment].filter(([, partitions]) => partitions.length > 0);
  const [first] = read;
  if (first === undefined) return vscode.l10n.t('no partitions');
  if (read.length > 1) {
    return read.map(([topic, partitions]) => `${topic} ${words.ranges(partitions)}`).join('; ');
  }
  const [topic, partitions] = first;
  return partitions.length === 1
    ? vscode.l10n.t('partition {0} of {1}', partitions[0]!, topic)
    : vscode.l10n.t('partitions {0} of {1}', words.ranges(partitions), topic);
}
