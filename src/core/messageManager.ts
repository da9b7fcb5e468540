import type { Event } from '../base/event';
import { type Disposable, DisposableStore } from '../base/lifecycle';
import { toManagerError } from '../contract/errors';
import { checkTopicName } from '../contract/topicName';
import { heldGateway } from './bulk/heldGateway';
import type { ClusterManager } from './clusterManager';
import type {
  ConsumedRecord,
  ProducedRecord,
  ProduceOptions,
  ProduceOutcome,
  ProduceRecord,
} from './kafkaTypes';
import type { TransactionalOptions, TransactionalProducer } from './ports';
import { copyOf } from './scan/copyOf';
import type { ScanQuery, ScanSummary, TailQuery } from './scan/query';
import { readOn, type ReadOnOptions } from './scan/readOn';
import type { RecordSource } from './scan/recordSource';
import type { RecordPages } from './scan/scan';
import { tail } from './scan/tail';
import { SourcePool } from './sourcePool';
import { type WrittenTopic, WrittenTopics } from './writtenTopics';

export interface ReadResult {
  readonly records: readonly ConsumedRecord[];
  readonly summary: ScanSummary;
}

/** Writes and reads records. A cluster id left undefined means the active one. Reads use no consumer group. */
export class MessageManager implements Disposable {
  readonly #clusters: ClusterManager;
  readonly #store = new DisposableStore();
  readonly #sources = this.#store.add(new SourcePool());
  readonly #written = this.#store.add(new WrittenTopics());

  constructor(clusters: ClusterManager) {
    this.#clusters = clusters;
    // The sockets of a stopped cluster's source are dead, and an idle source must not outlive its connection.
    this.#store.add(
      clusters.onDidChangeStatus(({ state }) => {
        if (state !== 'running') this.#sources.forgetAll();
      }),
    );
  }

  /** Fires after records were written, at most once a second for each topic. */
  get onDidWrite(): Event<WrittenTopic> {
    return this.#written.onDidWrite;
  }

  /** Writes one record. @throws TOPIC_NOT_FOUND (topics are never created by this), MESSAGE_TOO_LARGE, … */
  async produce(
    cluster: string | undefined,
    record: ProduceRecord,
    options: ProduceOptions = {},
    signal?: AbortSignal,
  ): Promise<ProducedRecord> {
    checkTopicName(record.topic);
    const produced = await this.#clusters.use(cluster, (gateway) => gateway.produce(record, options, signal));
    this.#tell(cluster, [record.topic]);
    return produced;
  }

  /**
   * Writes many records, those of one partition in their order, with one outcome for each. The records may be of
   * several topics. Throws only where nothing was tried.
   */
  async produceBatch(
    cluster: string | undefined,
    records: readonly ProduceRecord[],
    options: ProduceOptions = {},
    signal?: AbortSignal,
  ): Promise<readonly ProduceOutcome[]> {
    for (const record of records) checkTopicName(record.topic);
    const outcomes = await this.#clusters.use(cluster, (gateway) =>
      Promise.all(
        records.map((record) =>
          gateway.produce(record, options, signal).then(
            (produced): ProduceOutcome => ({ ok: true, produced }),
            (error: unknown): ProduceOutcome => failedOutcome(error),
          ),
        ),
      ),
    );
    this.#tell(cluster, topicsOf(outcomes));
    return outcomes;
  }

  /**
   * Writes any number of records in flat memory: takes no more of them than fit into a buffer, and hands out one outcome
   * for each, in their order, in runs.
   * @throws KafkaManagerError INVALID_TOPIC_NAME for a record, CANCELLED or TIMEOUT by the signal, and what the iterable
   * throws, each after the outcomes of the records before
   */
  async *produceAll(
    cluster: string | undefined,
    records: Iterable<ProduceRecord> | AsyncIterable<ProduceRecord>,
    options: ProduceOptions = {},
    signal?: AbortSignal,
  ): AsyncGenerator<readonly ProduceOutcome[], void, undefined> {
    const { gateway, end } = await heldGateway(this.#clusters, cluster);
    let last: Error | undefined;
    try {
      for await (const run of gateway.produceAll(checked(records), options, signal)) {
        const outcome = run.at(-1);
        if (outcome) last = outcome.ok ? undefined : outcome.error;
        this.#tell(cluster, topicsOf(run));
        yield run;
      }
    } catch (error) {
      last = toManagerError(error);
      throw error;
    } finally {
      end(last);
    }
  }

  /** A producer whose records become visible together or not at all; the caller disposes it. */
  async openTransactional(
    cluster: string | undefined,
    options: TransactionalOptions,
    signal?: AbortSignal,
  ): Promise<TransactionalProducer> {
    return this.#clusters.use(cluster, (gateway) => gateway.openTransactional(options, signal));
  }

  /** A bounded read, collected. The query should carry a limit. */
  async read(
    cluster: string | undefined,
    query: ScanQuery,
    options: ReadOnOptions = {},
  ): Promise<ReadResult> {
    checkTopicName(query.topic);
    // A wait may leave a fetch parked: a source that waited is not handed on.
    const wait = options.waitMs ?? 0;
    if (wait > 0) return collect(this.scan(cluster, query, options));
    return this.#clusters.use(cluster, (gateway) =>
      this.#sources.use(
        gateway,
        (source) => collect(readOn(source, query, options)),
        ({ summary }) => summary.stopReason !== 'cancelled' && summary.stopReason !== 'deadline',
        options.signal,
      ),
    );
  }

  /** A bounded read, page by page as it goes on. */
  async *scan(cluster: string | undefined, query: ScanQuery, options: ReadOnOptions = {}): RecordPages {
    checkTopicName(query.topic);
    const source = await this.#open(cluster, options.signal);
    try {
      return yield* readOn(source, query, options);
    } finally {
      source.dispose();
    }
  }

  /** Live records until the signal is aborted, on a connection of its own. */
  async *tail(cluster: string | undefined, query: TailQuery, signal: AbortSignal): RecordPages {
    checkTopicName(query.topic);
    const source = await this.#open(cluster, signal);
    try {
      return yield* tail(source, query, { signal });
    } finally {
      source.dispose();
    }
  }

  dispose(): void {
    this.#store.dispose();
  }

  #tell(cluster: string | undefined, topics: Iterable<string>): void {
    const id = cluster ?? this.#clusters.activeId;
    if (id === undefined) return;
    for (const topic of topics) this.#written.add({ cluster: id, topic });
  }

  #open(cluster: string | undefined, signal: AbortSignal | undefined): Promise<RecordSource> {
    return this.#clusters.use(cluster, (gateway) => gateway.openSource(signal));
  }
}

