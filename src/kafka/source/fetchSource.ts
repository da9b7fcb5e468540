import { delay } from '../../base/async';
import type { Logger } from '../../base/logger';
import { KafkaManagerError, toManagerError } from '../../contract/errors';
import type { ConnectionSettings } from '../../core/connection';
import type { Isolation } from '../../core/scan/query';
import type {
  FetchedPartition,
  FetchOptions,
  FetchPosition,
  OffsetSpec,
  RecordSource,
  TimeSpan,
} from '../../core/scan/recordSource';
import { ask } from '../calls';
import { cancelled } from '../cancellable';
import { KafkaConnection } from '../connection';
import { isConnectionLoss } from '../errors';
import { byLeader } from '../offsets';
import { FetchFlights } from './fetchFlights';
import { fetchRound } from './fetchRound';
import { listedOffsets, type SourceConnection } from './listedOffsets';
import { timeSpans } from './timeSpans';
import { TopicIds } from './topicIds';

/** In ms: the 9 s of broker.session.timeout.ms by default, and the time of an election. */
const FAILOVER_MS = 15_000;

/**
 * Reads topics without a consumer group, over connections of its own. Nothing is committed. A topic that is made anew
 * under its name is noticed for one reading of it at a time, which begins with partitions().
 */
export class FetchSource implements RecordSource {
  readonly #connection: SourceConnection;
  readonly #calls = new Set<AbortController>();
  readonly #closing = new AbortController();
  readonly #flights: FetchFlights;
  readonly #ids = new TopicIds();
  /** When each partition last brought something: who waited longest comes first in the next Fetch. */
  readonly #served = new Map<string, number>();
  #rounds = 0;
  #disposed = false;

  /** @param connection its own: a parked Fetch blocks what comes behind it; disposed with the source */
  constructor(connection: SourceConnection) {
    this.#connection = connection;
    this.#flights = new FetchFlights((plan, leader) =>
      fetchRound(connection, leader, plan, plan.byLeader.get(leader)!, plan.options, this.#closing.signal),
    );
  }

  /** @throws KAFKA_CONNECTION_ERROR, KAFKA_TLS_ERROR, KAFKA_AUTHENTICATION_ERROR within 5 s; CANCELLED */
  static async open(
    settings: ConnectionSettings,
    logger: Logger,
    signal?: AbortSignal,
  ): Promise<FetchSource> {
    return new FetchSource(await KafkaConnection.open(settings, { logger, signal }));
  }

  /** Asked anew each time: there may be more of them now, or another topic under the name. */
  async partitions(topic: string, signal?: AbortSignal): Promise<readonly number[]> {
    this.#connection.invalidate(topic);
    this.#ids.forget(topic);
    this.#flights.forget(topic);
    const leaders = await this.#run(signal, (own) => this.#connection.leaders(topic, own));
    return [...leaders.keys()].sort((a, b) => a - b);
  }

  offsets(
    topic: string,
    partitions: readonly number[],
    spec: OffsetSpec,
    isolation: Isolation,
    signal?: AbortSignal,
  ): Promise<ReadonlyMap<number, number>> {
    const question = { topic, partitions, spec, isolation };
    return this.#run(signal, (own) => listedOffsets(this.#connection, question, own));
  }

  timeSpans(
    topic: string,
    partitions: readonly number[],
    signal?: AbortSignal,
  ): Promise<ReadonlyMap<number, TimeSpan>> {
    return this.#run(signal, (own) => timeSpans(this.#connection, topic, partitions, own));
  }

  fetch(
    topic: string,
    positions: readonly FetchPosition[],
    options: FetchOptions,
    signal?: AbortSignal,
  ): Promise<readonly FetchedPartition[]> {
    if (positions.length === 0) return Promise.resolve([]);
    return this.#run(signal, (own) => this.#fetch(topic, positions, options, own));
  }

