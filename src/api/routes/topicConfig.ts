import { clusterQuerySchema } from '../../contract/rest/fields';
import {
  addPartitionsSchema,
  alterConfigSchema,
  topicConfigQuerySchema,
  topicConfigSchema,
  topicDetailsSchema,
  topicParamsSchema,
  truncatedSchema,
  truncateSchema,
} from '../../contract/rest/topics';
import type { ConfigEntry } from '../../core/kafkaTypes';
import { CLUSTER_ERRORS } from '../openapi';
import { addRoute, type ApiApp } from '../route';
import type { ApiServices } from '../services';
import { configStrings, topicDetailsData } from '../topicData';

/** Changes of a topic that exists: config, partitions, truncate. */
export function addTopicConfigRoutes(app: ApiApp, services: ApiServices): void {
  const { topics } = services;
  const shared = { tag: 'Topics', params: topicParamsSchema } as const;
  const errors = [...CLUSTER_ERRORS, 'TOPIC_NOT_FOUND'] as const;
  addRoute(
    app,
    services,
    {
      ...shared,
      method: 'get',
      path: '/topics/{topic}/config',
      id: 'getTopicConfig',
      summary: 'All config entries of a topic and where their values come from',
      query: topicConfigQuerySchema,
      data: topicConfigSchema,
      errors,
    },
    async ({ params: { topic }, query: { cluster, documentation }, signal }) => {
      const entries = await topics.config(cluster, topic, { documentation: documentation ?? false }, signal);
      return { data: configData(topic, entries), message: `${entries.length} config entries.` };
    },
  );
  addRoute(
    app,
    services,
    {
      ...shared,
      method: 'patch',
      path: '/topics/{topic}/config',
      id: 'alterTopicConfig',
      summary: 'Change some config entries of a topic; the others stay as they are',
      query: clusterQuerySchema,
      body: alterConfigSchema,
      data: topicConfigSchema,
      errors: [...errors, 'INVALID_CONFIGURATION', 'POLICY_VIOLATION'],
    },
    async ({ params: { topic }, query: { cluster }, body, signal }) => {
      const { config, validate_only: validateOnly = false } = body;
      await topics.alterConfig(cluster, topic, configStrings(config), { validateOnly }, signal);
      const entries = await topics.config(cluster, topic, {}, signal);
      return {
        data: configData(topic, entries),
        message: validateOnly ? 'The config could be changed.' : `The config of "${topic}" was changed.`,
      };
    },
  );
  addRoute(
    app,
    services,
    {
      ...shared,
      method: 'post',
      path: '/topics/{topic}/partitions',
      id: 'addPartitions',
      summary: 'Raise the number of partitions',
      description: 'Records with keys may go to other partitions afterwards. The number can not be lowered.',
      query: clusterQuerySchema,
      body: addPartitionsSchema,
      data: topicDetailsSchema,
      errors: [...errors, 'INVALID_PARTITIONS', 'POLICY_VIOLATION'],
    },
    async ({ params: { topic }, query: { cluster }, body: { partitions }, signal }) => {
      await topics.addPartitions(cluster, topic, partitions, signal);
      return {
        data: topicDetailsData(await topics.describe(cluster, topic, signal)),
        message: `Topic "${topic}" has ${partitions} partitions now.`,
      };
    },
  );
  addRoute(
    app,
    services,
    {
      ...shared,
      method: 'post',
      path: '/topics/{topic}/truncate',
      id: 'truncateTopic',
      summary: 'Delete the records before an offset, or all of them',
      query: clusterQuerySchema,
      body: truncateSchema,
      data: truncatedSchema,
      errors: [...errors, 'PARTITION_NOT_FOUND', 'OFFSET_OUT_OF_RANGE', 'POLICY_VIOLATION'],
    },
    async ({ params: { topic }, query: { cluster }, body: { before }, signal }) => {
      const wanted = before && new Map(before.map(({ partition, offset }) => [partition, offset]));
      const beginnings = await topics.truncate(cluster, topic, wanted, signal);
      return {
        data: { topic, beginnings: [...beginnings].map(([partition, offset]) => ({ partition, offset })) },
        message: `Records of "${topic}" were deleted.`,
      };
    },
  );
}

function configData(topic: string, entries: readonly ConfigEntry[]) {
  return {
    topic,
    config: entries.map(({ name, value, source, isReadOnly, isSensitive, type, documentation }) => ({
      name,
      value,
      source,
      read_only: isReadOnly,
      sensitive: isSensitive,
      type,
      documentation,
    })),
  };
}
