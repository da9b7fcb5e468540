import type { Disposable } from '../base/lifecycle';
import type { Event } from '../base/event';
import type { ConnectionSettings } from './connection';
import type { CommittedOffsets, GroupAnswers, GroupDescription, GroupListing, GroupRef } from './groupTypes';
import type {
  Capabilities,
  ClusterDescription,
  ConfigChanges,
  ConfigEntry,
  CreateTopicSpec,
  PartitionOffsets,
  ProducedRecord,
  ProduceOptions,
  ProduceOutcome,
  ProduceRecord,
  TopicDescription,
  TopicSummary,
} from './kafkaTypes';
import type { ClusterProfile } from './profile';
import type { RecordSource } from './scan/recordSource';

/** Makes connections to clusters. src/kafka implements it; tests use a fake. */
export interface KafkaConnector {
  /**
   * Connects and proves that a broker answers.
   * @throws KafkaManagerError KAFKA_CONNECTION_ERROR, KAFKA_TLS_ERROR or KAFKA_AUTHENTICATION_ERROR within 5 s
   */
  connect(settings: ConnectionSettings, signal?: AbortSignal): Promise<KafkaGateway>;
}

/** One live connection to one cluster. Errors are KafkaManagerErrors; a topic that does not exist is never created. */
export interface KafkaGateway extends Disposable {
  readonly capabilities: Capabilities;
  describeCluster(signal?: AbortSignal): Promise<ClusterDescription>;
  /** All topics by one Metadata call, internal ones included, sorted by name. */
  listTopics(signal?: AbortSignal): Promise<readonly TopicSummary[]>;
  /** @throws TOPIC_NOT_FOUND */
  describeTopic(name: string, signal?: AbortSignal): Promise<TopicDescription>;
  createTopic(spec: CreateTopicSpec, signal?: AbortSignal): Promise<void>;
  deleteTopic(name: string, signal?: AbortSignal): Promise<void>;
  describeTopicConfig(
    name: string,
    options?: { documentation?: boolean },
    signal?: AbortSignal,
  ): Promise<readonly ConfigEntry[]>;
  alterTopicConfig(
    name: string,
    changes: ConfigChanges,
    options?: { validateOnly?: boolean },
    signal?: AbortSignal,
  ): Promise<void>;
  /** Raises the number of partitions to `total`. */
  createPartitions(name: string, total: number, signal?: AbortSignal): Promise<void>;
  /** Beginning and end of the given partitions, or of all. */
  offsets(
    name: string,
    partitions?: readonly number[],
    signal?: AbortSignal,
  ): Promise<readonly PartitionOffsets[]>;
  /** Bytes on disk per topic (leader replicas), by one DescribeLogDirs per broker. */
  topicSizes(signal?: AbortSignal): Promise<ReadonlyMap<string, number>>;
  /**
   * Beginning or end of many topics' partitions, `all` of a topic or those that are named. A topic that does not exist is
   * absent from the answer; undefined stands for a partition that does not answer.
   */
  offsetsOf(
    topics: ReadonlyMap<string, readonly number[] | 'all'>,
    which: 'beginning' | 'end',
    signal?: AbortSignal,
  ): Promise<ReadonlyMap<string, ReadonlyMap<number, number | undefined>>>;
  /** A few config values of many topics. Topics that do not answer are absent, and so are keys that a broker lacks. */
  topicConfigsOf(
    names: readonly string[],
    keys: readonly string[],
    signal?: AbortSignal,
  ): Promise<ReadonlyMap<string, ReadonlyMap<string, string | null>>>;
  /** All groups of all brokers. @throws the error of a broker where none answers */
  listGroups(signal?: AbortSignal): Promise<GroupListing>;
  /** Members and coordinators of groups, each asked for as its type wants it. GROUP_NOT_FOUND and others are per group. */
  describeGroups(groups: readonly GroupRef[], signal?: AbortSignal): Promise<GroupAnswers<GroupDescription>>;
  /** Committed offsets of groups; partitions without one are absent. */
  groupOffsets(groups: readonly GroupRef[], signal?: AbortSignal): Promise<GroupAnswers<CommittedOffsets>>;
  /**
   * Deletes the records before the given offset of each partition; -1 means all. Answers the new beginnings.
   * @throws OFFSET_OUT_OF_RANGE before anything is deleted
   */
  deleteRecords(
    name: string,
    before: ReadonlyMap<number, number>,
    signal?: AbortSignal,
  ): Promise<ReadonlyMap<number, number>>;
  /** Writes one record; records of concurrent callers share a Produce request per broker. */
  produce(record: ProduceRecord, options?: ProduceOptions, signal?: AbortSignal): Promise<ProducedRecord>;
  /**
   * Writes any number of records in flat memory: no more are taken from `records` than fit into the buffer. Hands out one
   * outcome per record, in their order, in runs; who does not ask for the next run holds the writing up. A broken
   * iterable ends it with its error, after the outcomes of what was taken from it.
   */
  produceAll(
    records: Iterable<ProduceRecord> | AsyncIterable<ProduceRecord>,
    options?: ProduceOptions,
    signal?: AbortSignal,
  ): AsyncGenerator<readonly ProduceOutcome[], void, undefined>;
  /**
   * Takes over a transactional id (KIP-98): aborts what an earlier producer of that name left open and fences it.
   * @throws KAFKA_AUTHORIZATION_FAILED, INVALID_CONFIGURATION, KAFKA_CONNECTION_ERROR
   */
  openTransactional(options: TransactionalOptions, signal?: AbortSignal): Promise<TransactionalProducer>;
  /** A source for one scan or tail. Every tail opens one of its own: a parked Fetch blocks its connection. */
  openSource(signal?: AbortSignal): Promise<RecordSource>;
}

