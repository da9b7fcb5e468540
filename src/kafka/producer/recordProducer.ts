import type { Disposable } from '../../base/lifecycle';
import { describeError, type Logger } from '../../base/logger';
import { backoffMs } from '../../base/retry';
import { KafkaManagerError } from '../../contract/errors';
import type { ProducedRecord, ProduceOptions, ProduceRecord } from '../../core/kafkaTypes';
import type { Clock } from '../../core/ports';
import { cancelled } from '../cancellable';
import type { KafkaConnection } from '../connection';
import type { Lane } from './lane';
import { PendingRecord } from './pendingRecord';
import { PendingRecords } from './pendingRecords';
import type { ProducerIdentity } from './producerIdentity';
import { ProducerIds } from './producerIds';
import { sendBatches } from './sendBatches';
import { checkRecord, sendOptions } from './sendOptions';
import { endLane, isPassing, letGo, settle, tooLarge } from './settleBatch';
import { TopicRoutes } from './topicRoutes';
import { Withdrawals } from './withdrawals';

/** What the producer needs of a connection. */
export type ProducerConnection = Pick<KafkaConnection, 'call' | 'send' | 'leaders' | 'invalidate'>;

/** Bytes of batches after which a request takes no further one. */
const REQUEST_BYTES = 4 * 1024 * 1024;
/** A broker closes the connection on larger requests (default of socket.request.max.bytes), without an answer. */
const MOST_RECORD_BYTES = 100 * 1024 * 1024;
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
  readonly #identity: ProducerIdentity;
  readonly #pending = new PendingRecords();
  readonly #withdrawals = new Withdrawals();
  readonly #routes: TopicRoutes;
  /** Lanes that hold records. */
  readonly #active = new Set<Lane>();
  /** Lanes that the identity has not admitted yet. */
  readonly #unadmitted = new Set<Lane>();
  /** Lanes whose batch is in flight. */
  readonly #busy = new Set<Lane>();
  /** Brokers with a request in flight, one per kind of acknowledgement. */
  readonly #inFlight = new Set<string>();
  #immediate: NodeJS.Immediate | undefined;
  #timer: NodeJS.Timeout | undefined;
  #idAttempts = 0;
  #idNotBefore = 0;
  #disposed = false;

  /** @param identity as whom idempotent records are written; an id of its own where left out */
  constructor(
    connection: ProducerConnection,
    logger: Logger,
    clock: Clock = Date,
    identity: ProducerIdentity = new ProducerIds(connection),
  ) {
    this.#connection = connection;
    this.#logger = logger;
    this.#clock = clock;
    this.#identity = identity;
    this.#routes = new TopicRoutes(connection, identity, {
      activate: (lane) => this.#active.add(lane),
      isBusy: (lane) => this.#busy.has(lane),
      schedule: () => this.#schedule(),
    });
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
    this.#routes.add(pending);
    return pending.outcome;
  }

  /** Resolves when all records have their outcome. */
  flush(): Promise<void> {
    return this.#pending.idle();
  }

  /** A topic was made, changed or deleted: it is looked at anew before anything more is sent to it. */
  forget(topic: string): void {
    this.#routes.forget(topic);
  }

  /** Ends at once: records without an outcome get CANCELLED. flush() first to wait for them. */
  dispose(): void {
    this.#disposed = true;
    this.#routes.dispose();
    clearImmediate(this.#immediate);
    clearTimeout(this.#timer);
    this.#pending.cancelAll(new Error('the producer was closed'));
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
      if (lane.current && !lane.current.isWanted) letGo(lane, this.#identity);
      if (lane.isEmpty) {
        this.#active.delete(lane);
        continue;
      }
      if (lane.notBefore > now) {
        wake = Math.min(wake, lane.notBefore);
        continue;
      }
      const leader = this.#routes.leaderOf(lane);
      if (leader === undefined) {
        wake = Math.min(wake, now + backoff.baseMs);
        continue;
      }
      const id = `${leader}/${lane.acks}`;
      const request = requests.get(id) ?? { leader, lanes: [], bytes: 0 };
      if (this.#inFlight.has(id) || request.bytes >= REQUEST_BYTES) continue;
      const producer = lane.idempotent ? this.#identity.current : undefined;
      if (lane.idempotent && !lane.current && !producer) {
        needsId = true;
        continue;
      }
      if (lane.idempotent && this.#waitsForAdmission(lane)) continue;
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
    wake = Math.min(wake, this.#routes.askForWaiting(now));
    for (const [id, { leader, lanes }] of requests) void this.#send(id, leader, lanes);
    if (wake < Infinity) this.#wakeAt(wake);
  }

  async #acquireId(): Promise<void> {
    try {
      await this.#identity.acquire();
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

  /** Whether the lane's partition has to be made known to a transaction first. */
  #waitsForAdmission(lane: Lane): boolean {
    if (this.#unadmitted.has(lane)) return true;
    const admission = this.#identity.admit(lane.topic, lane.partition);
    if (!admission) return false;
    this.#unadmitted.add(lane);
    void this.#admitted(lane, admission);
    return true;
  }

  async #admitted(lane: Lane, admission: Promise<void>): Promise<void> {
    try {
      await admission;
    } catch (error) {
      if (isPassing(error)) {
        lane.obstruct(error);
        lane.notBefore = performance.now() + backoffMs(lane.attempts++, backoff);
      } else {
        endLane(lane, error as Error, this.#identity);
      }
    }
    this.#unadmitted.delete(lane);
    this.#schedule();
  }

  async #send(id: string, leader: number, lanes: readonly Lane[]): Promise<void> {
    this.#inFlight.add(id);
    for (const lane of lanes) {
      this.#busy.add(lane);
      lane.current!.inFlight = true;
    }
    const outcome = await sendBatches(this.#connection, leader, lanes, this.#identity);
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
      if (settle(lane, outcome(lane), this.#identity) === 'refresh') stale.add(lane.topic);
    }
    for (const topic of stale) this.#routes.refresh(topic);
    this.#schedule();
  }
}
