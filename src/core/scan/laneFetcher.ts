import { abortable, delay } from '../../base/async';
import { backoffMs } from '../../base/retry';
import { shrunkMessage } from './bounds';
import { type Lane, reasonText, type Report } from './lane';
import { type OutsidePosition, recoverLanes } from './recoverLanes';
import type { Isolation } from './query';
import { settleEach } from './settleEach';
import type { FetchedPartition, FetchOptions, RecordSource } from './recordSource';

/**
 * Bytes that a fetch asks of each partition at first, and at most later: a little more than the largest batch that a
 * broker takes unless told otherwise (message.max.bytes is 1 MiB and 12 bytes), since a batch that does not fit comes of
 * one partition per answer only.
 */
export const fetchBytes = { first: 64 * 1024, most: 1024 * 1024 + 4096 } as const;

/**
 * Bytes of batches that are held at most. A source sends whole batches and the merge needs one of each partition, so it
 * can be more where a single batch of each is more than that.
 */
export const mostHeldBytes = 32 * 1024 * 1024;

export interface LaneFetcherOptions {
  readonly source: RecordSource;
  readonly topic: string;
  readonly isolation: Isolation;
  readonly checkCrc: boolean;
  readonly lanes: readonly Lane[];
  readonly report: Report;
  /** Hears the bytes of each answer. */
  readonly onBytes: (bytes: number) => void;
  readonly signal: AbortSignal;
}

/** How an answer ended, so that one that nobody waits for any more is no unhandled rejection. */
type Outcome = { readonly fetched: readonly FetchedPartition[] } | { readonly error: unknown };

interface Flight {
  readonly asked: ReadonlyMap<Lane, number>;
  readonly outcome: Promise<Outcome>;
}

/** Below the end there is always something to send; that many empty answers in a row say otherwise. */
const mostEmptyRounds = 8;

/** Keeps the lanes of a scan filled: chooses whom to ask for how much, and deals with what goes wrong on the way. */
export class LaneFetcher {
  readonly #options: LaneFetcherOptions;
  readonly #lanes: ReadonlyMap<number, Lane>;
  #bytesPerPartition: number = fetchBytes.first;
  #rounds = 0;
  #emptyRounds = 0;
  #flight: Flight | undefined;

  constructor(options: LaneFetcherOptions) {
    this.#options = options;
    this.#lanes = new Map(options.lanes.map((lane) => [lane.partition, lane]));
  }

  /**
   * Waits for one answer and gives it to the lanes. From the second round on the next fetch is sent before this answer
   * is decoded; the first one often has everything already.
   * @throws what the source throws, where that concerns every partition that is still to be read
   */
  async round(): Promise<void> {
    const { signal } = this.#options;
    const flight = this.#flight ?? this.#send();
    this.#flight = undefined;
    if (!flight) return;
    const outcome = await abortable(flight.outcome, signal);
    const fetched = 'error' in outcome ? await this.#askEach(flight.asked, outcome.error) : outcome.fetched;
    const progressed = await this.#deposit(fetched, flight.asked);
    if (!progressed) await this.#onNothing(flight.asked);
    this.#rounds += 1;
    // Who got nothing has batches that are larger than what was asked for.
    const growth = fetched.length < flight.asked.size ? Infinity : 4;
    this.#bytesPerPartition = Math.min(fetchBytes.most, this.#bytesPerPartition * growth);
    if (this.#rounds > 1) this.#flight = this.#send();
  }

  #send(): Flight | undefined {
    const { source, topic, signal } = this.#options;
    const asked = this.#choose();
    if (asked.size === 0) return undefined;
    const positions = [...asked].map(([lane, offset]) => ({ partition: lane.partition, offset }));
    const outcome = source.fetch(topic, positions, this.#fetchOptions(), signal).then(
      (fetched) => ({ fetched }),
      (error: unknown) => ({ error }),
    );
    return { asked, outcome };
  }

