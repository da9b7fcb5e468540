import { backoffMs } from '../../base/retry';
import { KafkaManagerError } from '../../contract/errors';
import type { ProduceRecord } from '../../core/kafkaTypes';
import type { KafkaConnection } from '../connection';
import { Lane } from './lane';
import { partitionForKey } from './partitioner';
import type { SendOptions } from './pending';
import type { PendingRecord } from './pendingRecord';
import type { ProducerIdentity } from './producerIdentity';
import { endLane, isPassing } from './settleBatch';
import { newTopicRoute, partitionMissing, type TopicRoute } from './topicRoute';

/** A topic that was there and is not now: a broker that just started may not know all topics yet. */
const MISSING_MS = 2_000;
/** How long partitions are believed to be all before they are asked for again: metadata.max.age.ms of Java's client. */
const ROUTE_AGE_MS = 300_000;
const backoff = { baseMs: 50, maxMs: 1_000 };

/** The producer, as its routes see it. */
export interface RouteOwner {
  /** The lane holds records now. */
  activate(lane: Lane): void;
  /** Whether its batch is in flight. */
  isBusy(lane: Lane): boolean;
  /** There may be something to send, or to ask. */
  schedule(): void;
}

/** The topics that a producer writes to: which partitions they have, who leads them, and the lane of each. */
export class TopicRoutes {
  readonly #connection: Pick<KafkaConnection, 'leaders' | 'invalidate'>;
  readonly #identity: ProducerIdentity;
  readonly #owner: RouteOwner;
  readonly #routes = new Map<string, TopicRoute>();
  #disposed = false;

  constructor(
    connection: Pick<KafkaConnection, 'leaders' | 'invalidate'>,
    identity: ProducerIdentity,
    owner: RouteOwner,
  ) {
    this.#connection = connection;
    this.#identity = identity;
    this.#owner = owner;
  }

  /**
   * Puts a record on its way: onto the lane of its partition, or behind those that wait for the partitions.
   * @param now on the scale of performance.now()
   */
  add(pending: PendingRecord, now: number): void {
    let route = this.#routes.get(pending.topic);
    if (!route) {
      route = newTopicRoute(pending.topic);
      this.#routes.set(pending.topic, route);
    }
    if (route.leaders && now >= route.freshUntil) void this.#ask(route);
    // Behind those that wait already: the order of the calls is the order in the partition.
    if (route.leaders && route.waiting.length === 0 && this.#place(route, route.leaders, pending, now))
      return;
    route.waiting.push(pending);
    void this.#ask(route);
    this.#owner.schedule();
  }

  /**
   * The lane for a record that nothing has to wait before; undefined where the partitions are not known.
   * @param now on the scale of performance.now()
   */
  laneFor(record: ProduceRecord, options: SendOptions, now: number): Lane | undefined {
    const route = this.#routes.get(record.topic);
    if (!route?.leaders || route.waiting.length > 0) return undefined;
    if (now >= route.freshUntil) void this.#ask(route);
    return this.#laneOf(route, route.leaders, record, options);
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
    this.#owner.schedule();
  }

  /** What waits for its partition now does not linger there. */
  hurry(): void {
    for (const route of this.#routes.values()) route.hurried = route.waiting.length;
  }

  /** A leader has moved. */
  refresh(topic: string): void {
    void this.#ask(this.#routes.get(topic)!);
  }

  /** undefined where nobody leads the partition, as far as we know now; ends the lane where the partition is gone. */
  leaderOf(lane: Lane): number | undefined {
    const { topic, partition } = lane;
    const route = this.#routes.get(topic)!;
    if (route.leaders) {
      const leader = route.leaders.get(partition);
      if (leader === undefined) {
        endLane(lane, partitionMissing(topic, partition), this.#identity);
        return undefined;
      }
      if (leader >= 0) return leader;
      lane.obstruct(new Error(`partition ${partition} has no leader`));
    }
    void this.#ask(route);
    return undefined;
  }

  /** Asks for the partitions of topics whose records wait for them. Gives when to look again: performance.now() or Infinity. */
  askForWaiting(now: number): number {
    let wake = Infinity;
    for (const route of this.#routes.values()) {
      if (route.waiting.length === 0) continue;
      if (route.notBefore > now) wake = Math.min(wake, route.notBefore);
      else void this.#ask(route);
    }
    return wake;
  }

  /** Nothing is asked any more. */
  dispose(): void {
    this.#disposed = true;
  }

  /** Puts a record on the lane of its partition. False where it wants one that is not known (yet). */
  #place(
    route: TopicRoute,
    leaders: ReadonlyMap<number, number>,
    pending: PendingRecord,
    now: number,
    mayLinger = true,
  ): boolean {
    const lane = this.#laneOf(route, leaders, pending.record, pending.options);
    if (!lane) return false;
    const { lingerMs } = pending.options;
    lane.add(pending, mayLinger && lingerMs > 0 ? now + lingerMs : 0);
    this.#owner.activate(lane);
    this.#owner.schedule();
    return true;
  }

  /** undefined where the record wants a partition that is not known (yet). */
  #laneOf(
    route: TopicRoute,
    leaders: ReadonlyMap<number, number>,
    { key, partition: wanted }: ProduceRecord,
    { acks, idempotent }: SendOptions,
  ): Lane | undefined {
    const partition =
      wanted ?? (key === null ? route.roundRobin.next(leaders) : partitionForKey(key, leaders.size));
    if (!leaders.has(partition)) return undefined;
    // One lane per partition and kind of acknowledgement, without making a string for each record.
    const id = partition * 8 + (acks + 1) * 2 + (idempotent ? 1 : 0);
    let lane = route.lanes.get(id);
    if (!lane) {
      lane = new Lane(route.topic, partition, acks, idempotent, this.#identity.isTransactional);
      route.lanes.set(id, lane);
    }
    return lane;
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
      const now = performance.now();
      route.freshUntil = now + ROUTE_AGE_MS;
      route.attempts = 0;
      route.missingSince = undefined;
      const isComplete = ![...route.leaders.values()].includes(-1);
      route.notBefore = isComplete ? 0 : now + backoff.baseMs;
      this.#placeWaiting(route, leaders, now);
    } catch (error) {
      if (route.generation === generation) this.#unanswered(route, error);
    } finally {
      route.asking = false;
      this.#owner.schedule();
    }
  }

  #placeWaiting(route: TopicRoute, leaders: ReadonlyMap<number, number>, now: number): void {
    const { hurried } = route;
    route.hurried = 0;
    const unplaced = route.waiting.splice(0).filter((pending, i) => {
      return !pending.isSettled && !this.#place(route, leaders, pending, now, i >= hurried);
    });
    // Last, since each makes room for a call that has waited for it: that one comes behind all of these.
    for (const pending of unplaced) {
      pending.fail(partitionMissing(route.topic, pending.record.partition!), false);
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
    route.hurried = 0;
    for (const pending of route.waiting.splice(0)) pending.fail(error as Error, false);
    for (const lane of route.lanes.values()) {
      // What is in flight gets its answer first.
      if (!this.#owner.isBusy(lane)) endLane(lane, error as Error, this.#identity);
    }
  }
}
