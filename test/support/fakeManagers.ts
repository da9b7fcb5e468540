import { delay } from '../../src/base/async';
import { createLogger, type Logger } from '../../src/base/logger';
import { KafkaManagerError } from '../../src/contract/errors';
import { MAX_PARTITIONS } from '../../src/contract/limits';
import { ClusterManager } from '../../src/core/clusterManager';
import type {
  ConfigChanges,
  ConfigEntry,
  ConsumedRecord,
  CreateTopicSpec,
  PartitionOffsets,
  ProducedRecord,
  ProduceOptions,
  ProduceRecord,
  TopicDescription,
  TopicSummary,
} from '../../src/core/kafkaTypes';
import { MessageManager } from '../../src/core/messageManager';
import type { Clock, KafkaGateway, SecretStore } from '../../src/core/ports';
import type { FetchedPartition, RecordBatch, RecordSource } from '../../src/core/scan/recordSource';
import { TopicManager } from '../../src/core/topicManager';
import { FakeConnector, fakeProfile, FakeRuntime } from './fakeCluster';
import { rowsOf } from './rowsOf';

/** Partitions that the fake takes for one topic; more is refused as a broker's policy would. */
const CONFIG_KEYS = new Set(['cleanup.policy', 'retention.ms', 'max.message.bytes', 'segment.bytes']);

interface FakeTopic {
  readonly configs: Map<string, string>;
  readonly partitions: { beginning: number; records: ConsumedRecord[] }[];
  turn: number;
}

/** A fake cluster in memory with one broker. It keeps records, offsets and configs as a real one does, and no more. */
export class FakeKafka {
  readonly topics = new Map<string, FakeTopic>();
  /** Sources that were opened and not disposed. */
  openSources = 0;
  readonly #wakers = new Set<() => void>();

