import * as z from 'zod';
import { MAX_BATCH_MESSAGES } from '../limits';
import { offsetSchema, partitionSchema, safeIntSchema, topicNameSchema } from './fields';

/** How bytes are shown in JSON and read from it. */
export const formatSchema = z.enum(['text', 'json', 'base64']);

export type Format = z.infer<typeof formatSchema>;

/** A header value: text, bytes as {base64}, or null (Kafka tells null from empty). */
const headerValueSchema = z.union([z.string(), z.null(), z.strictObject({ base64: z.string() })]);

const headersSchema = z
  .union([
    z.record(z.string(), headerValueSchema),
    z.array(z.tuple([z.string(), headerValueSchema]).meta({ minItems: 2, maxItems: 2 })).max(10_000),
    z
      .array(
        z.strictObject({
          key: z.string(),
          value: z.string().nullable(),
          format: z.enum(['text', 'base64']).nullish(),
        }),
      )
      .max(10_000),
  ])
  .meta({
    description:
      'An object, or to keep order and duplicates a list of [name, value] pairs, or the list that /consume answers. ' +
      'A value is text, {"base64": "…"} or null.',
    example: { source: 'shop' },
  });

export type HeadersInput = z.infer<typeof headersSchema>;

/** ms since 1970, or a date and time with zone. */
const timestampSchema = z
  .union([z.int().min(0).max(8_640_000_000_000_000), z.iso.datetime({ offset: true })])
  .meta({ description: 'ms since 1970, or ISO 8601 with zone. Now where left out.' });

const messageFields = {
  key: z.unknown().optional().meta({ description: 'null or left out: no key.' }),
  value: z.unknown().meta({
    description: 'A string is text, anything else JSON, unless value_format names it. null is a tombstone.',
  }),
  headers: headersSchema.optional(),
  partition: partitionSchema.optional().meta({ description: 'Chosen from the key where left out.' }),
  timestamp: timestampSchema.optional(),
  key_format: formatSchema.nullish(),
  value_format: formatSchema.nullish(),
};

/** Kafka's acks. */
const acksSchema = z
  .literal(['all', 1, 0])
  .default('all')
  .meta({ description: 'all: every in-sync replica has it. 1: the leader has it. 0: not waited for.' });
const compressionSchema = z.enum(['none', 'gzip', 'snappy', 'lz4', 'zstd']).default('none');

/** `value` must be there, if only as null: a forgotten value must not become a tombstone. */
const hasValue = (message: object): boolean => Object.hasOwn(message, 'value');
const VALUE_MISSING = { path: ['value'], message: 'is required; null is a tombstone' };

/** One message of a batch. */
export const messageSchema = z
  .strictObject(messageFields)
  .refine(hasValue, VALUE_MISSING)
  .meta({ id: 'Message', required: ['value'] });

export type MessageInput = z.infer<typeof messageSchema>;

/** Body of POST /produce. */
export const produceSchema = z
  .strictObject({
    topic: topicNameSchema,
    ...messageFields,
    acks: acksSchema,
    compression: compressionSchema,
  })
  .refine(hasValue, VALUE_MISSING)
  .meta({ id: 'Produce', required: ['topic', 'value'] });

/** Body of POST /produce/batch. */
export const produceBatchSchema = z
  .strictObject({
    topic: topicNameSchema,
    messages: z.array(messageSchema).min(1).max(MAX_BATCH_MESSAGES),
    acks: acksSchema,
    compression: compressionSchema,
  })
  .meta({ id: 'ProduceBatch' });

/** Where a record went. */
export const producedSchema = z.object({
  topic: z.string(),
  partition: partitionSchema,
  offset: offsetSchema.nullable().meta({ description: 'null with acks 0, which does not tell.' }),
  timestamp: safeIntSchema.nullable().meta({ description: 'ms since 1970.' }),
});

export type ProducedData = z.infer<typeof producedSchema>;

const countSchema = z.int().min(0).max(MAX_BATCH_MESSAGES);

/** One result per message, in their order. */
export const producedBatchSchema = z.object({
  topic: z.string(),
  produced: countSchema,
  failed: countSchema,
  results: z.array(
    z.union([
      z.object({
        ok: z.literal(true),
        partition: partitionSchema,
        offset: offsetSchema.nullable(),
        timestamp: safeIntSchema.nullable(),
      }),
      z.object({
        ok: z.literal(false),
        error: z.object({ code: z.string(), message: z.string(), type: z.string(), remedy: z.string() }),
      }),
    ]),
  ),
});

export type ProducedBatchData = z.infer<typeof producedBatchSchema>;
