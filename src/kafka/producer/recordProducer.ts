import type { Disposable } from '../../base/lifecycle';
import { describeError, type Logger } from '../../base/logger';
import { backoffMs } from '../../base/retry';
import { KafkaManagerError } from '../../contract/errors';
import type { ProducedRecord, ProduceOptions, ProduceRecord } from '../../core/kafkaTypes';
import type { Clock } from '../../core/ports';
import { cancelled } from '../cancellable';
import type { KafkaConnection } from '../connection';
import { Lane } from './lane';
import { partitionForKey } from './partitioner';
import { PendingRecord } from './pendingRecord';
import { PendingRecords } from './pendingRecords';
import { ProducerIds } from './producerIds';
import { sendBatches } from './sendBatches';
import { checkRecord, sendOptions } from './sendOptions';
import { endLane, isPassing, letGo, settle, tooLarge } from './settleBatch';
import { newTopicRoute, partitionMissing, type TopicRoute } from './topicRoute';
import { Withdrawals } from './withdrawals';

/** What the producer needs of a connection. */
export type ProducerConnection = Pick<KafkaConnection, 'call' | 'send' | 'leaders' | 'invalidate'>;

/** Bytes of batches after which a request takes no further one. */
const REQUEST_BYTES = 4 * 1024 * 1024;
/** A broker closes the connection on larger requests (default of socket.request.max.bytes), without an answer. */
const MOST_RECORD_BYTES = 100 * 1024 * 1024;
/** A topic that was there and is not now: a broker that just started may not know all topics yet. */
const MISSING_MS = 2_000;
/** How long partitions are believed to be all before they are asked for again: metadata.max.age.ms of Java's client. */
const ROUTE_AGE_MS = 300_000;
const backoff = { baseMs: 50, maxMs: 1_000 };

/**
 * Writes records. Those that arrive in the same turn of the event loop, or while a request is in flight, share a
 * request per broker; nobody waits for more to come. Idempotent unless asked otherwise: over lost answers, moved
 * leaders and restarted brokers every record that succeeded is in the log once, in order of the calls per partition.
 */
export class RecordProducer implements Disposable {
  readonly #connection: ProducerConnection;
  readonly #logger: Logger;
  readonly #clock: Clock;
  readonly #ids: ProducerIds;
  readonly #pending = new PendingRecords();
  readonly #withdrawals = new Withdrawals();
  readonly #routes = new Map<string, TopicRoute>();
  /** Lanes that hold records. */
  readonly #active = new Set<Lane>();
  /** Lanes whose batch is in flight. */
  readonly #busy = new Set<Lane>();
  /** Brokers with a request in flight, one per kind of acknowledgement. */
  readonly #inFlight = new Set<string>();
  #immediate: NodeJS.Immediate | undefined;
  #timer: NodeJS.Timeout | undefined;
  #idAttempts = 0;
  #idNotBefore = 0;
  #disposed = false;

  constructor(connection: ProducerConnection, logger: Logger, clock: Clock = Date) {
    this.#connection = connection;
    this.#logger = logger;
    this.#clock = clock;
    this.#ids = new ProducerIds(connection);
  }

  /**
   * Writes one record.
   * @throws KafkaManagerError TOPIC_NOT_FOUND, PARTITION_NOT_FOUND, MESSAGE_TOO_LARGE, VALIDATION_ERROR and what the
   * broker refuses; TIMEOUT where nothing was sent in time; PRODUCE_OUTCOME_UNKNOWN where it was sent and no answer
   * came; CANCELLED
   */
  async produce(
    record: ProduceRecord,
    options: ProduceOptions = {},
    signal?: AbortSignal,
  ): Promise<ProducedRecord> {
    checkRecord(record);
    const send = sendOptions(options);
    if (this.#disposed) throw new KafkaManagerError('KAFKA_CONNECTION_ERROR', 'The connection was closed.');
    if (signal?.aborted) throw cancelled(signal);
    const pending = new PendingRecord(record, record.timestamp ?? this.#clock.now(), send, (settled) => {
      if (signal) this.#withdrawals.delete(signal, settled);
      this.#pending.delete(settled);
    });
    if (pending.maxBytes > MOST_RECORD_BYTES) throw tooLarge(record.topic, pending.maxBytes);
    if (signal) this.#withdrawals.add(signal, pending);
    this.#pending.add(pending);
    this.#route(pending);
    return pending.outcome;
  }

