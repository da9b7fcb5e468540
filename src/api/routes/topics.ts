import { clusterQuerySchema } from '../../contract/rest/fields';
import {
  createdTopicSchema,
  createTopicSchema,
  deletedTopicSchema,
  listTopicsQuerySchema,
  topicDetailsSchema,
  topicListSchema,
  topicParamsSchema,
} from '../../contract/rest/topics';
import { CLUSTER_ERRORS } from '../openapi';
import { addRoute, type ApiApp } from '../route';
import type { ApiServices } from '../services';
import { configStrings, summaryData, topicDetailsData } from '../topicData';

/** /topics and /topics/{topic}. */
export function addTopicRoutes(app: ApiApp, services: ApiServices): void {
  const { topics } = services;
  addRoute(
    app,
    services,
    {
      method: 'get',
      path: '/topics',
      id: 'listTopics',
      tag: 'Topics',
      summary: 'All topics by name',
      query: listTopicsQuerySchema,
      data: topicListSchema,
      errors: CLUSTER_ERRORS,
    },
    async ({ query: { cluster, internal }, signal }) => {
      const found = await topics.list(cluster, { internal: internal ?? false }, signal);
      return {
        data: { topics: found.map(summaryData), total: found.length },
        message: `${found.length} ${found.length === 1 ? 'topic' : 'topics'}.`,
      };
    },
  );
  addRoute(
    app,
    services,
    {
      method: 'post',
      path: '/topics',
      id: 'createTopic',
      tag: 'Topics',
      summary: 'Create a topic',
      query: clusterQuerySchema,
      body: createTopicSchema,
      data: createdTopicSchema,
      status: 201,
      errors: [
        ...CLUSTER_ERRORS,
        'TOPIC_ALREADY_EXISTS',
        'TOPIC_NAME_COLLISION',
        'INVALID_PARTITIONS',
        'INVALID_REPLICATION_FACTOR',
        'INVALID_CONFIGURATION',
        'POLICY_VIOLATION',
      ],
    },
    async ({ query: { cluster }, body, prefix, signal }) => {
      const { name, partitions, replication_factor, config, validate_only = false } = body;
      const configs = config && { configs: configStrings(config) };
      const spec = { name, partitions, replicationFactor: replication_factor, ...configs };
      await topics.create(cluster, { ...spec, validateOnly: validate_only }, signal);
      return {
        data: { name, partitions, replication_factor, created: !validate_only },
        message: validate_only ? `Topic "${name}" could be created.` : `Topic "${name}" was created.`,
        location: `${prefix}/topics/${encodeURIComponent(name)}`,
      };
    },
  );
  addRoute(
    app,
    services,
    {
      method: 'get',
      path: '/topics/{topic}',
      id: 'getTopic',
      tag: 'Topics',
      summary: 'A topic with its partitions, offsets and size',
      params: topicParamsSchema,
      query: clusterQuerySchema,
      data: topicDetailsSchema,
      errors: [...CLUSTER_ERRORS, 'TOPIC_NOT_FOUND'],
    },
    async ({ params, query: { cluster }, signal }) => {
      const details = await topics.describe(cluster, params.topic, signal);
      return {
        data: topicDetailsData(details),
        message: `Topic "${details.name}" has ${details.partitions} ${details.partitions === 1 ? 'partition' : 'partitions'}.`,
      };
    },
  );
  addRoute(
    app,
    services,
    {
      method: 'delete',
      path: '/topics/{topic}',
      id: 'deleteTopic',
      tag: 'Topics',
      summary: 'Delete a topic with all its records',
      params: topicParamsSchema,
      query: clusterQuerySchema,
      data: deletedTopicSchema,
      errors: [...CLUSTER_ERRORS, 'TOPIC_NOT_FOUND'],
    },
    async ({ params, query: { cluster }, signal }) => {
      await topics.delete(cluster, params.topic, signal);
      return { data: { name: params.topic }, message: `Topic "${params.topic}" was deleted.` };
    },
  );
}
