import { abortable, SharedCalls } from '../base/async';
import { Emitter, type Event } from '../base/event';
import type { Disposable } from '../base/lifecycle';
import { KafkaManagerError } from '../contract/errors';
import { MAX_PARTITIONS } from '../contract/limits';
import { checkTopicName } from '../contract/topicName';
import type { ClusterManager } from './clusterManager';
import type {
  ConfigChanges,
  ConfigEntry,
  CreateTopicSpec,
  PartitionOffsets,
  TopicDescription,
  TopicSummary,
} from './kafkaTypes';
import type { Clock, KafkaGateway } from './ports';
import { countOf, type TopicCount, type TopicPolicy, policyKeys, policyOf } from './topicFigures';
import { Turn } from './turn';

/** A topic with what is asked of its partition leaders. Partitions that did not answer have no offsets. */
export interface TopicPartitions extends TopicDescription {
  readonly offsets: readonly PartitionOffsets[];
}

/** A topic with its size. */
export interface TopicDetails extends TopicPartitions {
  /** Bytes of the leaders' logs, null where the broker does not tell. */
  readonly sizeInBytes: number | null;
}

/** What a mutation changed. */
export interface TopicChange {
  readonly cluster: string;
  readonly topic: string;
  readonly kind: 'created' | 'deleted' | 'config' | 'partitions' | 'truncated' | 'written';
}

/** How long sizes are believed, ms: a broker looks through all of its logs for them. */
const sizeAgeMs = 10_000;

/** Bytes of the leaders' logs per topic; undefined where the broker does not tell. */
export type TopicSizes = ReadonlyMap<string, number> | undefined;

/**
 * Topics of the clusters. A cluster id left undefined means the active one. Bad input changes nothing. An aborted signal
 * ends the waiting; whether a mutation that was sent already takes place is up to the broker.
 */
export class TopicManager implements Disposable {
  readonly #clusters: ClusterManager;
  readonly #didChange = new Emitter<TopicChange>();
  readonly #clock: Clock;
  readonly #lists = new SharedCalls<string, readonly TopicSummary[]>();
  readonly #sizeLoads = new SharedCalls<string, TopicSizes>();
  readonly #sizes = new Map<string, { readonly sizes: TopicSizes; readonly until: number }>();

  constructor(clusters: ClusterManager, clock: Clock = Date) {
    this.#clusters = clusters;
    this.#clock = clock;
  }

  /** Fires after a mutation made through this manager, and after records were written by its fellow for messages. */
  get onDidChange(): Event<TopicChange> {
    return this.#didChange.event;
  }

  /** All topics by name. Internal ones only on request. Callers at the same time share one load. */
  async list(
    cluster: string | undefined,
    options: { readonly internal?: boolean } = {},
    signal?: AbortSignal,
  ): Promise<readonly TopicSummary[]> {
    const id = this.#clusters.idOf(cluster);
    signal?.throwIfAborted();
    // The load itself goes on without this caller: others may be waiting for it.
    const load = this.#lists.run(id, () => this.#clusters.use(id, (gateway) => gateway.listTopics()));
    const all = await abortable(load, signal);
    return options.internal ? all : all.filter((topic) => !topic.isInternal);
  }

