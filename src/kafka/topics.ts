import type { ClusterDescription, CreateTopicSpec, TopicDescription, TopicSummary } from '../core/kafkaTypes';
import { sortedInTurns } from '../core/sortedInTurns';
import { Turn } from '../core/turn';
import { ask, change, settled, throwRefused } from './calls';
import { type KafkaConnection, noTopicId } from './connection';
import { brokerError } from './errors';
import { END, readOffsets } from './offsets';
import { errorCode } from './protocol/errorCodes';
import { createPartitions as createPartitionsApi } from './protocol/messages/createPartitions';
import { createTopics } from './protocol/messages/createTopics';
import { deleteTopics } from './protocol/messages/deleteTopics';
import type { MetadataResponseTopic } from './protocol/messages/metadata';

/** How long a broker may take for a change in ms, and how long we wait for its answer. */
const brokerMs = 20_000;
const answerMs = brokerMs + 5_000;

/** The first version that names topics in another way; brokers from Kafka 1.0 to 4.x know the ones before. */
const lastDeleteByName = 5;

/** Id, brokers and controller of the cluster. */
export function describeCluster(
  connection: KafkaConnection,
  signal?: AbortSignal,
): Promise<ClusterDescription> {
  return ask(async () => {
    const { clusterId, controllerId, brokers } = await connection.metadata([], { signal });
    return {
      clusterId: clusterId ?? '',
      brokers: brokers
        .map(({ nodeId, host, port, rack }) => ({
          id: nodeId,
          host,
          port,
          rack,
          isController: nodeId === controllerId,
        }))
        .sort((a, b) => a.id - b.id),
    };
  }, signal);
}

/** All topics by one Metadata call, sorted by name. */
export function listTopics(
  connection: KafkaConnection,
  signal?: AbortSignal,
): Promise<readonly TopicSummary[]> {
  return ask(async () => {
    const { topics } = await connection.metadata(null, { signal });
    const summaries: TopicSummary[] = [];
    const turn = new Turn();
    for (const topic of topics) {
      if (topic.name !== null) summaries.push(summary(topic));
      if (turn.isOverSoon()) await turn.pass();
    }
    await turn.pass();
    return sortedInTurns(summaries, ({ name }) => name);
  }, signal);
}

/** @throws TOPIC_NOT_FOUND, KAFKA_AUTHORIZATION_FAILED */
export function describeTopic(
  connection: KafkaConnection,
  name: string,
  signal?: AbortSignal,
): Promise<TopicDescription> {
  return ask(async () => {
    const { topics } = await connection.metadata([name], { signal });
    const topic = topics.find((candidate) => candidate.name === name);
    const code = topic?.errorCode ?? errorCode.UNKNOWN_TOPIC_OR_PARTITION;
    // A topic some of whose partitions have no leader is worth showing.
    if (!topic || (code !== errorCode.NONE && code !== errorCode.LEADER_NOT_AVAILABLE)) {
      throw brokerError(code, { api: 'Metadata', topic: name });
    }
    return {
      ...summary(topic),
      partitionInfo: topic.partitions
        .map((p) => ({
          partition: p.partitionIndex,
          leader: p.leaderId,
          replicas: p.replicaNodes,
          isr: p.isrNodes,
          offlineReplicas: p.offlineReplicas,
        }))
        .sort((a, b) => a.partition - b.partition),
    };
  }, signal);
}

function summary(topic: MetadataResponseTopic): TopicSummary {
  return {
    name: topic.name ?? '',
    id: topic.topicId === noTopicId ? null : topic.topicId,
    partitions: topic.partitions.length,
    replicationFactor: topic.partitions[0]?.replicaNodes.length ?? 0,
    isInternal: topic.isInternal,
  };
}

/**
 * Creates a topic and waits until its partitions can be used: the broker answers before their logs exist.
 * @throws TOPIC_ALREADY_EXISTS, TOPIC_NAME_COLLISION, INVALID_TOPIC_NAME, INVALID_PARTITIONS,
 *   INVALID_REPLICATION_FACTOR, INVALID_CONFIGURATION, POLICY_VIOLATION
 */
export async function createTopic(
  connection: KafkaConnection,
  spec: CreateTopicSpec,
  signal?: AbortSignal,
): Promise<void> {
  const { name, partitions, replicationFactor, configs = {}, validateOnly = false } = spec;
  const request = {
    topics: [
      {
        name,
        numPartitions: partitions,
        replicationFactor,
        assignments: [],
        configs: Object.entries(configs).map(([key, value]) => ({ name: key, value })),
      },
    ],
    timeoutMs: brokerMs,
    validateOnly,
  };
  await change(async () => {
    const answer = await connection.call('controller', createTopics, request, {
      timeoutMs: answerMs,
      signal,
    });
    throwRefused('CreateTopics', name, answer.topics[0]);
  }, signal);
  if (!validateOnly) await usable(connection, name, partitions, signal);
}

/** Deletes a topic and waits until the brokers no longer show it. @throws TOPIC_NOT_FOUND */
export async function deleteTopic(
  connection: KafkaConnection,
  name: string,
  signal?: AbortSignal,
): Promise<void> {
  await change(async () => {
    const answer = await connection.call(
      'controller',
      deleteTopics,
      { topicNames: [name], timeoutMs: brokerMs },
      { timeoutMs: answerMs, maxVersion: lastDeleteByName, signal },
    );
    throwRefused('DeleteTopics', name, answer.responses[0]);
  }, signal);
  connection.invalidate(name);
  await settled(async () => {
    const { topics } = await connection.metadata([name], { signal });
    return topics[0]?.errorCode === errorCode.UNKNOWN_TOPIC_OR_PARTITION;
  }, signal);
}

/** Raises the number of partitions to `total` and waits until they can be used. @throws INVALID_PARTITIONS */
export async function createPartitions(
  connection: KafkaConnection,
  name: string,
  total: number,
  signal?: AbortSignal,
): Promise<void> {
  const request = {
    topics: [{ name, count: total, assignments: null }],
    timeoutMs: brokerMs,
    validateOnly: false,
  };
  await change(async () => {
    const answer = await connection.call('controller', createPartitionsApi, request, {
      timeoutMs: answerMs,
      signal,
    });
    throwRefused('CreatePartitions', name, answer.results[0]);
  }, signal);
  await usable(connection, name, total, signal);
}

/** Until every partition has a leader that answers for its log. */
function usable(
  connection: KafkaConnection,
  name: string,
  partitions: number,
  signal: AbortSignal | undefined,
): Promise<void> {
  return settled(async () => {
    connection.invalidate(name);
    try {
      return (await readOffsets(connection, { topic: name, timestamp: END }, signal)).size >= partitions;
    } catch (error) {
      if (signal?.aborted) throw error;
      return false;
    }
  }, signal);
}