/** The topics that records went to. */
function topicsOf(outcomes: readonly ProduceOutcome[]): ReadonlySet<string> {
  const topics = new Set<string>();
  for (const outcome of outcomes) if (outcome.ok) topics.add(outcome.produced.topic);
  return topics;
}

function failedOutcome(cause: unknown): ProduceOutcome {
  const error = toManagerError(cause);
  const mayBeWritten = error.code === 'PRODUCE_OUTCOME_UNKNOWN' || error.details?.['mayBeWritten'] === true;
  return { ok: false, error, mayBeWritten };
}

/** The records, each with a valid topic name. @throws KafkaManagerError INVALID_TOPIC_NAME */
function checked(
  records: Iterable<ProduceRecord> | AsyncIterable<ProduceRecord>,
): Iterable<ProduceRecord> | AsyncIterable<ProduceRecord> {
  let last: string | undefined;
  const check = (record: ProduceRecord): ProduceRecord => {
    if (record.topic !== last) checkTopicName(record.topic);
    last = record.topic;
    return record;
  };
  return Symbol.asyncIterator in records ? eachAsync(records, check) : each(records, check);
}

function* each<T>(items: Iterable<T>, check: (item: T) => T): Generator<T, void, undefined> {
  for (const item of items) yield check(item);
}

async function* eachAsync<T>(
  items: AsyncIterable<T>,
  check: (item: T) => T,
): AsyncGenerator<T, void, undefined> {
  for await (const item of items) yield check(item);
}

/** All records of the pages, as copies: a view of a few bytes would hold the whole Fetch answer it came in. */
async function collect(pages: RecordPages): Promise<ReadResult> {
  const records: ConsumedRecord[] = [];
  for (;;) {
    const next = await pages.next();
    if (next.done) return { records, summary: next.value };
    for (const record of next.value) records.push(copyOf(record));
  }
}
