import type { ConsumedRecord } from './kafkaTypes';
import type { ReadResult } from './messageManager';
import type { ScanPosition, ScanQuery, ScanSummary } from './scan/query';
import type { RecordSource } from './scan/recordSource';
import { tail } from './scan/tail';

interface WaitOptions {
  readonly signal?: AbortSignal | undefined;
  /** How long to wait in ms. */
  readonly waitMs: number;
  /** Most records to wait for. */
  readonly missing: number;
}

/** Goes on where an oldest-first read came to the end, until the missing records have come or the time is up. */
export async function waitForMore(
  source: RecordSource,
  query: ScanQuery,
  found: ReadResult,
  { signal, waitMs, missing }: WaitOptions,
): Promise<ReadResult> {
  const time = AbortSignal.timeout(waitMs);
  const { topic, partitions, isolation, filter } = query;
  const pages = tail(
    source,
    {
      topic,
      from: { at: 'position', position: found.summary.position },
      ...(partitions && { partitions }),
      ...(isolation && { isolation }),
      ...(filter && { filter }),
    },
    { signal: signal ? AbortSignal.any([time, signal]) : time },
  );
  const more: ConsumedRecord[] = [];
  for (;;) {
    const next = await pages.next();
    if (next.done) return join(found, more, ended(found.summary, next.value, signal?.aborted === true));
    more.push(...next.value.slice(0, missing - more.length));
    if (more.length < missing) continue;
    // A summary would come only at the end, and its position lies behind records that are left out here.
    await pages.return(found.summary);
    return join(found, more, cutAt(found.summary, more));
  }
}

function join(found: ReadResult, more: readonly ConsumedRecord[], summary: ScanSummary): ReadResult {
  return { records: [...found.records, ...more], summary };
}

/** A tail that ran out of time has simply come to the end. */
function ended(scan: ScanSummary, live: ScanSummary, cancelled: boolean): ScanSummary {
  return {
    scanned: scan.scanned + live.scanned,
    matched: scan.matched + live.matched,
    bytes: scan.bytes + live.bytes,
    elapsedMs: scan.elapsedMs + live.elapsedMs,
    stopReason: live.stopReason === 'cancelled' && !cancelled ? 'end' : live.stopReason,
    position: live.position,
    problems: [...scan.problems, ...live.problems],
  };
}

/** The summary of a read that stopped at its limit: the next page begins behind the last record of each partition. */
function cutAt(scan: ScanSummary, more: readonly ConsumedRecord[]): ScanSummary {
  const partitions = new Map(scan.position.partitions);
  for (const { partition, offset } of more) {
    const next = offset + 1;
    partitions.set(partition, { next, end: Math.max(next, partitions.get(partition)?.end ?? next) });
  }
  const position: ScanPosition = { ...scan.position, partitions };
  return {
    ...scan,
    scanned: scan.scanned + more.length,
    matched: scan.matched + more.length,
    stopReason: 'limit',
    position,
  };
}
