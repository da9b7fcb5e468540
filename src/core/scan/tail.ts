import { delay } from '../../base/async';
import { backoffMs } from '../../base/retry';
import type { ConsumedRecord } from '../kafkaTypes';
import { goneMessage, shrunkMessage } from './bounds';
import { isSkip } from './entry';
import { sizeOf } from './filter';
import { ForwardLane } from './forwardLane';
import { fetchBytes, mostHeldBytes } from './laneFetcher';
import { Merge } from './merge';
import { PageBuilder } from './pageBuilder';
import type { Isolation, RecordFilter, ScanSummary, TailQuery } from './query';
import type { FetchedPartition, RecordSource } from './recordSource';
import { scan } from './scan';
import { ScanStop } from './scanStop';
import { Tally, type TallyListeners } from './tally';

export interface TailOptions extends TallyListeners {
  /** Ends the tail. */
  readonly signal?: AbortSignal | undefined;
  /** How long the broker may hold a fetch while nothing comes, in ms; 500 where left out. */
  readonly maxWaitMs?: number | undefined;
}

/**
 * Live records from `from` (by default the end) on, until the signal is aborted. What is there already is read as by
 * {@link scan}, oldest first; then records come as they arrive, merged by timestamp within one answer.
 *
 * It is pulled: nothing is fetched while nobody asks for the next page, so the memory is bounded by one answer and a slow
 * reader falls behind instead of losing records. While nothing comes the broker holds the fetch; a source that answers
 * at once with nothing is asked less and less often, up to every `maxWaitMs`.
 *
 * Records that were deleted before they were read, and a topic that was made anew (it goes on at its new beginning), are
 * told of as problems. Partitions that are added later are not followed. The position of the summary is where the next
 * tail goes on without a gap.
 * @throws as {@link scan} does before the live part, and what the source throws
 */
export async function* tail(
  source: RecordSource,
  query: TailQuery,
  options: TailOptions = {},
): AsyncGenerator<readonly ConsumedRecord[], ScanSummary, undefined> {
  const history = yield* scan(source, { from: { at: 'end' }, ...query, direction: 'oldest' }, options);
  if (history.stopReason !== 'end') return history;
  const tally = new Tally(options);
  const stop = new ScanStop(options.signal, undefined);
  const live = new LiveReader(source, query, history, tally, stop, options.maxWaitMs ?? 500);
  try {
    while (!stop.reason) {
      await stop.guard(() => live.fetch());
      tally.tell();
      yield* live.drain();
    }
    return summaryOf(history, tally, live);
  } finally {
    stop.dispose();
  }
}

function summaryOf(history: ScanSummary, tally: Tally, live: LiveReader): ScanSummary {
  const { scanned, matched, bytes, elapsedMs } = tally.progress();
  return {
    scanned: history.scanned + scanned,
    matched: history.matched + matched,
    bytes: history.bytes + bytes,
    elapsedMs: history.elapsedMs + elapsedMs,
    stopReason: 'cancelled',
    position: { ...history.position, partitions: live.positions() },
    problems: [...history.problems, ...tally.problems],
  };
}

/** The live part: one fetch of all partitions at a time. */
class LiveReader {
  readonly #source: RecordSource;
  readonly #topic: string;
  readonly #isolation: Isolation;
  readonly #filter: RecordFilter | undefined;
  readonly #tally: Tally;
  readonly #stop: ScanStop;
  readonly #maxWaitMs: number;
  #lanes: ForwardLane[];
  #rounds = 0;
  #nothing = 0;

