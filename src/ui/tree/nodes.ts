/**
 * Nodes of the three trees: plain facts that say what a node stands for, never its state. A command gets the node that it
 * was called on, and several may be alive for the same thing.
 */
export interface ClusterNode {
  readonly kind: 'cluster';
  /** Id of the profile. */
  readonly cluster: string;
}

/** An address at which a service of the cluster is reached. */
export interface EndpointNode {
  readonly kind: 'endpoint';
  readonly cluster: string;
  /** `host:port`, several separated by commas. */
  readonly address: string;
}

export interface BrokerNode {
  readonly kind: 'broker';
  readonly cluster: string;
  readonly broker: number;
  /** `host:port`. */
  readonly address: string;
}

/** The REST API. */
export interface ApiNode {
  readonly kind: 'api';
}

export interface TopicNode {
  readonly kind: 'topic';
  readonly cluster: string;
  readonly topic: string;
}

export interface PartitionNode {
  readonly kind: 'partition';
  readonly cluster: string;
  readonly topic: string;
  readonly partition: number;
}

export interface GroupNode {
  readonly kind: 'group';
  readonly cluster: string;
  readonly group: string;
}

export interface MemberNode {
  readonly kind: 'member';
  readonly cluster: string;
  readonly group: string;
  /** Member id, given by the coordinator. */
  readonly member: string;
}

/** The end of a page: shows the next one. */
export interface MoreNode {
  readonly kind: 'more';
  readonly view: 'topics' | 'groups';
  readonly cluster: string;
}

/** Something that could not be had, with its remedy. */
export interface ProblemNode {
  readonly kind: 'problem';
  readonly cluster: string;
  /** What it stands in for: unique below its parent. */
  readonly of: string;
  readonly message: string;
  readonly remedy: string;
}

/** A line that says something and is no problem ("No members"). */
export interface NoteNode {
  readonly kind: 'note';
  readonly cluster: string;
  /** Unique below its parent. */
  readonly of: string;
  readonly message: string;
}

/** What the rows below a problem offer. */
export type TreeAction =
  | 'start'
  | 'connect'
  | 'edit'
  | 'showBrokerLog'
  | 'chooseJava'
  | 'startPlayground'
  | 'apiSettings'
  | 'refreshTopics'
  | 'refreshGroups'
  | 'refreshServices';

/** A row that does something when it is clicked: it mends the problem above it. */
export interface ActionNode {
  readonly kind: 'action';
  readonly cluster: string;
  /** What the problem stands in for. */
  readonly of: string;
  readonly action: TreeAction;
}

export type TreeNode =
  | ClusterNode
  | EndpointNode
  | BrokerNode
  | ApiNode
  | TopicNode
  | PartitionNode
  | GroupNode
  | MemberNode
  | MoreNode
  | ProblemNode
  | NoteNode
  | ActionNode;

/** The stable id of a node, `cluster/kind/name`: it holds no state, so that VS Code keeps selection and expansion. */
export function idOf(node: TreeNode): string {
  switch (node.kind) {
    case 'cluster':
      return `${node.cluster}/cluster`;
    case 'endpoint':
      return `${node.cluster}/endpoint/${node.address}`;
    case 'broker':
      return `${node.cluster}/broker/${node.broker}`;
    case 'api':
      return 'api';
    case 'topic':
      return `${node.cluster}/topic/${node.topic}`;
    case 'partition':
      return `${node.cluster}/partition/${node.topic}/${node.partition}`;
    case 'group':
      return `${node.cluster}/group/${encodeURIComponent(node.group)}`;
    case 'member':
      return `${node.cluster}/member/${encodeURIComponent(node.group)}/${encodeURIComponent(node.member)}`;
    case 'more':
      return `${node.cluster}/more/${node.view}`;
    case 'problem':
    case 'note':
      return `${node.cluster}/${node.kind}/${node.of}`;
    case 'action':
      return `${node.cluster}/action/${node.of}/${node.action}`;
  }
}
