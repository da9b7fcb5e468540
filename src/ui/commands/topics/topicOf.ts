import type { UiServices } from '../../services';
import type { PartitionNode, TopicNode } from '../../tree/nodes';
import { runningCluster } from '../runningCluster';
import { pickTopic } from './pickTopic';

/** What a command that works on one topic is about. */
export interface TopicTarget {
  /** Id of a cluster that runs. */
  readonly cluster: string;
  readonly topic: string;
  /** Where the command was called on a partition. */
  readonly partition?: number;
}

/** The topic of the node, or the one that is chosen; its cluster runs, or is started. @throws Cancelled */
export async function topicOf(
  services: UiServices,
  node: TopicNode | PartitionNode | undefined,
  options: { readonly title: string; readonly internal?: boolean },
): Promise<TopicTarget> {
  const cluster = await runningCluster(services, node);
  if (node?.kind === 'partition') return { cluster, topic: node.topic, partition: node.partition };
  if (node) return { cluster, topic: node.topic };
  return { cluster, topic: await pickTopic(services, cluster, options) };
}