  /** The gateway to it; KafkaGateway's other methods throw. */
  gateway(): Partial<KafkaGateway> {
    return {
      capabilities: {
        describeLogDirs: true,
      },
      listTopics: async () => [...this.topics.keys()].sort().map((name) => this.#summary(name)),
      describeTopic: async (name) => this.#describe(name),
      createTopic: async (spec) => this.#create(spec),
      deleteTopic: async (name) => {
        this.#topic(name);
        this.topics.delete(name);
      },
      describeTopicConfig: async (name) => this.#configs(name),
      alterTopicConfig: async (name, changes, options) => this.#alter(name, changes, options?.validateOnly),
      createPartitions: async (name, total) => {
        const { partitions } = this.#topic(name);
        if (total > MAX_PARTITIONS) throw new KafkaManagerError('INVALID_PARTITIONS');
        while (partitions.length < total) partitions.push({ beginning: 0, records: [] });
      },
      offsets: async (name) => this.#offsets(name),
      offsetsOf: async (topics, which) =>
        new Map(
          [...topics.keys()]
            .filter((name) => this.topics.has(name))
            .map((name) => [name, this.#places(name, which)]),
        ),
      topicConfigsOf: async (names, keys) =>
        new Map(
          names
            .filter((name) => this.topics.has(name))
            .map((name) => [
              name,
              new Map([...this.#topic(name).configs].filter(([key]) => keys.includes(key))),
            ]),
        ),
      listGroups: async () => ({ groups: [], failures: new Map() }),
      topicSizes: async () => new Map([...this.topics.keys()].map((name) => [name, 0])),
      deleteRecords: async (name, before) => this.#deleteRecords(name, before),
      produce: async (record, options) => this.#produce(record, options),
      openSource: async () => this.#source(),
    };
  }

  #topic(name: string): FakeTopic {
    const topic = this.topics.get(name);
    if (!topic) throw new KafkaManagerError('TOPIC_NOT_FOUND', `There is no topic "${name}".`);
    return topic;
  }

  #partition(name: string, partition: number): FakeTopic['partitions'][number] {
    const found = this.#topic(name).partitions[partition];
    if (!found) throw new KafkaManagerError('PARTITION_NOT_FOUND');
    return found;
  }

  #summary(name: string): TopicSummary {
    const partitions = this.#topic(name).partitions.length;
    return { name, id: null, partitions, replicationFactor: 1, isInternal: name.startsWith('__') };
  }

  #describe(name: string): TopicDescription {
    const info = (partition: number) => ({
      partition,
      leader: 1,
      replicas: [1],
      isr: [1],
      offlineReplicas: [],
    });
    return { ...this.#summary(name), partitionInfo: this.#topic(name).partitions.map((_, i) => info(i)) };
  }

  #create(spec: CreateTopicSpec): void {
    if (this.topics.has(spec.name)) throw new KafkaManagerError('TOPIC_ALREADY_EXISTS');
    for (const name of this.topics.keys()) {
      if (namesCollide(name, spec.name)) throw new KafkaManagerError('TOPIC_NAME_COLLISION');
    }
    if (spec.replicationFactor > 1) throw new KafkaManagerError('INVALID_REPLICATION_FACTOR');
    checkConfigs(spec.configs ?? {});
    if (spec.validateOnly) return;
    this.topics.set(spec.name, {
      configs: new Map(Object.entries(spec.configs ?? {})),
      partitions: Array.from({ length: spec.partitions }, () => ({ beginning: 0, records: [] })),
      turn: 0,
    });
  }

  #configs(name: string): ConfigEntry[] {
    return [...this.#topic(name).configs].map(([key, value]) => ({
      name: key,
      value,
      source: 'topic',
      isReadOnly: false,
      isSensitive: false,
      type: 'string',
      documentation: null,
    }));
  }

  #alter(name: string, changes: ConfigChanges, validateOnly = false): void {
    const { configs } = this.#topic(name);
    checkConfigs(changes);
    if (validateOnly) return;
    for (const [key, value] of Object.entries(changes)) {
      if (value === null) configs.delete(key);
      else configs.set(key, value);
    }
  }

  #offsets(name: string): PartitionOffsets[] {
    return this.#topic(name).partitions.map(({ beginning, records }, partition) => ({
      partition,
      beginning,
      end: beginning + records.length,
    }));
  }

  #places(name: string, which: 'beginning' | 'end'): Map<number, number> {
    return new Map(this.#offsets(name).map((offsets) => [offsets.partition, offsets[which]]));
  }

  #deleteRecords(name: string, before: ReadonlyMap<number, number>): Map<number, number> {
    for (const [partition, offset] of before) {
      const { beginning, records } = this.#partition(name, partition);
      if (offset !== -1 && (offset < beginning || offset > beginning + records.length)) {
        throw new KafkaManagerError('OFFSET_OUT_OF_RANGE');
      }
    }
    return new Map(
      [...before].map(([partition, offset]) => {
        const log = this.#partition(name, partition);
        const until = offset === -1 ? log.beginning + log.records.length : offset;
        log.records.splice(0, until - log.beginning);
        log.beginning = until;
        return [partition, until];
      }),
    );
  }

  #produce(record: ProduceRecord, options: ProduceOptions = {}): ProducedRecord {
    const topic = this.#topic(record.topic);
    const partition = record.partition ?? topic.turn++ % topic.partitions.length;
    const log = this.#partition(record.topic, partition);
    const { key, value, headers = [], timestamp = Date.now() } = record;
    const size = (key?.length ?? 0) + (value?.length ?? 0);
    if (size > Number(topic.configs.get('max.message.bytes') ?? 1_048_576)) {
      throw new KafkaManagerError('MESSAGE_TOO_LARGE');
    }
    const offset = log.beginning + log.records.length;
    log.records.push({ partition, offset, timestamp, key, value, headers });
    for (const wake of this.#wakers) wake();
    return { topic: record.topic, partition, offset: options.acks === 0 ? -1 : offset, timestamp };
  }

  #source(): RecordSource {
    this.openSources++;
    const fetchNow = (
      topic: string,
      positions: readonly { partition: number; offset: number }[],
    ): FetchedPartition[] =>
      positions.flatMap(({ partition, offset }) => {
        const { beginning, records } = this.#partition(topic, partition);
        const end = beginning + records.length;
        const outOfRange = offset < beginning || offset > end;
        const found = outOfRange ? [] : records.slice(offset - beginning);
        if (found.length === 0 && !outOfRange) return [];
        const batches = found.length === 0 ? [] : [asBatch(partition, found)];
        const facts = { highWatermark: end, lastStableOffset: end, logStartOffset: beginning, outOfRange };
        return [{ partition, batches, nextOffset: outOfRange ? offset : end, ...facts }];
      });
    return {
      partitions: async (topic) => this.#topic(topic).partitions.map((_, i) => i),
      offsets: async (topic, partitions, spec) =>
        new Map(
          partitions.map((partition) => {
            const { beginning, records } = this.#partition(topic, partition);
            const end = beginning + records.length;
            if (spec === 'beginning') return [partition, beginning];
            if (spec === 'end') return [partition, end];
            return [partition, records.find((r) => r.timestamp >= spec.timestamp)?.offset ?? end];
          }),
        ),
      timeSpans: async (topic, partitions) =>
        new Map(
          partitions.flatMap((partition) => {
            const times = this.#partition(topic, partition).records.map((record) => record.timestamp);
            const span = { first: times[0]!, last: Math.max(...times) };
            return times.length > 0 ? [[partition, span] as const] : [];
          }),
        ),
      fetch: async (topic, positions, { maxWaitMs }, signal) => {
        const now = fetchNow(topic, positions);
        if (now.length > 0 || maxWaitMs === 0) return now;
        let wake = (): void => {};
        const woken = new Promise<void>((resolve) => (wake = resolve));
        this.#wakers.add(wake);
        try {
          await Promise.race([woken, delay(maxWaitMs, signal)]);
        } finally {
          this.#wakers.delete(wake);
        }
        return fetchNow(topic, positions);
      },
      dispose: () => this.openSources--,
    };
  }
}