  /** @throws TOPIC_NOT_FOUND, INVALID_TOPIC_NAME */
  describe(cluster: string | undefined, name: string, signal?: AbortSignal): Promise<TopicDetails> {
    return this.#named(cluster, name, async (gateway) => {
      const description = await gateway.describeTopic(name, signal);
      const [offsets, sizes] = await Promise.all([
        gateway.offsets(name, undefined, signal),
        gateway.capabilities.describeLogDirs ? gateway.topicSizes(signal) : undefined,
      ]);
      return { ...description, offsets, sizeInBytes: sizes?.get(name) ?? null };
    });
  }

  /**
   * A topic with its partitions and their offsets, and no size: quick on brokers with many topics too.
   * @throws TOPIC_NOT_FOUND, INVALID_TOPIC_NAME
   */
  partitions(cluster: string | undefined, name: string, signal?: AbortSignal): Promise<TopicPartitions> {
    return this.#named(cluster, name, async (gateway) => {
      const [description, counts] = await Promise.all([
        gateway.describeTopic(name, signal),
        loadCounts(gateway, [name], signal),
      ]);
      return { ...description, offsets: counts.get(name)?.offsets ?? [] };
    });
  }

  /** Beginnings and ends of many topics, and how many records lie between at most. Topics that are gone are absent. */
  counts(
    cluster: string | undefined,
    names: readonly string[],
    signal?: AbortSignal,
  ): Promise<ReadonlyMap<string, TopicCount>> {
    return this.#clusters.use(cluster, (gateway) => loadCounts(gateway, names, signal));
  }

  /** Sizes of all topics, no older than 10 s. Callers at the same time share one load. */
  async sizes(cluster: string | undefined, signal?: AbortSignal): Promise<TopicSizes> {
    const id = this.#clusters.idOf(cluster);
    signal?.throwIfAborted();
    const known = this.#sizes.get(id);
    if (known && known.until > this.#clock.now()) return known.sizes;
    const load = this.#sizeLoads.run(id, async () => {
      const sizes = await this.#clusters.use(id, async (gateway) =>
        gateway.capabilities.describeLogDirs ? gateway.topicSizes() : undefined,
      );
      this.#sizes.set(id, { sizes, until: this.#clock.now() + sizeAgeMs });
      return sizes;
    });
    return abortable(load, signal);
  }

  /** How many topics keep their records. Topics that are gone are absent. */
  async policies(
    cluster: string | undefined,
    names: readonly string[],
    signal?: AbortSignal,
  ): Promise<ReadonlyMap<string, TopicPolicy>> {
    const configs = await this.#clusters.use(cluster, (gateway) =>
      gateway.topicConfigsOf(names, policyKeys, signal),
    );
    return new Map([...configs].map(([name, values]) => [name, policyOf(values)]));
  }

  /**
   * Creates a topic and answers when its partitions can be written.
   * @throws INVALID_TOPIC_NAME, INVALID_PARTITIONS, INVALID_REPLICATION_FACTOR, INVALID_CONFIGURATION,
   *   TOPIC_ALREADY_EXISTS, TOPIC_NAME_COLLISION
   */
  async create(cluster: string | undefined, spec: CreateTopicSpec, signal?: AbortSignal): Promise<void> {
    checkPartitions(spec.partitions);
    if (
      !Number.isInteger(spec.replicationFactor) ||
      spec.replicationFactor < 1 ||
      spec.replicationFactor > 32_767
    ) {
      throw new KafkaManagerError(
        'INVALID_REPLICATION_FACTOR',
        `A replication factor is a whole number of at least 1, not ${spec.replicationFactor}.`,
      );
    }
    await this.#named(cluster, spec.name, (gateway) => gateway.createTopic(spec, signal));
    if (!spec.validateOnly) this.#changed(cluster, spec.name, 'created');
  }

  /** @throws TOPIC_NOT_FOUND */
  async delete(cluster: string | undefined, name: string, signal?: AbortSignal): Promise<void> {
    await this.#named(cluster, name, (gateway) => gateway.deleteTopic(name, signal));
    this.#changed(cluster, name, 'deleted');
  }

  /** @throws TOPIC_NOT_FOUND */
  config(
    cluster: string | undefined,
    name: string,
    options: { readonly documentation?: boolean } = {},
    signal?: AbortSignal,
  ): Promise<readonly ConfigEntry[]> {
    return this.#named(cluster, name, (gateway) => gateway.describeTopicConfig(name, options, signal));
  }

  /** Changes only the named keys (KIP-339). @throws INVALID_CONFIGURATION with the broker's reason */
  async alterConfig(
    cluster: string | undefined,
    name: string,
    changes: ConfigChanges,
    options: { readonly validateOnly?: boolean } = {},
    signal?: AbortSignal,
  ): Promise<void> {
    if (Object.keys(changes).length === 0) {
      throw new KafkaManagerError('INVALID_CONFIGURATION', 'No configuration key was named.');
    }
    await this.#named(cluster, name, (gateway) => gateway.alterTopicConfig(name, changes, options, signal));
    if (!options.validateOnly) this.#changed(cluster, name, 'config');
  }

  /** Raises the number of partitions to `total`; Kafka can't lower it. @throws INVALID_PARTITIONS */
  async addPartitions(
    cluster: string | undefined,
    name: string,
    total: number,
    signal?: AbortSignal,
  ): Promise<void> {
    checkPartitions(total);
    await this.#named(cluster, name, async (gateway) => {
      const { partitions } = await gateway.describeTopic(name, signal);
      if (total <= partitions) {
        throw new KafkaManagerError(
          'INVALID_PARTITIONS',
          `Topic "${name}" has ${partitions} partitions already: the new total must be greater, not ${total}.`,
        );
      }
      await gateway.createPartitions(name, total, signal);
    });
    this.#changed(cluster, name, 'partitions');
  }

  /**
   * Deletes the records before the given offset of each partition, or all records of all partitions. Answers the new
   * beginnings. @throws OFFSET_OUT_OF_RANGE, PARTITION_NOT_FOUND; nothing is deleted then
   */
  async truncate(
    cluster: string | undefined,
    name: string,
    before?: ReadonlyMap<number, number>,
    signal?: AbortSignal,
  ): Promise<ReadonlyMap<number, number>> {
    const beginnings = await this.#named(cluster, name, async (gateway) => {
      const wanted =
        before ??
        new Map((await gateway.describeTopic(name, signal)).partitionInfo.map((p) => [p.partition, -1]));
      return gateway.deleteRecords(name, wanted, signal);
    });
    this.#changed(cluster, name, 'truncated');
    return beginnings;
  }

  /** Passes on that a topic has more records: what is listed stays, what is counted does not. */
  noteWritten(cluster: string, topic: string): void {
    this.#didChange.fire({ cluster, topic, kind: 'written' });
  }

  dispose(): void {
    this.#didChange.dispose();
  }

  async #named<T>(
    cluster: string | undefined,
    name: string,
    work: (gateway: KafkaGateway) => Promise<T>,
  ): Promise<T> {
    checkTopicName(name);
    return this.#clusters.use(cluster, work);
  }

  #changed(cluster: string | undefined, topic: string, kind: TopicChange['kind']): void {
    const id = this.#clusters.idOf(cluster);
    this.#lists.forget(id);
    this.#didChange.fire({ cluster: id, topic, kind });
  }
}

async function loadCounts(
  gateway: KafkaGateway,
  names: readonly string[],
  signal: AbortSignal | undefined,
): Promise<ReadonlyMap<string, TopicCount>> {
  const topics = new Map(names.map((name) => [name, 'all'] as const));
  const beginnings = await gateway.offsetsOf(topics, 'beginning', signal);
  const ends = await gateway.offsetsOf(topics, 'end', signal);
  const counts = new Map<string, TopicCount>();
  const turn = new Turn();
  for (const [name, known] of beginnings) {
    counts.set(name, countOf(known, ends.get(name) ?? new Map()));
    if (turn.isOverSoon()) await turn.pass();
  }
  return counts;
}

function checkPartitions(partitions: number): void {
  if (!Number.isInteger(partitions) || partitions < 1 || partitions > MAX_PARTITIONS) {
    throw new KafkaManagerError(
      'INVALID_PARTITIONS',
      `The number of partitions is a whole number from 1 to ${MAX_PARTITIONS}, not ${partitions}.`,
    );
  }
}