  /** Running calls end with CANCELLED. */
  dispose(): void {
    this.#disposed = true;
    this.#closing.abort(closed());
    for (const call of this.#calls) call.abort(closed());
    this.#connection.dispose();
  }

  async #fetch(
    topic: string,
    positions: readonly FetchPosition[],
    options: FetchOptions,
    signal: AbortSignal,
  ): Promise<readonly FetchedPartition[]> {
    const offsets = new Map(positions.map(({ partition, offset }) => [partition, offset]));
    const { byPartition, topicId } = await this.#connection.topicLeaders(topic, signal);
    const former = this.#ids.former(topic, topicId, positions);
    if (former.length > 0) {
      const now = await this.#outOfRange(topic, former, signal);
      this.#ids.learn(topic, topicId, former);
      return now.map((one) => ({ ...one, recreated: true }));
    }
    this.#ids.learn(topic, topicId, positions);
    const groups = [...byLeader(topic, byPartition, this.#inTurn(topic, positions))].map(
      ([leader, partitions]) =>
        [leader, partitions.map((partition) => ({ partition, offset: offsets.get(partition)! }))] as const,
    );
    const outcomes = await this.#flights.next({ topic, topicId, options, byLeader: new Map(groups) }, signal);
    const done = outcomes.flatMap((outcome) => ('round' in outcome ? [outcome.round] : []));
    const errors = outcomes.map((outcome): unknown =>
      'failure' in outcome ? outcome.failure : outcome.round.error,
    );
    const error = errors.find((one) => one !== undefined);
    if (error !== undefined) this.#connection.invalidate(topic);
    const outside = done.flatMap((round) => round.outOfRange);
    const fetched = [
      ...done.flatMap((round) => round.fetched),
      ...(outside.length > 0 ? await this.#outOfRange(topic, outside, signal) : []),
    ];
    // What the others brought must not be lost; the one that failed is asked again in the next round.
    if (fetched.length === 0 && error !== undefined) throw toManagerError(error);
    const throttledMs = Math.max(0, ...done.map((round) => round.throttledMs));
    if (fetched.length === 0 && throttledMs > 0) {
      await delay(throttledMs, signal);
      return this.#fetch(topic, positions, options, signal);
    }
    for (const { partition } of fetched) this.#served.set(`${partition}/${topic}`, this.#rounds);
    return fetched;
  }

  #inTurn(topic: string, positions: readonly FetchPosition[]): number[] {
    this.#rounds++;
    const lastServed = (partition: number): number => this.#served.get(`${partition}/${topic}`) ?? 0;
    return positions.map(({ partition }) => partition).sort((a, b) => lastServed(a) - lastServed(b));
  }

  /** The answer itself does not say where such a partition begins and ends. */
  async #outOfRange(
    topic: string,
    positions: readonly FetchPosition[],
    signal: AbortSignal,
  ): Promise<readonly FetchedPartition[]> {
    const partitions = positions.map(({ partition }) => partition);
    const at = (spec: OffsetSpec, isolation: Isolation): Promise<ReadonlyMap<number, number>> =>
      listedOffsets(this.#connection, { topic, partitions, spec, isolation }, signal);
    const [beginnings, ends, stable] = await Promise.all([
      at('beginning', 'read_uncommitted'),
      at('end', 'read_uncommitted'),
      at('end', 'read_committed'),
    ]);
    return positions.map(({ partition, offset }) => ({
      partition,
      batches: [],
      nextOffset: offset,
      highWatermark: ends.get(partition) ?? -1,
      lastStableOffset: stable.get(partition) ?? -1,
      logStartOffset: beginnings.get(partition) ?? -1,
      outOfRange: true,
    }));
  }

  /**
   * A cluster takes some time to notice that a broker has crashed, and names it as the leader until then. A single
   * broker is followed by nobody: its end is told at once.
   */
  async #askThroughFailover<T>(work: () => Promise<T>, signal: AbortSignal): Promise<T> {
    for (const startedAt = performance.now(); ;) {
      try {
        return await ask(work, signal);
      } catch (error) {
        const isFollowed = (this.#connection.brokers?.length ?? 1) > 1;
        if (!isFollowed || !isConnectionLoss(error) || performance.now() - startedAt > FAILOVER_MS)
          throw error;
      }
    }
  }

  /** Runs a question, again where the broker moves or restarts, until the caller or dispose() ends it. */
  async #run<T>(signal: AbortSignal | undefined, work: (signal: AbortSignal) => Promise<T>): Promise<T> {
    if (this.#disposed) throw closed();
    const call = new AbortController();
    const onAbort = (): void => call.abort(signal && cancelled(signal));
    if (signal?.aborted) onAbort();
    signal?.addEventListener('abort', onAbort, { once: true });
    this.#calls.add(call);
    try {
      return await this.#askThroughFailover(() => work(call.signal), call.signal);
    } finally {
      this.#calls.delete(call);
      signal?.removeEventListener('abort', onAbort);
    }
  }
}

function closed(): KafkaManagerError {
  return new KafkaManagerError('CANCELLED', 'The source was closed.');
}