function checkConfigs(changes: ConfigChanges): void {
  for (const [key, value] of Object.entries(changes)) {
    if (!CONFIG_KEYS.has(key)) {
      throw new KafkaManagerError('INVALID_CONFIGURATION', `Unknown topic config name: ${key}`);
    }
    if (key.endsWith('.ms') && value !== null && !/^-?\d+$/.test(value)) {
      throw new KafkaManagerError('INVALID_CONFIGURATION', `Invalid value for ${key}.`);
    }
  }
}

function asBatch(partition: number, records: readonly ConsumedRecord[]): RecordBatch {
  const rows = rowsOf(partition, records);
  const section = rows.bytes;
  return {
    partition,
    baseOffset: records[0]!.offset,
    nextOffset: records.at(-1)!.offset + 1,
    count: records.length,
    sizeInBytes: section.length + 61,
    maxTimestamp: Math.max(...records.map((r) => r.timestamp)),
    section: () => section,
    rows: () => rows,
  };
}

/** A fake SecretStore in memory. */
export class FakeSecretStore implements SecretStore {
  readonly values = new Map<string, string>();
  async get(key: string): Promise<string | undefined> {
    return this.values.get(key);
  }
  async set(key: string, value: string | undefined): Promise<void> {
    if (value === undefined) this.values.delete(key);
    else this.values.set(key, value);
  }
}

/** The real managers on a fake cluster, and what the API needs besides. */
export interface FakeManagers {
  readonly kafka: FakeKafka;
  readonly clusters: ClusterManager;
  readonly topics: TopicManager;
  readonly messages: MessageManager;
  readonly logger: Logger;
  /** Lines of the log. */
  readonly log: string[];
  readonly clock: Clock;
  readonly version: string;
  dispose(): void;
}

/** @param options.started whether the cluster runs already; true where left out */
export async function fakeManagers(options: { started?: boolean } = {}): Promise<FakeManagers> {
  const log: string[] = [];
  const logger = createLogger((level, line) => log.push(`${level} ${line}`), 'debug');
  const kafka = new FakeKafka();
  const clusters = new ClusterManager({
    profiles: [fakeProfile, { ...fakeProfile, id: 'other', name: 'Other' }],
    runtimes: [new FakeRuntime()],
    connector: new FakeConnector(kafka.gateway()),
    logger,
  });
  const topics = new TopicManager(clusters);
  const messages = new MessageManager(clusters);
  if (options.started ?? true) await clusters.start();
  return {
    kafka,
    clusters,
    topics,
    messages,
    logger,
    log,
    clock: { now: () => Date.now() },
    version: '0.0.0-test',
    dispose() {
      messages.dispose();
      topics.dispose();
      clusters.dispose();
    },
  };
}

/** Names that differ only in `.` and `_` share their metric names, so Kafka refuses the second one. */
function namesCollide(a: string, b: string): boolean {
  return a !== b && a.replaceAll('.', '_') === b.replaceAll('.', '_');
}
