import { SharedCalls } from '../base/async';
import type { Disposable } from '../base/lifecycle';
import type { Logger } from '../base/logger';
import { KafkaManagerError } from '../contract/errors';
import type { ConnectionSettings } from '../core/connection';
import { formatAddress } from './address';
import { cancellable } from './cancellable';
import { brokerError } from './errors';
import { KafkaNode } from './kafkaNode';
import type { CallOptions, NodeOptions } from './kafkaNode';
import { openCluster } from './openCluster';
import type { OpenedCluster } from './openCluster';
import type { Api } from './protocol/api';
import { errorCode } from './protocol/errorCodes';
import { metadata } from './protocol/messages/metadata';
import type {
  MetadataResponse,
  MetadataResponseBroker,
  MetadataResponseTopic,
} from './protocol/messages/metadata';
import { sliced } from './sliced';

/** Whom to ask: any broker, the controller, or a broker by its id. */
export type Target = 'any' | 'controller' | number;

/** How long leaders are believed without asking again, ms. A moved leader is noticed by its error before that. */
const leaderAgeMs = 300_000;

/** Topics per Metadata call where many are asked for by their names. */
const namesPerCall = 500;

/** The id of topics that have none: their brokers are older than Kafka 2.8, or tell nothing of them. */
export const noTopicId = 'AAAAAAAAAAAAAAAAAAAAAA';

/** A topic as Metadata tells of it. */
export interface TopicLeaders {
  /** Tells it from others that had its name before (KIP-516); undefined where the broker has no ids. */
  readonly topicId: string | undefined;
  /** Who leads each partition; -1 where nobody does. */
  readonly byPartition: ReadonlyMap<number, number>;
}

interface Leaders extends TopicLeaders {
  readonly until: number;
}

/** A connection to one cluster: sends any API to any broker and knows who leads which partition. */
export class KafkaConnection implements Disposable {
  readonly #options: NodeOptions;
  readonly #logger: Logger;
  readonly #bootstrap: KafkaNode;
  readonly #nodes = new Map<number, KafkaNode>();
  readonly #leaders = new Map<string, Leaders>();
  readonly #shared = new SharedCalls<string, Leaders>();
  #brokers: readonly MetadataResponseBroker[] = [];
  #controllerId = -1;
  #disposed = false;

  private constructor({ bootstrap, reached, options, answer }: OpenedCluster, logger: Logger) {
    this.#bootstrap = bootstrap;
    this.#options = options;
    this.#logger = logger;
    this.#nodes.set(reached.id, reached.node);
    this.#learn(answer);
  }

  /**
   * Connects to the first bootstrap address that answers, and proves that a broker can be reached at the address that
   * it advertises. On failure nothing stays open, and the error says what was found on the port.
   * @throws KAFKA_CONNECTION_ERROR, KAFKA_TLS_ERROR, KAFKA_AUTHENTICATION_ERROR within 5 s
   */
  static async open(
    settings: ConnectionSettings,
    { logger, signal }: { readonly logger: Logger; readonly signal?: AbortSignal | undefined },
  ): Promise<KafkaConnection> {
    const opened = await openCluster(settings, signal);
    logger.debug(`connected to ${formatAddress(opened.bootstrap.address)}`);
    return new KafkaConnection(opened, logger);
  }

  /** Brokers of the cluster as the last Metadata answer told. */
  get brokers(): readonly MetadataResponseBroker[] {
    return this.#brokers;
  }

  /** Finalized features with their levels. */
  get features(): ReadonlyMap<string, number> {
    return this.#anyConnected()?.features ?? new Map();
  }

