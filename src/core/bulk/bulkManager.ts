import { KafkaManagerError, toManagerError } from '../../contract/errors';
import { checkTopicName } from '../../contract/topicName';
import type { ClusterManager } from '../clusterManager';
import type { ProduceOptions } from '../kafkaTypes';
import type { MessageManager } from '../messageManager';
import type { ScanQuery, ScanSummary } from '../scan/query';
import type { ScanOptions } from '../scan/scan';
import { exportRecords } from './exportRecords';
import { heldGateway } from './heldGateway';
import { importRecords, type ImportTarget } from './importRecords';

/** Failed lines that a report names, and after which an import reads no further. */
const MAX_FAILURES = 100;

/** How an import writes. */
export type BulkImportOptions = Omit<ImportTarget, 'topic'> & { readonly produce?: ProduceOptions };

/** A line whose record was not written, or nobody knows whether (`mayBeWritten`). */
export interface ImportFailure {
  /** From 1 on. */
  readonly line: number;
  readonly error: KafkaManagerError;
  readonly mayBeWritten: boolean;
}

/** What became of the lines of a file. */
export interface ImportReport {
  /** Records that are in the log. */
  readonly written: number;
  readonly failed: number;
  /** The failed lines in their order, the first 100. */
  readonly failures: readonly ImportFailure[];
  /** Why it ended before the end of the file: a line that can't be read, too many failures, a cancellation. */
  readonly ended: KafkaManagerError | undefined;
}

/** Whole topics out to NDJSON and back. A cluster id left undefined means the active one. */
export class BulkManager {
  readonly #clusters: ClusterManager;
  readonly #messages: MessageManager;

  constructor(clusters: ClusterManager, messages: MessageManager) {
    this.#clusters = clusters;
    this.#messages = messages;
  }

  /**
   * The records that a query selects as chunks of NDJSON (format: formatRecordLine). The summary is returned: the export
   * is whole where it names no problem and its stopReason is not `cancelled` or `deadline`.
   * @throws what a scan throws
   */
  exportRecords(
    cluster: string | undefined,
    query: ScanQuery,
    options: ScanOptions = {},
  ): AsyncGenerator<Uint8Array, ScanSummary, undefined> {
    return exportRecords(this.#messages.scan(cluster, query, options));
  }

  /**
   * Writes the records of NDJSON into a topic. A line that can't be read ends it, and so do 100 records that fail;
   * records of earlier lines stay written, and the report says which are not. Throws only where nothing was tried.
   */
  async importRecords(
    cluster: string | undefined,
    topic: string,
    chunks: Iterable<Uint8Array> | AsyncIterable<Uint8Array>,
    options: BulkImportOptions = {},
    signal?: AbortSignal,
  ): Promise<ImportReport> {
    checkTopicName(topic);
    const { gateway, end } = await heldGateway(this.#clusters, cluster);
    const progress = new Progress();
    const { produce, ...keep } = options;
    const onLine = (line: number): void => progress.takes(line);
    const records = importRecords(progress.begins(chunks), { ...keep, topic, onLine });
    try {
      for await (const run of gateway.produceAll(records, produce, signal)) {
        for (const outcome of run) progress.settles(outcome.ok ? undefined : outcome);
      }
    } catch (error) {
      progress.ended = toManagerError(error);
      if (!progress.hasBegun) throw error;
    } finally {
      end(progress.lastError);
    }
    return progress.report();
  }
}

/** Counts the outcomes of lines while they come in. */
class Progress {
  ended: KafkaManagerError | undefined;
  /** The file was looked at. */
  hasBegun = false;
  /** Of the outcome that came last. */
  #refusal: KafkaManagerError | undefined;
  /** Lines that were taken; those before `#settled` have their outcome. */
  readonly #lines: number[] = [];
  #settled = 0;
  #written = 0;
  #failed = 0;
  readonly #failures: ImportFailure[] = [];

  /** What went wrong last between us and the cluster. */
  get lastError(): KafkaManagerError | undefined {
    return this.ended?.code === 'KAFKA_CONNECTION_ERROR' ? this.ended : this.#refusal;
  }

  /** The chunks of the file, as they are. */
  async *begins<T>(chunks: Iterable<T> | AsyncIterable<T>): AsyncGenerator<T, void, undefined> {
    this.hasBegun = true;
    yield* chunks;
  }

  /** A line is about to be written. @throws where too many have failed */
  takes(line: number): void {
    const [first] = this.#failures;
    if (first && this.#failed >= MAX_FAILURES) {
      const { code, message, remedy } = first.error;
      const sentence = `Too many lines failed; the first was line ${first.line}: ${message}`;
      throw new KafkaManagerError(code, sentence, { remedy, cause: first.error });
    }
    this.#lines.push(line);
  }

  /** The outcome of the first line that has none; undefined where it is written. */
  settles(failure: Omit<ImportFailure, 'line'> | undefined): void {
    const line = this.#lines[this.#settled++] ?? 0;
    if (this.#settled >= 10_000) {
      this.#lines.splice(0, this.#settled);
      this.#settled = 0;
    }
    this.#refusal = failure?.error;
    if (!failure) {
      this.#written += 1;
      return;
    }
    this.#failed += 1;
    const { error, mayBeWritten } = failure;
    if (this.#failures.length < MAX_FAILURES) this.#failures.push({ line, error, mayBeWritten });
  }

  report(): ImportReport {
    return {
      written: this.#written,
      failed: this.#failed,
      failures: this.#failures,
      ended: this.ended,
    };
  }
}
