import type { CommandHandlers } from '../contributions';
import type { DocumentServices } from '../documents/documents';
import { addPartitions } from './topics/addPartitions';
import { createTopic } from './topics/createTopic';
import { deleteTopics } from './topics/deleteTopics';
import { emptyTopic } from './topics/emptyTopic';
import { reviewTopicConfig, showTopicConfig } from './config/topicConfig';

/** The commands on topics. */
export function topicCommands(services: DocumentServices): Partial<CommandHandlers> {
  return {
    'localKafka.createTopic': () => createTopic(services),
    'localKafka.deleteTopic': (node, selected) => deleteTopics(services, node, selected),
    'localKafka.showTopicConfig': (node) => showTopicConfig(services, node),
    'localKafka.reviewTopicConfig': () => reviewTopicConfig(services),
    'localKafka.addPartitions': (node) => addPartitions(services, node),
    'localKafka.emptyTopic': (node) => emptyTopic(services, node),
  };
}
