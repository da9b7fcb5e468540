import { delay } from '../../base/async';
import { backoffMs } from '../../base/retry';
import type { ConsumedRecord } from '../kafkaTypes';
import { Turn } from '../turn';
import { anewMessage, goneMessage, shrunkMessage } from './bounds';
import type { CompiledFilter } from './filter/compiledFilter';
import { ForwardLane } from './forwardLane';
import { fetchBytes, mostHeldBytes } from './laneFetcher';
import { Merge } from './merge';
import { OpenBudget } from './openBudget';
import { PageBuilder } from './pageBuilder';
import type { Isolation, ScanPosition, TailQuery } from './query';
import type { OffsetRanges } from './readRanges';
import type { FetchedPartition, RecordSource } from './recordSource';
import type { ScanStop } from './scanStop';
import type { Tally } from './tally';

export interface LiveReaderOptions {
  readonly source: RecordSource;
  /** Its limits count from the beginning of the tally. */
  readonly query: TailQuery;
  /** That of the query, ready. */
  readonly filter: CompiledFilter | undefined;
  readonly position: ScanPosition;
  readonly tally: Tally;
  readonly stop: ScanStop;
  /** How long the broker may hold a fetch in ms. */
  readonly maxWaitMs: number;
}

/** The live part of a tail: one fetch of all partitions at a time. */
export class LiveReader {
  readonly #options: LiveReaderOptions;
  readonly #isolation: Isolation;
  readonly #budget = new OpenBudget();
  readonly #filter: CompiledFilter | undefined;
  readonly #lanes: Map<number, ForwardLane>;
  /** Lanes that the last answer brought something for. */
  #filled: ForwardLane[] = [];
  #reached: 'limit' | 'max-bytes' | undefined;
  #rounds = 0;
  #nothing = 0;

  constructor(options: LiveReaderOptions) {
    this.#options = options;
    this.#isolation = options.query.isolation ?? 'read_committed';
    this.#filter = options.filter;
    this.#lanes = new Map(
      [...options.position.partitions].map(([partition, { next }]) => [
        partition,
        this.#laneAt(partition, next),
      ]),
    );
  }

  /** The limit that was reached, if one was. */
  get reached(): 'limit' | 'max-bytes' | undefined {
    return this.#reached;
  }

  /** Waits for one answer. */
  async fetch(): Promise<void> {
    const { source, query, stop, maxWaitMs } = this.#options;
    const lanes = [...this.#lanes.values()];
    const turn = this.#rounds++ % lanes.length;
    const rotated = [...lanes.slice(turn), ...lanes.slice(0, turn)];
    const positions = rotated.map((lane) => ({ partition: lane.partition, offset: lane.fetchOffset() ?? 0 }));
    const startedAt = performance.now();
    const share = Math.floor(mostHeldBytes / lanes.length);
    const fetched = await source.fetch(
      query.topic,
      positions,
      {
        isolation: this.#isolation,
        checkCrc: query.checkCrc === true,
        maxBytesPerPartition: Math.min(fetchBytes.most, share),
        maxWaitMs,
        minBytes: 1,
      },
      stop.signal,
    );
    let came = false;
    for (const part of fetched) came = (await this.#accept(part)) || came;
    this.#nothing = came ? 0 : this.#nothing + 1;
    if (!came && performance.now() - startedAt < maxWaitMs / 2) {
      await delay(backoffMs(this.#nothing, { baseMs: 5, maxMs: maxWaitMs }), stop.signal);
    }
  }

  /** The records of the last answer, in pages, as far as the limits allow and until it has to stop. */
  async *drain(): AsyncGenerator<readonly ConsumedRecord[], void, undefined> {
    const { tally, query, stop } = this.#options;
    const { limit = Infinity, maxBytes = Infinity } = query;
    const merge = new Merge(this.#filled, 'oldest', false);
    const page = new PageBuilder();
    this.#filled = [];
    const turn = new Turn();
    await merge.admit(turn);
    let muchWasDone = false;
    for (let lane = merge.peek(); lane !== undefined && lane !== 'stalled'; lane = merge.peek()) {
      const { head } = lane;
      if (turn.isOverSoon(muchWasDone)) {
        await turn.pass();
        if (stop.reason) break;
      }
      if (head.skipped > 0) {
        tally.scanned += head.skipped;
        merge.take();
        muchWasDone = true;
        continue;
      }
      const size = head.recordSize();
      if (tally.matched > 0 && tally.payload + size > maxBytes) {
        this.#reached = 'max-bytes';
        break;
      }
      if (!page.hasRoom(size)) yield page.take();
      page.add(head.record(), size);
      muchWasDone = merge.take();
      tally.scanned += 1;
      tally.matched += 1;
      tally.payload += size;
      if (tally.matched >= limit) {
        this.#reached = 'limit';
        break;
      }
    }
    if (page.length > 0) yield page.take();
  }

  /** Empty ranges at the offsets where the tail goes on, for when nobody drains at the moment. */
  positions(): OffsetRanges {
    return new Map(
      [...this.#lanes].map(([partition, lane]) => {
        const next = (lane.hasReady ? undefined : lane.fetchOffset()) ?? lane.remaining().next;
        return [partition, { next, end: next }];
      }),
    );
  }

  async #accept(part: FetchedPartition): Promise<boolean> {
    const lane = this.#lanes.get(part.partition);
    if (!lane) return false;
    if (part.outOfRange) return this.#recover(lane, part.recreated === true);
    const before = lane.fetchOffset() ?? 0;
    for (const batch of part.batches) this.#options.tally.bytes += batch.sizeInBytes;
    lane.accept(part);
    this.#filled.push(lane);
    return part.nextOffset > before;
  }

  /** Goes on at the beginning of what is there now. True where that is somewhere else. */
  async #recover(lane: ForwardLane, recreated: boolean): Promise<boolean> {
    const { source, query, stop, tally } = this.#options;
    const { partition } = lane;
    const offset = lane.fetchOffset() ?? 0;
    const ask = async (spec: 'beginning' | 'end'): Promise<number> => {
      const offsets = await source.offsets(query.topic, [partition], spec, this.#isolation, stop.signal);
      return offsets.get(partition) ?? 0;
    };
    const [beginning, end] = await Promise.all([ask('beginning'), ask('end')]);
    if (!recreated && offset >= beginning && offset <= end) return false;
    const message = (): string => {
      if (recreated) return anewMessage(partition, offset);
      return offset < beginning
        ? goneMessage(partition, offset, beginning)
        : shrunkMessage(partition, end, offset);
    };
    tally.report(partition, offset, message());
    this.#lanes.set(partition, this.#laneAt(partition, beginning));
    return true;
  }

  #laneAt(partition: number, next: number): ForwardLane {
    const { tally } = this.#options;
    const open = {
      direction: 'oldest',
      filter: this.#filter,
      report: tally.report,
      budget: this.#budget,
    } as const;
    return new ForwardLane(partition, { next, end: Infinity }, open);
  }
}
