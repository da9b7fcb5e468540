import type { Disposable } from '../../base/lifecycle';
import { describeError, type Logger } from '../../base/logger';
import { backoffMs } from '../../base/retry';
import type { Lane } from './lane';
import type { ProduceRecord } from '../../core/kafkaTypes';
import type { SendOptions } from './pending';
import type { PendingRecord } from './pendingRecord';
import type { ProducerConnection } from './producerConnection';
import type { ProducerIdentity } from './producerIdentity';
import { sendBatches } from './sendBatches';
import { endLane, isPassing, letGo, settle } from './settleBatch';
import { TopicRoutes } from './topicRoutes';

/** Bytes of batches after which a request takes no further one. */
const REQUEST_BYTES = 1100 * 1024;
/** Requests to a broker at once, each with other lanes: it has the next one at hand when it has answered one. */
const REQUESTS_IN_FLIGHT = 2;
/** How long batches are encoded in one turn of the event loop, in ms: others want to have theirs. */
const TURN_MS = 6;
const backoff = { baseMs: 50, maxMs: 1_000 };

/** Batches of one request on their way to a broker. */
interface Outgoing {
  readonly leader: number;
  readonly lanes: Lane[];
  bytes: number;
}

/**
 * Sends what lanes hold: requests to each broker with the first batch of several of its lanes, each lane in one of them.
 * While they are in flight the next batches fill, and those that are full are encoded.
 */
export class Dispatcher implements Disposable {
  readonly #connection: ProducerConnection;
  readonly #logger: Logger;
  readonly #identity: ProducerIdentity;
  readonly #routes: TopicRoutes;
  /** Lanes that hold records. */
  readonly #active = new Set<Lane>();
  /** Lanes that wait for something of their own: an answer, the admission to a transaction, a batch being compressed. */
  readonly #busy = new Set<Lane>();
  /** How many requests are in flight, per broker and kind of acknowledgement. */
  readonly #inFlight = new Map<number, number>();
  #immediate: NodeJS.Immediate | undefined;
  #timer: NodeJS.Timeout | undefined;
  #isAskingId = false;
  #idAttempts = 0;
  #idNotBefore = 0;
  #disposed = false;

