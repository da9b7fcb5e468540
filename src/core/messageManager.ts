import { type Disposable, DisposableStore } from '../base/lifecycle';
import { type KafkaManagerError, toManagerError } from '../contract/errors';
import { checkTopicName } from '../contract/topicName';
import type { ClusterManager } from './clusterManager';
import type { ConsumedRecord, ProducedRecord, ProduceOptions, ProduceRecord } from './kafkaTypes';
import type { ScanProgress, ScanQuery, ScanSummary, TailQuery } from './scan/query';
import type { RecordSource } from './scan/recordSource';
import { scan } from './scan/scan';
import { tail } from './scan/tail';
import { SourcePool } from './sourcePool';
import { waitForMore } from './waitForMore';

/** What became of one record of a batch. */
export type ProduceOutcome =
  | { readonly ok: true; readonly produced: ProducedRecord }
  | { readonly ok: false; readonly error: KafkaManagerError };

export interface ReadOptions {
  readonly signal?: AbortSignal | undefined;
  /** Longest time of the read in ms; what was found until then is answered. */
  readonly deadlineMs?: number;
  /** Wait up to this long in ms for new records where an oldest-first read came to the end below its limit. */
  readonly waitMs?: number;
  readonly onProgress?: (progress: ScanProgress) => void;
}

export interface ReadResult {
  readonly records: readonly ConsumedRecord[];
  readonly summary: ScanSummary;
}

/** Pages of records; the summary is returned at the end. */
export type RecordPages = AsyncGenerator<readonly ConsumedRecord[], ScanSummary>;

/** Writes and reads records. A cluster id left undefined means the active one. Reads use no consumer group. */
export class MessageManager implements Disposable {
  readonly #clusters: ClusterManager;
  readonly #store = new DisposableStore();
  readonly #sources = this.#store.add(new SourcePool());

  constructor(clusters: ClusterManager) {
    this.#clusters = clusters;
    // The sockets of a stopped cluster's source are dead, and an idle source must not outlive its connection.
    this.#store.add(
      clusters.onDidChangeStatus(({ state }) => {
        if (state !== 'running') this.#sources.forgetAll();
      }),
    );
  }

  /** Writes one record. @throws TOPIC_NOT_FOUND (topics are never created by this), MESSAGE_TOO_LARGE, … */
  async produce(
    cluster: string | undefined,
    record: ProduceRecord,
    options: ProduceOptions = {},
    signal?: AbortSignal,
  ): Promise<ProducedRecord> {
    checkTopicName(record.topic);
    return this.#clusters.use(cluster, (gateway) => gateway.produce(record, options, signal));
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
    return this.#clusters.use(cluster, (gateway) =>
      Promise.all(
        records.map((record) =>
          gateway.produce(record, options, signal).then(
            (produced): ProduceOutcome => ({ ok: true, produced }),
            (error: unknown): ProduceOutcome => ({ ok: false, error: toManagerError(error) }),
          ),
        ),
      ),
    );
  }

  /** A bounded read, collected. The query should carry a limit. */
  async read(cluster: string | undefined, query: ScanQuery, options: ReadOptions = {}): Promise<ReadResult> {
    checkTopicName(query.topic);
    return this.#clusters.use(cluster, (gateway) =>
      this.#sources.use(
        gateway,
        async (source) => {
          const found = await collect(scan(source, query, options));
          const missing = (query.limit ?? Infinity) - found.records.length;
          const waitMs = options.waitMs ?? 0;
          if (
            waitMs <= 0 ||
            missing <= 0 ||
            query.direction === 'newest' ||
            found.summary.stopReason !== 'end'
          ) {
            return found;
          }
          const live = await gateway.openSource(options.signal);
          try {
            return await waitForMore(live, query, found, { ...options, waitMs, missing });
          } finally {
            live.dispose();
          }
        },
        options.signal,
      ),
    );
  }

  /** A bounded read, page by page as it goes on. */
  async *scan(cluster: string | undefined, query: ScanQuery, options: ReadOptions = {}): RecordPages {
    checkTopicName(query.topic);
    const source = await this.#open(cluster, options.signal);
    try {
      return yield* scan(source, query, options);
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

  #open(cluster: string | undefined, signal: AbortSignal | undefined): Promise<RecordSource> {
    return this.#clusters.use(cluster, (gateway) => gateway.openSource(signal));
  }
}

async function collect(pages: RecordPages): Promise<ReadResult> {
  const records: ConsumedRecord[] = [];
  for (;;) {
    const next = await pages.next();
    if (next.done) return { records, summary: next.value };
    for (const record of next.value) records.push(record);
  }
}
