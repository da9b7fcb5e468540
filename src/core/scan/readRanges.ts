import type { ConsumedRecord } from '../kafkaTypes';
import { BackwardLane } from './backwardLane';
import { Turn } from '../turn';
import type { ScanPlan } from './bounds';
import { ForwardLane } from './forwardLane';
import type { Lane } from './lane';
import { fetchBytes, LaneFetcher, mostHeldBytes } from './laneFetcher';
import { Merge } from './merge';
import { OpenBudget } from './openBudget';
import { PageBuilder } from './pageBuilder';
import type { OffsetRange, StopReason } from './query';
import type { RecordSource } from './recordSource';
import type { ScanStop } from './scanStop';
import type { Tally } from './tally';

/** A range for each partition. */
export type OffsetRanges = ReadonlyMap<number, OffsetRange>;

/** What reading needs besides the plan. */
export interface ReadContext {
  readonly source: RecordSource;
  readonly tally: Tally;
  readonly stop: ScanStop;
}

/** Most records and bytes to hand out; one record is always handed out. */
export interface ReadCaps {
  readonly records: number;
  readonly bytes: number;
}

/** How the reading of ranges ended. */
export interface ReadOutcome {
  readonly reason: StopReason;
  readonly handedOut: number;
  /** What is still unread of each partition; empty ranges where nothing is. */
  readonly left: OffsetRanges;
}

/** The engine itself: fills the lanes, merges them, and hands out what comes until a cap or the end is reached. */
export async function* readRanges(
  plan: ScanPlan,
  caps: ReadCaps,
  { source, tally, stop }: ReadContext,
): AsyncGenerator<readonly ConsumedRecord[], ReadOutcome, undefined> {
  const lanes = openLanes(plan, caps, tally);
  const merge = new Merge(lanes, plan.direction);
  const fetcher = new LaneFetcher({
    source,
    topic: plan.topic,
    isolation: plan.isolation,
    checkCrc: plan.checkCrc,
    lanes,
    report: tally.report,
    onBytes: (bytes) => (tally.bytes += bytes),
    signal: stop.signal,
  });
  const page = new PageBuilder();
  let handedOut = 0;
  let bytes = 0;
  let reason: StopReason | undefined;
  const turn = new Turn();
  let muchWasDone = false;
  while (reason === undefined) {
    if (merge.isWaiting) await merge.admit(turn);
    const lane = merge.peek();
    if (lane === undefined) {
      reason = 'end';
    } else if (lane === 'stalled') {
      if (page.length > 0) yield page.take();
      await stop.guard(() => fetcher.round());
      tally.tell();
      reason = stop.reason;
    } else if (turn.isOverSoon(muchWasDone)) {
      await turn.pass();
      reason = stop.reason;
    } else if (lane.head.skipped > 0) {
      tally.scanned += lane.head.skipped;
      merge.take();
      muchWasDone = true;
    } else {
      const size = lane.head.recordSize();
      if (handedOut > 0 && bytes + size > caps.bytes) {
        reason = 'max-bytes';
      } else if (!page.hasRoom(size)) {
        yield page.take();
        reason = stop.reason;
      } else {
        page.add(lane.head.record(), size);
        muchWasDone = merge.take();
        tally.scanned += 1;
        tally.matched += 1;
        tally.payload += size;
        bytes += size;
        handedOut += 1;
        if (handedOut >= caps.records) reason = 'limit';
      }
    }
  }
  if (page.length > 0) yield page.take();
  return { reason, handedOut, left: leftOf(plan, lanes) };
}

function openLanes({ direction, filter, ranges }: ScanPlan, caps: ReadCaps, tally: Tally): readonly Lane[] {
  const open = { direction, filter, report: tally.report, budget: new OpenBudget() };
  const unread = [...ranges].filter(([, { next, end }]) => next < end);
  if (direction === 'oldest')
    return unread.map(([partition, range]) => new ForwardLane(partition, range, open));
  // Asking for the last 100 of each partition costs the same as for fewer: a whole batch comes anyway.
  const firstWidth = Math.min(1000, Math.max(100, Number.isFinite(caps.records) ? caps.records : 0));
  const windowBytes = Math.min(fetchBytes.most, Math.floor(mostHeldBytes / 2 / Math.max(1, unread.length)));
  return unread.map(
    ([partition, range]) => new BackwardLane(partition, range, { ...open, firstWidth, windowBytes }),
  );
}

function leftOf({ ranges, direction }: ScanPlan, lanes: readonly Lane[]): OffsetRanges {
  const left = new Map(ranges);
  for (const [partition, { next, end }] of ranges) {
    const at = direction === 'oldest' ? end : next;
    left.set(partition, { next: at, end: at });
  }
  for (const lane of lanes) left.set(lane.partition, lane.remaining());
  return left;
}
