import * as vscode from 'vscode';
import { type Disposable, DisposableStore } from '../../base/lifecycle';
import type { GroupMember } from '../../core/groupTypes';
import { type CommandHandlers, viewIds } from '../contributions';
import type { UiServices } from '../services';
import { groupItem, memberItem } from './groupItems';
import { GroupRows } from './groupRows';
import { ListModel } from './listModel';
import { type ListKind, ListTree } from './listTree';
import type { GroupNode, MemberNode } from './nodes';
import { noteRow } from './problemItems';

/** The view "Consumer Groups" of the active cluster. */
export function createGroupTree(
  services: Pick<UiServices, 'clusters' | 'groups' | 'topics' | 'settings'>,
): Disposable & { readonly tree: ListTree<GroupNode>; readonly handlers: Partial<CommandHandlers> } {
  const store = new DisposableStore();
  const rows = new GroupRows(services.groups);
  const model = store.add(new ListModel(rows));
  const tree = store.add(new ListTree(groupKind(services.groups, rows), model, services));
  return {
    tree,
    handlers: {
      'localKafka.refreshGroups': () => tree.refresh(),
      'localKafka.filterGroups': () => tree.filter(),
      'localKafka.clearGroupFilter': () => tree.clearFilter(),
    },
    dispose: () => store.dispose(),
  };
}

function groupKind(groups: UiServices['groups'], rows: GroupRows): ListKind<GroupNode> {
  const members = new WeakMap<MemberNode, GroupMember>();
  return {
    ...{ viewId: viewIds.groups, view: 'groups', retry: 'refreshGroups' },
    filteredKey: 'localKafka.groupsFiltered',
    filterTitle: vscode.l10n.t('Filter Consumer Groups'),
    filterPlaceholder: vscode.l10n.t('Part of a name'),
    node: (cluster, group) => ({ kind: 'group', cluster, group }),
    item: (node) => {
      if (node.kind === 'group') return groupItem(node, rows.row(node.group));
      const facts = node.kind === 'member' ? members.get(node) : undefined;
      return node.kind === 'member' && facts ? memberItem(node, facts) : undefined;
    },
    children: async ({ cluster, group }) => {
      const facts = await groups.describe(cluster, group);
      if (facts.members.length === 0) {
        const note = noteRow(cluster, `members/${encodeURIComponent(group)}`, vscode.l10n.t('No members'));
        return { rows: [note], look: '' };
      }
      const below = facts.members.map((member): MemberNode => {
        const node: MemberNode = { kind: 'member', cluster, group, member: member.id };
        members.set(node, member);
        return node;
      });
      const look = facts.members.map((member) => [member, [...(member.assignment ?? [])]]);
      return { rows: below, look: JSON.stringify(look) };
    },
  };
}