/** How a transactional producer is opened. */
export interface TransactionalOptions {
  readonly transactionalId: string;
  /** After this long without an end the broker aborts a transaction, in ms; 60,000 where left out. */
  readonly transactionTimeoutMs?: number;
}

/**
 * A producer whose records become visible together or not at all (read_committed). One transaction at a time. After an
 * error of a record, of sendOffsets or of commit the transaction can only be aborted; after PRODUCER_FENCED nothing is
 * possible any more.
 */
export interface TransactionalProducer extends Disposable {
  /** @throws INVALID_TRANSACTION_STATE while one is open */
  begin(): void;
  /** Writes a record into the open transaction; its order, errors and options (acks -1 always) are those of `produce`. */
  produce(record: ProduceRecord, options?: ProduceOptions, signal?: AbortSignal): Promise<ProducedRecord>;
  /** Commits offsets of a consumer group together with the records: partition to next offset, per topic. */
  sendOffsets(
    groupId: string,
    offsets: ReadonlyMap<string, ReadonlyMap<number, number>>,
    signal?: AbortSignal,
  ): Promise<void>;
  /** Waits for all records, then makes them visible. @throws the first error of a record, after which only abort is left */
  commit(signal?: AbortSignal): Promise<void>;
  /** Waits for what is on its way, then makes it void. */
  abort(signal?: AbortSignal): Promise<void>;
}

/** Answer of a runtime to "could you start here?". */
export type RuntimeCheck =
  | { readonly available: true; readonly detail: string }
  | { readonly available: false; readonly reason: string; readonly remedy: string };

/** Told while a broker starts; `fraction` in [0, 1] where it is known. */
export interface StartProgress {
  readonly message: string;
  readonly fraction?: number;
}

/** Why a broker ended. */
export interface BrokerExit {
  /** True where we asked for it. */
  readonly expected: boolean;
  readonly code: number | null;
  readonly signal: string | null;
  /** Last lines of its log, newest last. */
  readonly lastLog: readonly string[];
}

export interface BrokerUsage {
  readonly cpuSeconds: number;
  readonly residentBytes: number;
}

/** One way of having a Kafka: embedded, java, docker or external. */
export interface BrokerRuntime {
  readonly kind: ClusterProfile['runtime'];
  /** Whether it can be used here; if not, why, and what the user can do. Changes nothing. */
  check(profile: ClusterProfile, signal?: AbortSignal): Promise<RuntimeCheck>;
  /**
   * Starts the profile's broker, or attaches to it where it runs already. Answers when the process is up and its
   * address is known; the ClusterManager decides when it is ready. A failed start undoes what it made.
   */
  start(
    profile: ClusterProfile,
    progress: (step: StartProgress) => void,
    signal?: AbortSignal,
  ): Promise<RunningBroker>;
  /** The profile's broker where it runs already (another terminal or window started it), else undefined. */
  attach(profile: ClusterProfile, signal?: AbortSignal): Promise<RunningBroker | undefined>;
  /**
   * Stops the profile's broker for everybody where one runs or just starts, whoever started it, and waits until it has
   * ended. Does nothing to an external cluster.
   */
  stop(profile: ClusterProfile): Promise<void>;
  /** Deletes the profile's data. @throws DATA_DIRECTORY_IN_USE while a broker uses it */
  reset(profile: ClusterProfile): Promise<void>;
}

/** A broker that runs, as one of perhaps several clients sees it. */
export interface RunningBroker extends Disposable {
  /** How to connect to it. */
  readonly connection: ConnectionSettings;
  /** For people: "kfake (not Apache Kafka)", "Apache Kafka 4.3.1". */
  readonly version: string;
  /** Process id of the broker, undefined for external ones. */
  readonly pid: number | undefined;
  readonly startedAt: number;
  /** Fires once when the broker has ended, whoever ended it. */
  readonly onDidExit: Event<BrokerExit>;
  usage(signal?: AbortSignal): Promise<BrokerUsage | undefined>;
  /** The newest lines of the log, then each new one until the signal is aborted. */
  logs(signal: AbortSignal): AsyncIterable<string>;
  /** Stops the broker for everybody and waits until it has ended. Does nothing to an external cluster. */
  stop(): Promise<void>;
  /** Leaves: the broker is stopped at once if nobody else holds it (unless it is to keep running), else it goes on. */
  release(): Promise<void>;
}

/** Small JSON values that outlive the process; keys are dotted names. */
export interface StateStore {
  get(key: string): Promise<unknown>;
  /** undefined deletes. Written whole (temporary file and rename), so that a crash leaves the old or the new value. */
  set(key: string, value: unknown): Promise<void>;
}

/** Passwords, tokens and keys; never in settings, state, argv or logs. */
export interface SecretStore {
  get(key: string): Promise<string | undefined>;
  set(key: string, value: string | undefined): Promise<void>;
  /** Stores the value where there is none, and answers what is stored then: of several processes at once one wins. */
  create?(key: string, value: string): Promise<string>;
}

/** Time, so that tests can own it. ms since 1970. */
export interface Clock {
  now(): number;
}
