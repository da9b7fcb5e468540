import type { ScanQuery } from './query';
import type { RecordSource } from './recordSource';
import { type RecordPages, scan, type ScanOptions } from './scan';
import { tail } from './tail';

export type { RecordPages } from './scan';

export interface ReadOnOptions extends ScanOptions {
  /** Wait up to this long in ms for new records where an oldest-first read came to the end below its limit. */
  readonly waitMs?: number | undefined;
}

/**
 * A scan, and then new records as they come, until a limit is reached or the wait is over: that is an end like any
 * other. The position of the summary lies just behind what was handed out. Nothing is waited for where nothing new can
 * belong to the read: newest first, and where `to` sets an end. A wait may leave a fetch parked at the source for half a
 * second.
 */
export function readOn(source: RecordSource, query: ScanQuery, options: ReadOnOptions): RecordPages {
  const waits = (options.waitMs ?? 0) > 0 && isOpenEnded(query);
  return waits ? tail(source, query, options) : scan(source, query, options);
}

function isOpenEnded({ from, to, direction }: ScanQuery): boolean {
  const reads = from.at === 'position' ? from.position.direction : direction;
  return reads !== 'newest' && (to === undefined || to.at === 'end');
}
