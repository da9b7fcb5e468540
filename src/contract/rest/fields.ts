import * as z from 'zod';
import { MAX_PARTITIONS } from '../limits';
import { MAX_TOPIC_NAME_LENGTH, TOPIC_NAME_PATTERN } from '../topicName';

/** A topic name as Kafka allows it. */
export const topicNameSchema = z
  .string()
  .min(1)
  .max(MAX_TOPIC_NAME_LENGTH)
  .regex(TOPIC_NAME_PATTERN, 'must be 1 to 249 of A-Z a-z 0-9 . _ - and not . or .. alone')
  .meta({ example: 'orders' });

/** Id of a cluster profile. */
export const clusterIdSchema = z
  .string()
  .regex(/^[a-z0-9-]{1,64}$/, 'must be 1 to 64 of a-z 0-9 -')
  .meta({ description: 'Id of a cluster profile; the active one where left out.' });

/** Number of partitions of a topic. */
export const partitionCountSchema = z.int().min(1).max(MAX_PARTITIONS);

/** Number of one partition, counted from 0. */
export const partitionSchema = z.int().min(0).max(2_147_483_647);

/** An offset; exact up to 2^53. */
export const offsetSchema = z.int().min(0).max(Number.MAX_SAFE_INTEGER);

/** An int64 of Kafka as far as a JSON number is exact. */
export const safeIntSchema = z.int().min(Number.MIN_SAFE_INTEGER).max(Number.MAX_SAFE_INTEGER);

/**
 * A whole number in a query string. Written without coercion: z.coerce takes '' for 0 and documents a nullable type.
 */
export function intParam(min: number, max: number) {
  return z
    .string()
    .regex(/^-?\d{1,16}$/, 'must be a whole number')
    .transform(Number)
    .pipe(z.int().min(min).max(max))
    .meta({ type: 'integer', minimum: min, maximum: max });
}

/** `true` or `false` in a query string. */
export const booleanParam = z.enum(['true', 'false']).transform((value) => value === 'true');

/** Query of operations that only pick a cluster. */
export const clusterQuerySchema = z.strictObject({ cluster: clusterIdSchema.optional() });
