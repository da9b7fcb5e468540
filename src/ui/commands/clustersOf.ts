import type { TreeNode } from '../tree/nodes';

/** Ids of the clusters that a command was called on: of all that are selected where the clicked node is among them. */
export function clustersOf(node: TreeNode, selected: readonly TreeNode[] | undefined): readonly string[] {
  const nodes = selected?.includes(node) ? selected : [node];
  return nodes.flatMap((one) => (one.kind === 'cluster' ? [one.cluster] : []));
}
