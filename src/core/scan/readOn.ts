import type { ConsumedRecord } from '../kafkaTypes';
import type { ScanPosition, ScanQuery, ScanSummary } from './query';
import type { RecordSource } from './recordSource';
import { scan, type ScanOptions } from './scan';
import { tail } from './tail';

export interface ReadOnOptions extends ScanOptions {
  /** Wait up to this long in ms for new records where an oldest-first read came to the end below its limit. */
  readonly waitMs?: number | undefined;
}

/** Pages of records; the summary is returned at the end. */
export type RecordPages = AsyncGenerator<readonly ConsumedRecord[], ScanSummary, undefined>;

/**
 * A scan, and then new records as they come, until the limit is reached or the wait is over: that is an end like any
 * other. The position of the summary lies just behind what was handed out. A wait may leave a fetch parked at the source
 * for half a second.
 */
export async function* readOn(source: RecordSource, query: ScanQuery, options: ReadOnOptions): RecordPages {
  const found = yield* scan(source, query, options);
  const missing = (query.limit ?? Infinity) - found.matched;
  const waitMs = options.waitMs ?? 0;
  if (waitMs <= 0 || missing <= 0 || query.direction === 'newest' || found.stopReason !== 'end') return found;
  const { topic, partitions, isolation, filter } = query;
  const time = AbortSignal.timeout(waitMs);
  const live = tail(
    source,
    {
      topic,
      from: { at: 'position', position: found.position },
      ...(partitions && { partitions }),
      ...(isolation && { isolation }),
      ...(filter && { filter }),
    },
    { signal: options.signal ? AbortSignal.any([time, options.signal]) : time },
  );
  return yield* upTo(missing, live, found, options.signal);
}

/** Live records until there are `missing` of them or the tail ends. */
async function* upTo(
  missing: number,
  live: RecordPages,
  found: ScanSummary,
  signal: AbortSignal | undefined,
): RecordPages {
  let { position } = found;
  let count = 0;
  try {
    for (;;) {
      const next = await live.next();
      if (next.done) return ended(found, next.value, signal?.aborted === true);
      const page = next.value.slice(0, missing - count);
      position = behind(position, page);
      count += page.length;
      yield page;
      if (count < missing) continue;
      const seen = { scanned: found.scanned + count, matched: found.matched + count };
      return { ...found, ...seen, stopReason: 'limit', position };
    }
  } finally {
    await live.return(found);
  }
}

/** A tail that ran out of time has simply come to the end. */
function ended(found: ScanSummary, live: ScanSummary, isCancelled: boolean): ScanSummary {
  return {
    scanned: found.scanned + live.scanned,
    matched: found.matched + live.matched,
    bytes: found.bytes + live.bytes,
    elapsedMs: found.elapsedMs + live.elapsedMs,
    stopReason: live.stopReason === 'cancelled' && !isCancelled ? 'end' : live.stopReason,
    position: live.position,
    problems: [...found.problems, ...live.problems],
  };
}

/** The position behind these records: the next page begins after the last one of each partition. */
function behind(position: ScanPosition, records: readonly ConsumedRecord[]): ScanPosition {
  const partitions = new Map(position.partitions);
  for (const { partition, offset } of records) {
    const next = offset + 1;
    partitions.set(partition, { next, end: Math.max(next, partitions.get(partition)?.end ?? next) });
  }
  return { ...position, partitions };
}
