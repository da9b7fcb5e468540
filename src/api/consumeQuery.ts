import type { ConsumeQuery } from '../contract/rest/consume';
import { KafkaManagerError } from '../contract/errors';
import { decodePosition } from '../core/scan/position';
import type { ScanEnd, ScanQuery, ScanStart } from '../core/scan/query';

/** Records of a page where no limit is named. */
const DEFAULT_LIMIT = 100;
/** Most bytes of keys, values and headers in a page; a larger single record still comes. */
const MAX_PAGE_BYTES = 4 * 1024 * 1024;

/** The scan that a /consume query asks for. @throws VALIDATION_ERROR for a position that is none of this topic */
export function toScanQuery(query: ConsumeQuery): ScanQuery {
  const { topic, from, to, partitions, direction, isolation, filter, limit, position } = query;
  return {
    topic,
    from: toStart(from),
    ...(to !== undefined && { to: toEnd(to) }),
    ...(partitions !== undefined && {
      partitions: [...new Set(partitions.split(',').map(Number))],
    }),
    ...(direction && { direction }),
    ...(isolation && { isolation }),
    ...(filter !== undefined && { filter: { kind: 'contains', bytes: new TextEncoder().encode(filter) } }),
    ...(position !== undefined && goOn(position, topic)),
    limit: limit ?? DEFAULT_LIMIT,
    maxBytes: MAX_PAGE_BYTES,
  };
}

/**
 * Where an earlier page stopped. Oldest first goes on to the present end of each partition, so that a caller can page
 * on for ever; newest first, and the last N, have only what was left.
 */
function goOn(token: string, topic: string): Pick<ScanQuery, 'from' | 'partitions' | 'direction'> {
  const position = decodePosition(token);
  if (position.topic !== topic) {
    throw new KafkaManagerError('VALIDATION_ERROR', 'The request is not valid: "position".', {
      details: { position: `belongs to topic ${position.topic}` },
    });
  }
  const partitions = [...position.partitions.keys()];
  const { direction } = position;
  if (direction === 'newest' || position.remaining !== undefined) {
    return { from: { at: 'position', position }, partitions, direction };
  }
  const offset = new Map([...position.partitions].map(([partition, { next }]) => [partition, next]));
  return { from: { at: 'offset', offset }, partitions, direction };
}

function toStart(text: string): ScanStart {
  const [kind, argument] = split(text);
  switch (kind) {
    case 'last':
      return { at: 'last', count: Number(argument) };
    case 'offset':
      return { at: 'offset', offset: Number(argument) };
    case 'time':
      return { at: 'time', timestamp: toTimestamp(argument) };
    case 'end':
      return { at: 'end' };
    default:
      return { at: 'beginning' };
  }
}

function toEnd(text: string): ScanEnd {
  const [kind, argument] = split(text);
  if (kind === 'offset') return { at: 'offset', offset: Number(argument) };
  if (kind === 'time') return { at: 'time', timestamp: toTimestamp(argument) };
  return { at: 'end' };
}

/** `kind:argument`, where the argument may hold colons itself. */
function split(text: string): [string, string] {
  const colon = text.indexOf(':');
  return colon === -1 ? [text, ''] : [text.slice(0, colon), text.slice(colon + 1)];
}

/** ms since 1970. Never negative: ListOffsets takes negative timestamps for "beginning" and "end". */
function toTimestamp(text: string): number {
  return Math.max(0, /^\d+$/.test(text) ? Number(text) : Date.parse(text));
}
