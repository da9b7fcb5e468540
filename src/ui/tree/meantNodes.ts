import type { GroupNode, MemberNode, TopicNode, TreeNode } from './nodes';

/** A node that has a name of its own to copy. */
export type NamedNode = TopicNode | GroupNode | MemberNode;

/**
 * The names of the topics that a command on a topic is meant for: all selected topics of its cluster where it is one of
 * them, else only itself. Whatever else is selected (partitions, the end of a page, problems) is left out.
 */
export function meantTopics(node: TopicNode, selected: readonly TreeNode[] = []): readonly string[] {
  const topics = selected.flatMap((other) =>
    other.kind === 'topic' && other.cluster === node.cluster ? [other.topic] : [],
  );
  return topics.includes(node.topic) ? [...new Set(topics)] : [node.topic];
}

/** The names that copying a node is meant for: those of all selected nodes that have one, else its own. */
export function meantNames(
  node: NamedNode | undefined,
  selected: readonly TreeNode[] = [],
): readonly string[] {
  const names = selected.flatMap((other) => (isNamed(other) ? [nameOf(other)] : []));
  return names.length > 0 || !node ? names : [nameOf(node)];
}

function isNamed(node: TreeNode): node is NamedNode {
  return node.kind === 'topic' || node.kind === 'group' || node.kind === 'member';
}

function nameOf(node: NamedNode): string {
  switch (node.kind) {
    case 'topic':
      return node.topic;
    case 'group':
      return node.group;
    case 'member':
      return node.member;
  }
}