  /** Resolves when all records have their outcome. */
  flush(): Promise<void> {
    return this.#pending.idle();
  }

  /**
   * The partitions of a topic have changed, or it was made or deleted: what comes next, and what was not sent yet, goes
   * by a new Metadata answer. Sequence numbers go on, since the broker may know the producer from before.
   */
  forget(topic: string): void {
    const route = this.#routes.get(topic);
    if (!route) return;
    route.leaders = undefined;
    route.generation++;
    route.notBefore = 0;
    this.#schedule();
  }

  /** Ends at once: records without an outcome get CANCELLED. flush() first to wait for them. */
  dispose(): void {
    this.#disposed = true;
    clearImmediate(this.#immediate);
    clearTimeout(this.#timer);
    this.#pending.cancelAll(new Error('the producer was closed'));
  }

  #route(pending: PendingRecord): void {
    let route = this.#routes.get(pending.topic);
    if (!route) {
      route = newTopicRoute(pending.topic);
      this.#routes.set(pending.topic, route);
    }
    if (route.leaders && performance.now() >= route.freshUntil) void this.#ask(route);
    // Behind those that wait already: the order of the calls is the order in the partition.
    if (route.leaders && route.waiting.length === 0 && this.#place(route, route.leaders, pending)) return;
    route.waiting.push(pending);
    void this.#ask(route);
    this.#schedule();
  }

  /** Puts a record on the lane of its partition. False where it wants one that is not known (yet). */
  #place(route: TopicRoute, leaders: ReadonlyMap<number, number>, pending: PendingRecord): boolean {
    const { key } = pending.toWrite;
    const partition =
      pending.partition ??
      (key === null ? route.roundRobin.next(leaders) : partitionForKey(key, leaders.size));
    if (!leaders.has(partition)) return false;
    const { acks, idempotent } = pending.options;
    const id = `${partition}/${acks}/${idempotent}`;
    let lane = route.lanes.get(id);
    if (!lane) {
      lane = new Lane(route.topic, partition, acks, idempotent);
      route.lanes.set(id, lane);
    }
    lane.add(pending);
    this.#active.add(lane);
    this.#schedule();
    return true;
  }

  /** Asks who leads the partitions, then places the records that wait for that. One question at a time per topic. */
  async #ask(route: TopicRoute): Promise<void> {
    if (route.asking || this.#disposed || performance.now() < route.notBefore) return;
    route.asking = true;
    const { generation } = route;
    try {
      this.#connection.invalidate(route.topic);
      const leaders = await this.#connection.leaders(route.topic);
      // Asked before the topic changed.
      if (route.generation !== generation) return;
      route.leaders = leaders;
      route.freshUntil = performance.now() + ROUTE_AGE_MS;
      route.attempts = 0;
      route.missingSince = undefined;
      const isComplete = ![...route.leaders.values()].includes(-1);
      route.notBefore = isComplete ? 0 : performance.now() + backoff.baseMs;
      for (const pending of route.waiting.splice(0)) {
        if (pending.isSettled || this.#place(route, route.leaders, pending)) continue;
        pending.fail(partitionMissing(route.topic, pending.partition!));
      }
    } catch (error) {
      if (route.generation === generation) this.#unanswered(route, error);
    } finally {
      route.asking = false;
      this.#schedule();
    }
  }

  #unanswered(route: TopicRoute, error: unknown): void {
    const isMissing = error instanceof KafkaManagerError && error.code === 'TOPIC_NOT_FOUND';
    const now = performance.now();
    if (isMissing) route.missingSince ??= now;
    const passing = isMissing
      ? route.leaders !== undefined && now - route.missingSince! < MISSING_MS
      : isPassing(error);
    for (const pending of route.waiting) pending.obstacle = error;
    if (passing) {
      route.notBefore = now + backoffMs(route.attempts++, backoff);
      return;
    }
    route.leaders = undefined;
    route.attempts = 0;
    route.notBefore = 0;
    route.missingSince = undefined;
    // Its lanes know how far the broker has counted; another lane would begin at 0, and be taken for a repetition.
    if (route.lanes.size === 0) this.#routes.delete(route.topic);
    for (const pending of route.waiting.splice(0)) pending.fail(error as Error);
    for (const lane of route.lanes.values()) {
      // What is in flight gets its answer first.
      if (!this.#busy.has(lane)) endLane(lane, error as Error, this.#ids);
    }
  }

  /** Looks for something to send at the end of this turn of the event loop, when all that came with it is here. */
  #schedule(): void {
    if (this.#immediate !== undefined || this.#disposed) return;
    this.#immediate = setImmediate(() => {
      this.#immediate = undefined;
      this.#dispatch();
    });
  }

