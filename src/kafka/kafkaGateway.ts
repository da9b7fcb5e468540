import type { Logger } from '../base/logger';
import type { ConnectionSettings } from '../core/connection';
import type {
  CommittedOffsets,
  GroupAnswers,
  GroupDescription,
  GroupListing,
  GroupRef,
} from '../core/groupTypes';
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
} from '../core/kafkaTypes';
import type {
  KafkaGateway as KafkaGatewayPort,
  TransactionalOptions,
  TransactionalProducer as TransactionalProducerPort,
} from '../core/ports';
import type { RecordSource } from '../core/scan/recordSource';
import { alterTopicConfig, describeTopicConfig } from './configs';
import type { KafkaConnection } from './connection';
import { deleteRecords } from './deleteRecords';
import { describeGroups } from './groups/describeGroups';
import { groupOffsets } from './groups/groupOffsets';
import { listGroups } from './groups/listGroups';
import { topicSizes } from './logDirs';
import { partitionOffsets } from './offsets';
import { offsetsOf } from './offsetsOf';
import { RecordProducer } from './producer/recordProducer';
import { describeLogDirs } from './protocol/messages/describeLogDirs';
import { FetchSource } from './source/fetchSource';
import { topicConfigsOf } from './topicConfigsOf';
import {
  createPartitions,
  createTopic,
  deleteTopic,
  describeCluster,
  describeTopic,
  listTopics,
} from './topics';
import { TransactionalProducer } from './transactions/transactionalProducer';

/** The port's gateway on one KafkaConnection; each noun has a file of its own beside this one. */
export class KafkaGateway implements KafkaGatewayPort {
  readonly capabilities: Capabilities;
  readonly #connection: KafkaConnection;
  readonly #settings: ConnectionSettings;
  readonly #logger: Logger;
  readonly #producer: RecordProducer;

  /** @param connection becomes the gateway's own, and ends with it */
  constructor(connection: KafkaConnection, settings: ConnectionSettings, logger: Logger) {
    this.#connection = connection;
    this.#settings = settings;
    this.#logger = logger;
    this.#producer = new RecordProducer(connection, logger.child('producer'));
    this.capabilities = {
      describeLogDirs: connection.supports(describeLogDirs),
    };
  }

  describeCluster(signal?: AbortSignal): Promise<ClusterDescription> {
    return describeCluster(this.#connection, signal);
  }

  listTopics(signal?: AbortSignal): Promise<readonly TopicSummary[]> {
    return listTopics(this.#connection, signal);
  }

  describeTopic(name: string, signal?: AbortSignal): Promise<TopicDescription> {
    return describeTopic(this.#connection, name, signal);
  }

  createTopic(spec: CreateTopicSpec, signal?: AbortSignal): Promise<void> {
    return this.#changing(spec.name, createTopic(this.#connection, spec, signal));
  }

  deleteTopic(name: string, signal?: AbortSignal): Promise<void> {
    return this.#changing(name, deleteTopic(this.#connection, name, signal));
  }

  describeTopicConfig(
    name: string,
    options?: { documentation?: boolean },
    signal?: AbortSignal,
  ): Promise<readonly ConfigEntry[]> {
    return describeTopicConfig(this.#connection, name, options, signal);
  }

  alterTopicConfig(
    name: string,
    changes: ConfigChanges,
    options?: { validateOnly?: boolean },
    signal?: AbortSignal,
  ): Promise<void> {
    return alterTopicConfig(this.#connection, name, changes, options, signal);
  }

  createPartitions(name: string, total: number, signal?: AbortSignal): Promise<void> {
    return this.#changing(name, createPartitions(this.#connection, name, total, signal));
  }

  offsets(
    name: string,
    partitions?: readonly number[],
    signal?: AbortSignal,
  ): Promise<readonly PartitionOffsets[]> {
    return partitionOffsets(this.#connection, name, partitions, signal);
  }

  offsetsOf(
    topics: ReadonlyMap<string, readonly number[] | 'all'>,
    which: 'beginning' | 'end',
    signal?: AbortSignal,
  ): Promise<ReadonlyMap<string, ReadonlyMap<number, number | undefined>>> {
    return offsetsOf(this.#connection, topics, which, signal);
  }

  topicConfigsOf(
    names: readonly string[],
    keys: readonly string[],
    signal?: AbortSignal,
  ): Promise<ReadonlyMap<string, ReadonlyMap<string, string | null>>> {
    return topicConfigsOf(this.#connection, names, keys, signal);
  }

  listGroups(signal?: AbortSignal): Promise<GroupListing> {
    return listGroups(this.#connection, signal);
  }

  describeGroups(groups: readonly GroupRef[], signal?: AbortSignal): Promise<GroupAnswers<GroupDescription>> {
    return describeGroups(this.#connection, groups, signal);
  }

  groupOffsets(groups: readonly GroupRef[], signal?: AbortSignal): Promise<GroupAnswers<CommittedOffsets>> {
    return groupOffsets(this.#connection, groups, signal);
  }

  topicSizes(signal?: AbortSignal): Promise<ReadonlyMap<string, number>> {
    return topicSizes(this.#connection, this.#logger, signal);
  }

  deleteRecords(
    name: string,
    before: ReadonlyMap<number, number>,
    signal?: AbortSignal,
  ): Promise<ReadonlyMap<number, number>> {
    return deleteRecords(this.#connection, name, before, signal);
  }

  produce(record: ProduceRecord, options?: ProduceOptions, signal?: AbortSignal): Promise<ProducedRecord> {
    return this.#producer.produce(record, options, signal);
  }

  openTransactional(options: TransactionalOptions, signal?: AbortSignal): Promise<TransactionalProducerPort> {
    return TransactionalProducer.open(this.#settings, options, this.#logger.child('transaction'), signal);
  }

  produceAll(
    records: Iterable<ProduceRecord> | AsyncIterable<ProduceRecord>,
    options?: ProduceOptions,
    signal?: AbortSignal,
  ): AsyncGenerator<readonly ProduceOutcome[], void, undefined> {
    return this.#producer.produceAll(records, options, signal);
  }

  openSource(signal?: AbortSignal): Promise<RecordSource> {
    return FetchSource.open(this.#settings, this.#logger.child('source'), signal);
  }

  /** What the producer knows of a topic ends with a change of it, also with one whose outcome nobody knows. */
  #changing(topic: string, work: Promise<void>): Promise<void> {
    return work.finally(() => this.#producer.forget(topic));
  }

  dispose(): void {
    this.#producer.dispose();
    this.#connection.dispose();
  }
}
