import * as z from 'zod';
import { KafkaManagerError } from '../../contract/errors';
import type { ScanPosition } from './query';

const offset = z.number().int().min(0).max(Number.MAX_SAFE_INTEGER);

const tokenShape = z.strictObject({
  v: z.literal(1),
  t: z.string().min(1),
  d: z.enum(['oldest', 'newest']),
  p: z.array(z.tuple([z.number().int().min(0).max(0x7fffffff), offset, offset])).min(1),
  r: z.number().int().min(1).max(Number.MAX_SAFE_INTEGER).optional(),
});

/** The position as an opaque token for URLs: base64url of JSON, about 20 bytes a partition. */
export function encodePosition(position: ScanPosition): string {
  const token: z.infer<typeof tokenShape> = {
    v: 1,
    t: position.topic,
    d: position.direction,
    p: [...position.partitions].map(([partition, range]) => [partition, range.next, range.end]),
    ...(position.remaining === undefined ? {} : { r: position.remaining }),
  };
  return Buffer.from(JSON.stringify(token), 'utf8').toString('base64url');
}

/** @throws VALIDATION_ERROR where the token was not made by {@link encodePosition}. */
export function decodePosition(token: string): ScanPosition {
  const parsed = tokenShape.safeParse(parseToken(token));
  if (!parsed.success) throw badToken(parsed.error);
  const { t, d, p, r } = parsed.data;
  const partitions = new Map(p.map(([partition, next, end]) => [partition, { next, end }]));
  if (partitions.size !== p.length || p.some(([, next, end]) => next > end)) throw badToken(undefined);
  return { topic: t, direction: d, partitions, ...(r === undefined ? {} : { remaining: r }) };
}

function parseToken(token: string): unknown {
  if (!/^[\w-]+$/.test(token)) throw badToken(undefined);
  try {
    return JSON.parse(Buffer.from(token, 'base64url').toString('utf8'));
  } catch (error) {
    throw badToken(error);
  }
}

function badToken(cause: unknown): KafkaManagerError {
  return new KafkaManagerError('VALIDATION_ERROR', 'The position is not one that an earlier answer gave.', {
    remedy: 'Use the position of an earlier answer unchanged, or leave it out to begin anew.',
    cause,
  });
}