  constructor(
    source: RecordSource,
    query: TailQuery,
    history: ScanSummary,
    tally: Tally,
    stop: ScanStop,
    maxWaitMs: number,
  ) {
    this.#source = source;
    this.#topic = query.topic;
    this.#isolation = query.isolation ?? 'read_committed';
    this.#filter = query.filter;
    this.#tally = tally;
    this.#stop = stop;
    this.#maxWaitMs = maxWaitMs;
    this.#lanes = [...history.position.partitions].map(([partition, { next }]) =>
      this.#laneAt(partition, next),
    );
  }

  /** Waits for one answer. */
  async fetch(): Promise<void> {
    const { signal } = this.#stop;
    const turn = this.#rounds++ % this.#lanes.length;
    const lanes = [...this.#lanes.slice(turn), ...this.#lanes.slice(0, turn)];
    const positions = lanes.map((lane) => ({ partition: lane.partition, offset: lane.fetchOffset() ?? 0 }));
    const startedAt = performance.now();
    const share = Math.floor(mostHeldBytes / lanes.length);
    const fetched = await this.#source.fetch(
      this.#topic,
      positions,
      {
        isolation: this.#isolation,
        maxBytesPerPartition: Math.min(fetchBytes.most, share),
        maxWaitMs: this.#maxWaitMs,
        minBytes: 1,
      },
      signal,
    );
    let came = false;
    for (const part of fetched) came = (await this.#accept(part)) || came;
    this.#nothing = came ? 0 : this.#nothing + 1;
    if (!came && performance.now() - startedAt < this.#maxWaitMs / 2) {
      await delay(backoffMs(this.#nothing, { baseMs: 5, maxMs: this.#maxWaitMs }), signal);
    }
  }

  /** The records of the last answer, in pages. */
  *drain(): Generator<readonly ConsumedRecord[], void, undefined> {
    const merge = new Merge(this.#lanes, 'oldest', false);
    const page = new PageBuilder();
    for (let entry = merge.peek(); entry !== undefined && entry !== 'stalled'; entry = merge.peek()) {
      if (isSkip(entry)) {
        this.#tally.scanned += entry.skipped;
        merge.take();
        continue;
      }
      const size = sizeOf(entry);
      if (!page.hasRoom(size)) yield page.take();
      merge.take();
      page.add(entry, size);
      this.#tally.scanned += 1;
      this.#tally.matched += 1;
    }
    if (page.length > 0) yield page.take();
  }

  /** Empty ranges at the offsets where the tail goes on; right once everything was drained. */
  positions(): ScanSummary['position']['partitions'] {
    return new Map(
      this.#lanes.map((lane) => {
        const next = lane.fetchOffset() ?? 0;
        return [lane.partition, { next, end: next }];
      }),
    );
  }

  async #accept(part: FetchedPartition): Promise<boolean> {
    const at = this.#lanes.findIndex((lane) => lane.partition === part.partition);
    const lane = this.#lanes[at];
    if (!lane) return false;
    if (part.outOfRange) return this.#recover(at, lane);
    const before = lane.fetchOffset() ?? 0;
    for (const batch of part.batches) this.#tally.bytes += batch.sizeInBytes;
    lane.accept(part);
    return part.nextOffset > before;
  }

  /** Goes on at the beginning of what is there now. True where that is somewhere else. */
  async #recover(at: number, lane: ForwardLane): Promise<boolean> {
    const { partition } = lane;
    const offset = lane.fetchOffset() ?? 0;
    const ask = async (spec: 'beginning' | 'end'): Promise<number> => {
      const { signal } = this.#stop;
      const offsets = await this.#source.offsets(this.#topic, [partition], spec, this.#isolation, signal);
      return offsets.get(partition) ?? 0;
    };
    const [beginning, end] = await Promise.all([ask('beginning'), ask('end')]);
    if (offset >= beginning && offset <= end) return false;
    const message = offset < beginning ? goneMessage : shrunkMessage;
    this.#tally.report(
      partition,
      offset,
      message(partition, offset < beginning ? offset : end, offset < beginning ? beginning : offset),
    );
    this.#lanes[at] = this.#laneAt(partition, beginning);
    return true;
  }

  #laneAt(partition: number, next: number): ForwardLane {
    const open = { direction: 'oldest', filter: this.#filter, report: this.#tally.report } as const;
    return new ForwardLane(partition, { next, end: Infinity }, open);
  }
}
