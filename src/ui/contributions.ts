import type {
  ApiNode,
  BrokerNode,
  ClusterNode,
  EndpointNode,
  GroupNode,
  MemberNode,
  PartitionNode,
  TopicNode,
  TreeNode,
} from './tree/nodes';

/**
 * The one table of what package.json contributes: views, context keys and commands, with the arguments that each command
 * takes. `test/unit/manifest.test.ts` holds it against package.json both ways. Settings have theirs in settingTable.ts.
 */
export const viewIds = {
  container: 'localKafka',
  services: 'localKafka.services',
  topics: 'localKafka.topics',
  groups: 'localKafka.groups',
} as const;

/** Keys of `when` clauses that we set. */
export interface ContextKeys {
  /** State of the active cluster; `none` where nothing is set up, undefined until that is known. */
  'localKafka.state': 'none' | 'stopped' | 'starting' | 'running' | 'degraded' | 'stopping' | 'failed';
  /** Runtime of the active cluster. */
  'localKafka.runtime': 'embedded' | 'java' | 'external' | '';
  /** Why the active cluster failed, where there is more to do about it than to start it again. */
  'localKafka.problem': 'javaMissing' | '';
  /** Whether a filter narrows the topics. */
  'localKafka.topicsFiltered': boolean;
  'localKafka.groupsFiltered': boolean;
  'localKafka.internalTopics': boolean;
}

/** Names of the context keys, for the manifest test. */
export const contextKeys: readonly (keyof ContextKeys)[] = [
  'localKafka.state',
  'localKafka.runtime',
  'localKafka.problem',
  'localKafka.topicsFiltered',
  'localKafka.groupsFiltered',
  'localKafka.internalTopics',
];

/** What a text document of ours is addressed by. */
export const documentSchemes = {
  /** Read-only: latest messages, broker log. */
  readOnly: 'local-kafka',
  /** Editable: the config of a topic, saved by applying it. */
  topicConfig: 'local-kafka-config',
} as const;

/**
 * A tree hands the clicked node to a command and, where several can be selected, all of those, of whatever kind they are;
 * palette and keyboard hand nothing.
 */
type OnNodes<N, Selected = N> = [node?: N, selected?: readonly Selected[]];

/** Every command with the arguments it may get. All of them work without any, by asking. */
export interface CommandArguments {
  'localKafka.start': OnNodes<ClusterNode>;
  'localKafka.startPlayground': [];
  'localKafka.startJava': [];
  'localKafka.stop': OnNodes<ClusterNode>;
  'localKafka.restart': OnNodes<ClusterNode>;
  'localKafka.connect': OnNodes<ClusterNode>;
  'localKafka.disconnect': OnNodes<ClusterNode>;
  'localKafka.resetData': OnNodes<ClusterNode>;
  'localKafka.switchCluster': OnNodes<ClusterNode>;
  'localKafka.addCluster': [];
  'localKafka.editCluster': OnNodes<ClusterNode>;
  'localKafka.removeCluster': OnNodes<ClusterNode>;
  'localKafka.exportClusters': [];
  'localKafka.importClusters': [];
  'localKafka.showBrokerLog': OnNodes<ClusterNode | BrokerNode>;
  'localKafka.copyConnectionString': OnNodes<ClusterNode | EndpointNode>;
  'localKafka.copyAddress': OnNodes<BrokerNode | EndpointNode | ApiNode>;
  'localKafka.showActions': [];
  'localKafka.showLog': [];

  'localKafka.openApiDocs': OnNodes<ApiNode>;
  'localKafka.copyApiUrl': OnNodes<ApiNode>;
  'localKafka.copyAsCurl': OnNodes<ApiNode | TopicNode>;
  'localKafka.rotateApiKey': OnNodes<ApiNode>;

  'localKafka.createTopic': [];
  'localKafka.deleteTopic': OnNodes<TopicNode, TreeNode>;
  'localKafka.showTopicConfig': OnNodes<TopicNode>;
  'localKafka.reviewTopicConfig': [];
  'localKafka.addPartitions': OnNodes<TopicNode>;
  'localKafka.emptyTopic': OnNodes<TopicNode>;
  'localKafka.produceMessage': OnNodes<TopicNode | PartitionNode>;
  'localKafka.produceFromEditor': [];
  'localKafka.produceFromFile': OnNodes<TopicNode>;
  'localKafka.showLatestMessages': OnNodes<TopicNode | PartitionNode>;
  'localKafka.copyName': OnNodes<TopicNode | GroupNode | MemberNode, TreeNode>;

  'localKafka.refreshServices': [];
  'localKafka.refreshTopics': [];
  'localKafka.filterTopics': [];
  'localKafka.clearTopicFilter': [];
  'localKafka.showInternalTopics': [];
  'localKafka.hideInternalTopics': [];
  'localKafka.refreshGroups': [];
  'localKafka.filterGroups': [];
  'localKafka.clearGroupFilter': [];
  /** Only from the node at the end of a page. */
  'localKafka.showMore': OnNodes<TreeNode>;

  'localKafka.openWalkthrough': [];
}

export type CommandId = keyof CommandArguments;

/** What runs when a command is called. */
export type CommandHandlers = {
  readonly [Id in CommandId]: (...args: CommandArguments[Id]) => Promise<void> | void;
};

/** Id of the status bar item, as VS Code composes it in the window: extension id, dot, this. */
export const statusBarItemId = 'status';

/** Type of our tasks in tasks.json. */
export const taskType = 'local-kafka';

/** Publisher and name: the extension's id, and the authority of its deep links. */
export const extensionId = 'local-kafka-manager.local-kafka-manager';
/** Id of the walkthrough, behind the extension's id and `#`. */
export const walkthroughId = 'start';