  constructor(connection: ProducerConnection, logger: Logger, identity: ProducerIdentity) {
    this.#connection = connection;
    this.#logger = logger;
    this.#identity = identity;
    this.#routes = new TopicRoutes(connection, identity, {
      activate: (lane) => this.#active.add(lane),
      isBusy: (lane) => this.#busy.has(lane),
      schedule: () => this.#schedule(),
    });
  }

  /** @param now on the scale of performance.now() */
  add(record: PendingRecord, now: number): void {
    this.#routes.add(record, now);
  }

  /** The lane for a record of a bulk write; undefined where it is not known yet: add() keeps the record until it is. */
  laneFor(record: ProduceRecord, options: SendOptions, now: number): Lane | undefined {
    return this.#routes.laneFor(record, options, now);
  }

  /** A lane has got something to send. */
  activate(lane: Lane): void {
    this.#active.add(lane);
    this.#schedule();
  }

  /** What is here now is sent without waiting for more to share its batches. */
  hurry(): void {
    this.#routes.hurry();
    for (const lane of this.#active) lane.hurry();
    this.#schedule();
  }

  /** A topic was made, changed or deleted: it is looked at anew before anything more is sent to it. */
  forget(topic: string): void {
    this.#routes.forget(topic);
  }

  /** Nothing is sent any more. */
  dispose(): void {
    this.#disposed = true;
    this.#routes.dispose();
    clearImmediate(this.#immediate);
    clearTimeout(this.#timer);
  }

  /** Looks for something to send at the end of this turn of the event loop, when all that came with it is here. */
  #schedule(): void {
    if (this.#immediate !== undefined || this.#disposed) return;
    this.#immediate = setImmediate(() => {
      this.#immediate = undefined;
      this.#dispatch();
    });
  }

  /** @param time Infinity for not at all: a timer without a need would keep the process alive */
  #wakeAt(time: number): void {
    clearTimeout(this.#timer);
    if (this.#disposed || time === Infinity) return;
    this.#timer = setTimeout(() => this.#dispatch(), Math.max(1, time - performance.now()));
  }

  #dispatch(): void {
    const now = performance.now();
    const requests = new Map<number, Outgoing>();
    let wake = Infinity;
    let needsId = false;
    let isLate = false;
    let isFull = false;
    for (const lane of this.#active) {
      if (this.#busy.has(lane)) continue;
      if (lane.current && !lane.current.isWanted) letGo(lane, this.#identity);
      if (lane.isEmpty) {
        this.#active.delete(lane);
        continue;
      }
      const { readyAt } = lane;
      if (readyAt > now) {
        wake = Math.min(wake, readyAt);
        continue;
      }
      const leader = this.#routes.leaderOf(lane);
      if (leader === undefined) {
        wake = Math.min(wake, now + backoff.baseMs);
        continue;
      }
      // Lanes of one kind only: of two batches for one partition in one request brokers keep the last alone.
      const id = leader * 8 + (lane.acks + 1) * 2 + (lane.idempotent ? 1 : 0);
      const request = requests.get(id) ?? { leader, lanes: [], bytes: 0 };
      if (request.bytes >= REQUEST_BYTES) {
        isFull = true;
        continue;
      }
      if (this.#requestsTo(id) >= REQUESTS_IN_FLIGHT) continue;
      if (lane.idempotent && !lane.current && !this.#identity.current) {
        needsId = true;
        continue;
      }
      if (isLate || this.#holdsBack(lane)) continue;
      const batch = lane.next(lane.idempotent ? this.#identity.current : undefined);
      if (!batch) continue;
      request.lanes.push(lane);
      request.bytes += batch.bytes.length;
      requests.set(id, request);
      isLate = performance.now() - now > TURN_MS;
    }
    if (needsId) {
      if (this.#idNotBefore > now) wake = Math.min(wake, this.#idNotBefore);
      else if (!this.#isAskingId) void this.#acquireId();
    }
    wake = Math.min(wake, this.#routes.askForWaiting(now));
    for (const [id, request] of requests) void this.#send(id, request);
    if (isLate || isFull || this.#prepareAhead(now + TURN_MS)) this.#schedule();
    this.#wakeAt(wake);
  }

  #requestsTo(id: number): number {
    return this.#inFlight.get(id) ?? 0;
  }

  /** Whether the next batch of the lane has to wait for something that is under way now. */
  #holdsBack(lane: Lane): boolean {
    const admission = lane.idempotent ? this.#identity.admit(lane.topic, lane.partition) : undefined;
    const step = admission ?? (lane.current ? undefined : lane.prepare());
    if (!step) return false;
    this.#busy.add(lane);
    void this.#after(step, lane);
    return true;
  }

  async #after(step: Promise<void>, lane: Lane): Promise<void> {
    try {
      await step;
    } catch (error) {
      if (isPassing(error)) {
        lane.obstruct(error);
        lane.notBefore = performance.now() + backoffMs(lane.attempts++, backoff);
      } else {
        endLane(lane, error as Error, this.#identity);
      }
    }
    this.#busy.delete(lane);
    this.#schedule();
  }

  /** Encodes full batches while requests are in flight. True where there are more of them than time. */
  #prepareAhead(until: number): boolean {
    for (const lane of this.#active) {
      if (!lane.canPrepare) continue;
      if (performance.now() > until) return true;
      void lane.prepare();
    }
    return false;
  }

  async #acquireId(): Promise<void> {
    this.#isAskingId = true;
    try {
      await this.#identity.acquire();
      this.#idAttempts = 0;
    } catch (error) {
      const idle = [...this.#active].filter((lane) => lane.idempotent && !lane.current);
      if (isPassing(error)) {
        for (const lane of idle) lane.obstruct(error);
        this.#idNotBefore = performance.now() + backoffMs(this.#idAttempts++, backoff);
      } else {
        for (const lane of idle) lane.failQueue(error as Error);
      }
    }
    this.#isAskingId = false;
    this.#schedule();
  }

  async #send(id: number, { leader, lanes }: Outgoing): Promise<void> {
    this.#inFlight.set(id, this.#requestsTo(id) + 1);
    for (const lane of lanes) {
      this.#busy.add(lane);
      lane.current!.inFlight = true;
    }
    const outcome = await sendBatches(this.#connection, leader, lanes, this.#identity);
    const first = outcome(lanes[0]!);
    if ('lost' in first)
      this.#logger.debug(`Produce to broker ${leader} failed: ${describeError(first.lost)}`);
    this.#inFlight.set(id, this.#requestsTo(id) - 1);
    const stale = new Set<string>();
    for (const lane of lanes) {
      this.#busy.delete(lane);
      lane.current!.inFlight = false;
      // The others get their turn first where a request can't hold all.
      this.#active.delete(lane);
      this.#active.add(lane);
      if (settle(lane, outcome(lane), this.#identity) === 'refresh') stale.add(lane.topic);
    }
    for (const topic of stale) this.#routes.refresh(topic);
    this.#schedule();
  }
}
