import * as z from 'zod';
import { filterParams } from './consumeFilter';
import {
  clusterIdSchema,
  intParam,
  offsetSchema,
  partitionSchema,
  safeIntSchema,
  topicNameSchema,
} from './fields';
import { formatSchema } from './produce';

/** A point in time in a query: ISO 8601 with zone, or ms since 1970. */
const TIME =
  'time:(?:\\d{1,15}|\\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\\d|3[01])T(?:[01]\\d|2[0-3]):[0-5]\\d' +
  '(?::[0-5]\\d(?:\\.\\d{1,9})?)?(?:Z|[+-](?:[01]\\d|2[0-3]):[0-5]\\d))';

/** Where a read begins, as text: beginning, end, last:N, offset:N, time:ISO or time:MS. */
export const FROM_PATTERN = new RegExp(`^(?:beginning|end|last:[1-9]\\d{0,6}|offset:\\d{1,15}|${TIME})$`);

/** Where a read ends, as text: end, offset:N (exclusive), time:… (exclusive). */
export const TO_PATTERN = new RegExp(`^(?:end|offset:\\d{1,15}|${TIME})$`);

/** Longest wait for new records in ms. */
export const MAX_WAIT_MS = 30_000;

/** Longest position in characters: what a URL has room for beside the rest of a request's 16 KiB of headers. */
export const MAX_POSITION_LENGTH = 15_000;

/** Query of GET /consume. */
export const consumeQuerySchema = z.strictObject({
  cluster: clusterIdSchema.optional(),
  topic: topicNameSchema,
  from: z
    .string()
    .regex(FROM_PATTERN, 'must be beginning, end, last:N, offset:N, time:ISO or time:MS')
    .optional()
    .meta({ description: 'The beginning where left out.', example: 'last:100' }),
  to: z.string().regex(TO_PATTERN, 'must be end, offset:N, time:ISO or time:MS').optional().meta({
    description: 'Exclusive. The end at the start of the read where left out.',
  }),
  partitions: z
    .string()
    .regex(/^\d{1,9}(?:,\d{1,9}){0,999}$/, 'must be numbers separated by commas')
    .optional()
    .meta({ description: 'All where left out.', example: '0,1' }),
  limit: intParam(1, 10_000)
    .optional()
    .meta({ description: 'Most records of this page; 100 where left out.' }),
  direction: z.enum(['oldest', 'newest']).optional().meta({ description: 'Which records come first.' }),
  ...filterParams,
  isolation: z.enum(['read_committed', 'read_uncommitted']).optional(),
  wait_ms: intParam(0, MAX_WAIT_MS).optional().meta({
    description: 'Wait up to this long for new records where the end is reached below the limit.',
  }),
  position: z
    .string()
    .regex(new RegExp(`^[A-Za-z0-9_-]{1,${MAX_POSITION_LENGTH}}$`), 'must be the position of the page before')
    .optional()
    .meta({
      description:
        'Goes on after an earlier page of the same topic, in place of `from`: oldest first to the present end (or `to`), ' +
        'newest first with what was left. Partitions and direction are those of the page before.',
    }),
  key_format: formatSchema.optional().meta({ description: 'Show keys so, where their bytes allow it.' }),
  value_format: formatSchema.optional().meta({ description: 'Show values so, where their bytes allow it.' }),
});

export type ConsumeQuery = z.infer<typeof consumeQuerySchema>;

/** A record as it is shown. */
export const recordSchema = z
  .object({
    topic: z.string(),
    partition: partitionSchema,
    offset: offsetSchema,
    timestamp: safeIntSchema.nullable().meta({ description: 'ms since 1970.' }),
    key: z.unknown(),
    key_format: formatSchema.nullable().meta({ description: 'null where there is no key.' }),
    value: z.unknown(),
    value_format: formatSchema.nullable().meta({
      description:
        'json only where the bytes are JSON, base64 where they are not UTF-8, null for a tombstone.',
    }),
    headers: z.array(
      z.object({
        key: z.string(),
        value: z.string().nullable(),
        format: z.enum(['text', 'base64']).nullable(),
      }),
    ),
  })
  .meta({ id: 'Record' });

const countSchema = z.int().min(0).max(Number.MAX_SAFE_INTEGER);

/** How a read went: the last line of a stream, and part of a page. */
export const consumeSummarySchema = z.object({
  stop_reason: z.enum(['end', 'limit', 'max-bytes', 'cancelled', 'deadline']),
  scanned: countSchema.meta({ description: 'Records looked at.' }),
  matched: countSchema,
  position: z.string().meta({ description: 'Hand it back as ?position= to go on.' }),
  problems: z.array(z.object({ partition: partitionSchema, offset: safeIntSchema, message: z.string() })),
});

export type ConsumeSummary = z.infer<typeof consumeSummarySchema>;

/** A page of records. */
export const consumePageSchema = z.object({
  records: z.array(recordSchema),
  ...consumeSummarySchema.shape,
});

/** A line of application/x-ndjson: a record, or at the end the summary or the failure. */
export const consumeLineSchema = z.union([recordSchema, z.object({ summary: consumeSummarySchema })]);
