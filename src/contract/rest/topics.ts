import * as z from 'zod';
import { partitionOffsetSchema } from './cluster';
import {
  booleanParam,
  clusterIdSchema,
  offsetSchema,
  partitionCountSchema,
  partitionSchema,
  topicNameSchema,
} from './fields';

/** Path parameters of everything below /topics/{topic}. */
export const topicParamsSchema = z.object({ topic: topicNameSchema });

export const listTopicsQuerySchema = z.strictObject({
  cluster: clusterIdSchema.optional(),
  internal: booleanParam.optional().meta({ description: "true lists Kafka's own topics too." }),
});

export const topicConfigQuerySchema = z.strictObject({
  cluster: clusterIdSchema.optional(),
  documentation: booleanParam.optional().meta({ description: "true adds the broker's documentation." }),
});

/** A config value. A number past 2^53 must be sent as a string, or its digits would change. */
const configValueSchema = z.union([
  z.string().max(32_767),
  z.int().min(Number.MIN_SAFE_INTEGER).max(Number.MAX_SAFE_INTEGER),
  z.boolean(),
]);

/** Body of POST /topics. */
export const createTopicSchema = z
  .strictObject({
    name: topicNameSchema,
    partitions: partitionCountSchema.default(3),
    replication_factor: z.int().min(1).max(32_767).default(1),
    config: z
      .record(z.string(), configValueSchema)
      .optional()
      .meta({ example: { 'cleanup.policy': 'compact' } }),
    validate_only: z
      .boolean()
      .optional()
      .meta({ description: 'true asks the broker whether it would create it, and creates nothing.' }),
  })
  .meta({ id: 'CreateTopic' });

/** Body of PATCH /topics/{topic}/config: only the named keys change; null removes the override. */
export const alterConfigSchema = z
  .strictObject({
    config: z
      .record(z.string(), configValueSchema.nullable())
      .refine((config) => Object.keys(config).length > 0, 'must name at least one key')
      .meta({ minProperties: 1, example: { 'retention.ms': 60_000, 'cleanup.policy': null } }),
    validate_only: z.boolean().optional(),
  })
  .meta({ id: 'AlterConfig' });

/** Body of POST /topics/{topic}/partitions. */
export const addPartitionsSchema = z
  .strictObject({
    partitions: partitionCountSchema.meta({ description: 'The new total, greater than the present one.' }),
  })
  .meta({ id: 'AddPartitions' });

/** Body of POST /topics/{topic}/truncate. */
export const truncateSchema = z
  .strictObject({
    before: z
      .array(
        z.strictObject({
          partition: partitionSchema,
          offset: offsetSchema.meta({ description: 'Records before it are deleted.' }),
        }),
      )
      .min(1)
      .max(10_000)
      .refine((before) => new Set(before.map(({ partition }) => partition)).size === before.length, {
        message: 'names a partition twice',
      })
      .optional()
      .meta({ description: 'All records of all partitions where left out. Each partition once.' }),
  })
  .meta({ id: 'Truncate' });

const topicSummarySchema = z.object({
  name: z.string(),
  id: z.string().nullable(),
  partitions: z.int().min(0).max(2_147_483_647),
  replication_factor: z.int().min(0).max(32_767),
  internal: z.boolean(),
});

export const topicListSchema = z.object({
  topics: z.array(topicSummarySchema),
  total: z.int().min(0).max(Number.MAX_SAFE_INTEGER),
});

const brokerIds = z.array(z.int().min(-1).max(2_147_483_647));

/** A topic with its partitions, their offsets and its size. */
export const topicDetailsSchema = topicSummarySchema
  .extend({
    size_in_bytes: z.int().min(0).max(Number.MAX_SAFE_INTEGER).nullable(),
    partition_info: z.array(
      z.object({
        partition: partitionSchema,
        leader: z.int().min(-1).max(2_147_483_647).meta({ description: '-1 where there is none.' }),
        replicas: brokerIds,
        isr: brokerIds,
        offline_replicas: brokerIds,
        beginning_offset: offsetSchema.nullable(),
        end_offset: offsetSchema.nullable(),
      }),
    ),
  })
  .meta({ id: 'Topic' });

export type TopicDetailsData = z.infer<typeof topicDetailsSchema>;

/** What POST /topics answers: the topic as it was asked for. */
export const createdTopicSchema = z.object({
  name: z.string(),
  partitions: partitionCountSchema,
  replication_factor: z.int().min(1).max(32_767),
  created: z.boolean().meta({ description: 'false with validate_only.' }),
});

export const deletedTopicSchema = z.object({ name: z.string() });

export const topicConfigSchema = z.object({
  topic: z.string(),
  config: z.array(
    z.object({
      name: z.string(),
      value: z.string().nullable().meta({ description: 'null where it is sensitive.' }),
      source: z.string().meta({ example: 'topic' }),
      read_only: z.boolean(),
      sensitive: z.boolean(),
      type: z.string().nullable(),
      documentation: z.string().nullable(),
    }),
  ),
});

export const truncatedSchema = z.object({
  topic: z.string(),
  beginnings: z.array(partitionOffsetSchema).meta({ description: 'The new first offset of each partition.' }),
});
