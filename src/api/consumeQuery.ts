import type { ConsumeQuery } from '../contract/rest/consume';
import { KafkaManagerError } from '../contract/errors';
import { decodePosition } from '../core/scan/position';
import type { ScanEnd, ScanQuery, ScanStart } from '../core/scan/query';
import { toFilter } from './consumeFilter';

/** Records of a page where no limit is named. */
const DEFAULT_LIMIT = 100;
/** Most bytes of keys, values and headers in a page; a larger single record still comes. */
const MAX_PAGE_BYTES = 4 * 1024 * 1024;

/** The scan that a /consume query asks for. @throws VALIDATION_ERROR for a position that is none, or what doesn't fit together */
export function toScanQuery(query: ConsumeQuery): ScanQuery {
  const { topic, from, to, partitions, direction, isolation, limit, position } = query;
  const filter = toFilter(query);
  return {
    topic,
    from: position === undefined ? toStart(from ?? 'beginning') : goOn(position, from),
    ...(to !== undefined && { to: toEnd(to) }),
    ...(partitions !== undefined && {
      partitions: [...new Set(partitions.split(',').map(Number))],
    }),
    ...(direction && { direction }),
    ...(isolation && { isolation }),
    ...(filter && { filter }),
    limit: limit ?? DEFAULT_LIMIT,
    maxBytes: MAX_PAGE_BYTES,
  };
}

/** Where an earlier page stopped; how that goes on is the scan's affair. */
function goOn(token: string, from: string | undefined): ScanStart {
  if (from !== undefined) {
    throw new KafkaManagerError('VALIDATION_ERROR', 'A read has either "from" or "position", not both.', {
      details: { from: 'has no meaning beside "position"' },
      remedy: 'Leave out "from" to go on after an earlier page, or "position" to begin anew.',
    });
  }
  return { at: 'position', position: decodePosition(token) };
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