  #fetchOptions(): FetchOptions {
    return {
      isolation: this.#options.isolation,
      checkCrc: this.#options.checkCrc,
      maxBytesPerPartition: this.#window(),
      maxWaitMs: 500,
      minBytes: 1,
    };
  }

  #window(): number {
    return Math.min(this.#bytesPerPartition, Math.floor(mostHeldBytes / this.#lanes.size));
  }

  /**
   * Lanes that have run dry first, then those with less than one window in hand, as long as there is room. Each round
   * begins with another partition: a broker may fill its answer with the first one alone.
   */
  #choose(): ReadonlyMap<Lane, number> {
    const lanes = this.#options.lanes;
    const turn = this.#rounds % lanes.length;
    const rotated = [...lanes.slice(turn), ...lanes.slice(0, turn)];
    const window = this.#window();
    let room = mostHeldBytes;
    for (const lane of lanes) room -= lane.heldBytes;
    const asked = new Map<Lane, number>();
    const ask = (lane: Lane): void => {
      if (asked.size > 0 && room < window) return;
      const offset = lane.fetchOffset();
      if (offset === undefined) return;
      asked.set(lane, offset);
      room -= window;
    };
    for (const lane of rotated) if (!lane.hasReady) ask(lane);
    for (const lane of rotated) if (lane.hasReady && lane.heldBytes < window && room >= window) ask(lane);
    return asked;
  }

  /** Gives the answer to the lanes; true when one of them got on. */
  async #deposit(fetched: readonly FetchedPartition[], asked: ReadonlyMap<Lane, number>): Promise<boolean> {
    const outside: OutsidePosition[] = [];
    let progressed = false;
    for (const part of fetched) {
      const lane = this.#lanes.get(part.partition);
      const offset = lane && asked.get(lane);
      if (!lane || offset === undefined) continue;
      if (part.outOfRange) {
        outside.push({ partition: part.partition, offset, recreated: part.recreated === true });
        continue;
      }
      let bytes = 0;
      for (const batch of part.batches) bytes += batch.sizeInBytes;
      this.#options.onBytes(bytes);
      lane.accept(part);
      progressed ||= part.nextOffset > offset;
    }
    if (progressed) this.#emptyRounds = 0;
    const recovered = outside.length > 0 && (await recoverLanes(this.#options, this.#lanes, outside));
    return progressed || recovered;
  }

  /** Nobody got anything: the log may have become shorter than the range, or nobody answers for the partitions. */
  async #onNothing(asked: ReadonlyMap<Lane, number>): Promise<void> {
    const { source, topic, isolation, report, signal } = this.#options;
    const partitions = [...asked.keys()].map((lane) => lane.partition);
    const ends = await source.offsets(topic, partitions, 'end', isolation, signal);
    this.#emptyRounds += 1;
    for (const [lane, offset] of asked) {
      const end = ends.get(lane.partition);
      if (end !== undefined && end <= offset) {
        report(lane.partition, offset, shrunkMessage(lane.partition, end, offset + 1));
      } else if (this.#emptyRounds >= mostEmptyRounds) {
        report(
          lane.partition,
          offset,
          `Nothing came of partition ${lane.partition} from offset ${offset} on.`,
        );
      } else {
        continue;
      }
      lane.stop();
    }
    await delay(backoffMs(this.#emptyRounds, { baseMs: 5, maxMs: 500 }), signal);
  }

  /** The fetch of several partitions failed: asks each alone, so that one broken partition does not end the others. */
  async #askEach(asked: ReadonlyMap<Lane, number>, error: unknown): Promise<readonly FetchedPartition[]> {
    const { source, topic, report, signal } = this.#options;
    const open = this.#options.lanes.filter((lane) => lane.fetchOffset() !== undefined);
    if (signal.aborted || open.length <= 1) throw error;
    const answers = await settleEach([...asked], ([lane, offset]) =>
      source.fetch(topic, [{ partition: lane.partition, offset }], this.#fetchOptions(), signal),
    );
    const failed = [...asked].flatMap(([lane, offset], index) => {
      const answer = answers[index];
      return answer?.status === 'rejected' ? [{ lane, offset, reason: reasonText(answer.reason) }] : [];
    });
    signal.throwIfAborted();
    if (failed.length === open.length) throw error;
    for (const { lane, offset, reason } of failed) {
      report(lane.partition, offset, `Partition ${lane.partition} can not be read: ${reason}`);
      lane.stop();
    }
    return answers.flatMap((answer) => (answer.status === 'fulfilled' ? answer.value : []));
  }
}
