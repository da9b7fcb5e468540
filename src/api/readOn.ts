import type { ConsumedRecord } from '../core/kafkaTypes';
import type { RecordPages } from '../core/messageManager';
import type { ScanPosition, ScanQuery, ScanSummary } from '../core/scan/query';
import type { ApiServices } from './services';

export interface ReadOnOptions {
  /** Longest time of the scan in ms. */
  readonly deadlineMs: number;
  /** How long new records are waited for afterwards, in ms. */
  readonly waitMs: number;
  readonly signal: AbortSignal;
}

/**
 * A scan page by page, and then new records as they come, where the scan reached the end below its limit. The same as
 * MessageManager.read with `waitMs`, but handed out while it goes on.
 */
export async function* readOn(
  { messages }: Pick<ApiServices, 'messages'>,
  cluster: string | undefined,
  query: ScanQuery,
  { deadlineMs, waitMs, signal }: ReadOnOptions,
): RecordPages {
  const found = yield* messages.scan(cluster, query, { signal, deadlineMs });
  const missing = (query.limit ?? Infinity) - found.matched;
  if (waitMs === 0 || missing <= 0 || query.direction === 'newest' || found.stopReason !== 'end')
    return found;
  const { topic, partitions, isolation, filter } = query;
  const time = AbortSignal.timeout(waitMs);
  const live = messages.tail(
    cluster,
    {
      topic,
      from: { at: 'position', position: found.position },
      ...(partitions && { partitions }),
      ...(isolation && { isolation }),
      ...(filter && { filter }),
    },
    AbortSignal.any([signal, time]),
  );
  return yield* upTo(missing, live, found);
}

/** Live records until there are `missing` of them or the tail ends. */
async function* upTo(missing: number, live: RecordPages, found: ScanSummary): RecordPages {
  let { position } = found;
  let count = 0;
  try {
    for (;;) {
      const next = await live.next();
      if (next.done) {
        const { scanned, stopReason, problems } = next.value;
        return {
          ...found,
          scanned: found.scanned + scanned,
          matched: found.matched + count,
          // A tail that ran out of time has simply come to the end.
          stopReason: stopReason === 'cancelled' ? 'end' : stopReason,
          position: next.value.position,
          problems: [...found.problems, ...problems],
        };
      }
      const page = next.value.slice(0, missing - count);
      position = behind(position, page);
      count += page.length;
      yield page;
      if (count === missing) {
        const seen = { scanned: found.scanned + count, matched: found.matched + count };
        return { ...found, ...seen, stopReason: 'limit', position };
      }
    }
  } finally {
    await live.return(found);
  }
}

/** The position behind these records. */
function behind(position: ScanPosition, records: readonly ConsumedRecord[]): ScanPosition {
  const partitions = new Map(position.partitions);
  for (const { partition, offset } of records)
    partitions.set(partition, { next: offset + 1, end: offset + 1 });
  return { ...position, partitions };
}