  /** Whether a connected broker and we share a version of `api`, at least `minVersion` where that is given. */
  supports(api: Api<never, unknown>, minVersion = 0): boolean {
    return (this.#anyConnected()?.version(api) ?? -1) >= minVersion;
  }

  /**
   * Sends a request in the highest version that both sides know and decodes the answer. Nothing is retried.
   * @throws UNSUPPORTED_BY_BROKER, TIMEOUT, CANCELLED, KAFKA_CONNECTION_ERROR and what connecting throws
   */
  async call<Request, Response>(
    target: Target,
    api: Api<Request, Response>,
    request: Request,
    options: CallOptions = {},
  ): Promise<Response> {
    const node = await this.#find(target, options);
    return node.call(api, request, options);
  }

  /** Sends a request that Kafka does not answer (Produce with acks 0). */
  async send<Request>(
    target: Target,
    api: Api<Request, unknown>,
    request: Request,
    options: CallOptions = {},
  ): Promise<void> {
    const node = await this.#find(target, options);
    await node.send(api, request, options);
  }

  /**
   * Who leads each partition of a topic; -1 where nobody does. Cached until invalidate(topic).
   * @throws TOPIC_NOT_FOUND, KAFKA_AUTHORIZATION_FAILED
   */
  async leaders(topic: string, signal?: AbortSignal): Promise<ReadonlyMap<number, number>> {
    return (await this.topicLeaders(topic, signal)).byPartition;
  }

  /** {@link leaders}, and which topic they belong to: both from one answer. */
  async topicLeaders(topic: string, signal?: AbortSignal): Promise<TopicLeaders> {
    const known = this.#leaders.get(topic);
    if (known && known.until > Date.now()) return known;
    const asked = this.#shared.run(topic, () => this.#askLeaders(topic));
    return cancellable(asked, signal);
  }

  /** {@link leaders} of many topics, from few calls. Topics that do not exist are absent, those that are hidden have none. */
  async leadersOf(
    topics: readonly string[],
    signal?: AbortSignal,
  ): Promise<ReadonlyMap<string, ReadonlyMap<number, number>>> {
    const now = Date.now();
    const isKnown = (topic: string): boolean => (this.#leaders.get(topic)?.until ?? 0) > now;
    const found = new Map<string, ReadonlyMap<number, number>>();
    for (const topic of topics) if (isKnown(topic)) found.set(topic, this.#leaders.get(topic)!.byPartition);
    const unknown = topics.filter((topic) => !found.has(topic));
    for (const names of sliced(unknown, namesPerCall)) {
      const answer = await this.metadata(names, { signal });
      for (const topic of answer.topics) {
        const isThere = topic.errorCode !== errorCode.UNKNOWN_TOPIC_OR_PARTITION;
        if (topic.name !== null && isThere)
          found.set(topic.name, this.#remember(topic.name, topic).byPartition);
      }
    }
    return found;
  }

  /** Forgets the leaders of a topic, after an error said that they moved. */
  invalidate(topic: string): void {
    this.#leaders.delete(topic);
    this.#shared.forget(topic);
  }

  /** One Metadata call; null asks for all topics, an empty list for brokers only. Topics are never created. */
  async metadata(topics: readonly string[] | null, options: CallOptions = {}): Promise<MetadataResponse> {
    const answer = await this.call(
      'any',
      metadata,
      { topics: topics?.map((name) => ({ name })) ?? null, allowAutoTopicCreation: false },
      options,
    );
    if (answer.errorCode !== errorCode.NONE) throw brokerError(answer.errorCode, { api: 'Metadata' });
    this.#learn(answer);
    return answer;
  }

  dispose(): void {
    this.#disposed = true;
    this.#bootstrap.dispose();
    for (const node of this.#nodes.values()) node.dispose();
  }

  async #askLeaders(topic: string): Promise<Leaders> {
    const answer = await this.metadata([topic]);
    const found = answer.topics.find(({ name }) => name === topic);
    const code = found?.errorCode ?? errorCode.UNKNOWN_TOPIC_OR_PARTITION;
    // LEADER_NOT_AVAILABLE says so of some partitions, which have the leader -1.
    if (!found || (code !== errorCode.NONE && code !== errorCode.LEADER_NOT_AVAILABLE)) {
      throw brokerError(code, { api: 'Metadata', topic });
    }
    return this.#remember(topic, found);
  }

  #remember(name: string, { topicId, partitions }: MetadataResponseTopic): Leaders {
    const byPartition = new Map(partitions.map((p) => [p.partitionIndex, p.leaderId] as const));
    const complete = byPartition.size > 0 && ![...byPartition.values()].includes(-1);
    const leaders = {
      topicId: topicId === noTopicId ? undefined : topicId,
      byPartition,
      until: complete ? Date.now() + leaderAgeMs : 0,
    };
    this.#leaders.set(name, leaders);
    return leaders;
  }

  async #find(target: Target, options: CallOptions): Promise<KafkaNode> {
    if (this.#disposed) throw new KafkaManagerError('KAFKA_CONNECTION_ERROR', 'The connection was closed.');
    if (target === 'any') return this.#any(options.signal);
    const id = target === 'controller' ? this.#controllerId : target;
    const known = this.#nodes.get(id);
    if (known) return known;
    if (target !== 'controller' && id < 0)
      throw brokerError(errorCode.LEADER_NOT_AVAILABLE, { api: 'Metadata' });
    await this.metadata([], options);
    const node = this.#nodes.get(target === 'controller' ? this.#controllerId : id);
    if (node) return node;
    throw brokerError(errorCode.BROKER_NOT_AVAILABLE, {
      api: 'Metadata',
      message:
        target === 'controller'
          ? 'the cluster has no controller now'
          : `broker ${id} is not in the cluster now`,
    });
  }

  #anyConnected(): KafkaNode | undefined {
    return [...this.#nodes.values()].find((node) => node.isConnected);
  }

  /** A connected broker, or the first that can be connected; where all are gone, the bootstrap address knows the new ones. */
  async #any(signal: AbortSignal | undefined): Promise<KafkaNode> {
    const connected = this.#anyConnected();
    if (connected) return connected;
    let last: unknown;
    for (const node of new Set([...this.#nodes.values(), this.#bootstrap])) {
      try {
        await cancellable(node.connect(), signal);
        return node;
      } catch (error) {
        if (signal?.aborted) throw error;
        this.#logger.debug(`${formatAddress(node.address)} can not be connected`);
        last = error;
      }
    }
    throw last;
  }

  /** Takes over which brokers there are now. A broker that moved to another address gets a new connection. */
  #learn(answer: MetadataResponse): void {
    if (answer.brokers.length === 0 || this.#disposed) return;
    this.#brokers = answer.brokers;
    this.#controllerId = answer.controllerId;
    for (const [id, node] of this.#nodes) {
      const now = answer.brokers.find(({ nodeId }) => nodeId === id);
      if (now && formatAddress(now) === formatAddress(node.address)) continue;
      this.#nodes.delete(id);
      if (node !== this.#bootstrap) node.dispose();
    }
    for (const broker of answer.brokers) {
      if (this.#nodes.has(broker.nodeId)) continue;
      const isBootstrap = formatAddress(broker) === formatAddress(this.#bootstrap.address);
      const node = isBootstrap
        ? this.#bootstrap
        : new KafkaNode({ host: broker.host, port: broker.port }, this.#options);
      this.#nodes.set(broker.nodeId, node);
    }
  }
}