  #wakeAt(time: number): void {
    clearTimeout(this.#timer);
    if (this.#disposed) return;
    this.#timer = setTimeout(() => this.#dispatch(), Math.max(1, time - performance.now()));
  }

  /** Sends one request to each broker that has none in flight, with the first batch of each of its lanes. */
  #dispatch(): void {
    const now = performance.now();
    const requests = new Map<string, { leader: number; lanes: Lane[]; bytes: number }>();
    let wake = Infinity;
    let needsId = false;
    for (const lane of this.#active) {
      if (this.#busy.has(lane)) continue;
      if (lane.current && !lane.current.isWanted) letGo(lane, this.#ids);
      if (lane.isEmpty) {
        this.#active.delete(lane);
        continue;
      }
      if (lane.notBefore > now) {
        wake = Math.min(wake, lane.notBefore);
        continue;
      }
      const leader = this.#leaderOf(lane);
      if (leader === undefined) {
        wake = Math.min(wake, now + backoff.baseMs);
        continue;
      }
      const id = `${leader}/${lane.acks}`;
      const request = requests.get(id) ?? { leader, lanes: [], bytes: 0 };
      if (this.#inFlight.has(id) || request.bytes >= REQUEST_BYTES) continue;
      const producer = lane.idempotent ? this.#ids.current : undefined;
      if (lane.idempotent && !lane.current && !producer) {
        needsId = true;
        continue;
      }
      const batch = lane.next(producer);
      if (!batch) continue;
      request.lanes.push(lane);
      request.bytes += batch.bytes.length;
      requests.set(id, request);
    }
    if (needsId) {
      if (this.#idNotBefore > now) wake = Math.min(wake, this.#idNotBefore);
      else void this.#acquireId();
    }
    for (const route of this.#routes.values()) {
      if (route.waiting.length === 0) continue;
      if (route.notBefore > now) wake = Math.min(wake, route.notBefore);
      else void this.#ask(route);
    }
    for (const [id, { leader, lanes }] of requests) void this.#send(id, leader, lanes);
    if (wake < Infinity) this.#wakeAt(wake);
  }

  /** undefined where nobody leads the partition, as far as we know now; ends the lane where the partition is gone. */
  #leaderOf(lane: Lane): number | undefined {
    const { topic, partition } = lane;
    const route = this.#routes.get(topic)!;
    if (route.leaders) {
      const leader = route.leaders.get(partition);
      if (leader === undefined) {
        endLane(lane, partitionMissing(topic, partition), this.#ids);
        return undefined;
      }
      if (leader >= 0) return leader;
      lane.obstruct(new Error(`partition ${partition} has no leader`));
    }
    void this.#ask(route);
    return undefined;
  }

  async #acquireId(): Promise<void> {
    try {
      await this.#ids.acquire();
      this.#idAttempts = 0;
    } catch (error) {
      const idle = [...this.#active].filter((lane) => lane.idempotent && !lane.current);
      if (isPassing(error)) {
        for (const lane of idle) lane.obstruct(error);
        this.#idNotBefore = performance.now() + backoffMs(this.#idAttempts++, backoff);
      } else {
        for (const lane of idle) lane.failAll(() => error as Error);
      }
    }
    this.#schedule();
  }

  async #send(id: string, leader: number, lanes: readonly Lane[]): Promise<void> {
    this.#inFlight.add(id);
    for (const lane of lanes) {
      this.#busy.add(lane);
      lane.current!.inFlight = true;
    }
    const outcome = await sendBatches(this.#connection, leader, lanes);
    const first = outcome(lanes[0]!);
    if ('lost' in first)
      this.#logger.debug(`Produce to broker ${leader} failed: ${describeError(first.lost)}`);
    this.#inFlight.delete(id);
    const stale = new Set<string>();
    for (const lane of lanes) {
      this.#busy.delete(lane);
      lane.current!.inFlight = false;
      // The others get their turn first where a request can't hold all.
      this.#active.delete(lane);
      this.#active.add(lane);
      if (settle(lane, outcome(lane), this.#ids) === 'refresh') stale.add(lane.topic);
    }
    for (const topic of stale) {
      const route = this.#routes.get(topic);
      if (route) void this.#ask(route);
    }
    this.#schedule();
  }
}
