import { abortable } from '../../base/async';
import type { Disposable } from '../../base/lifecycle';
import { KafkaManagerError } from '../../contract/errors';
import type { ScanSummary } from '../scan/query';
import type { RecordSource } from '../scan/recordSource';

/** Opens connections of their own to the console's cluster; gives up where the signal is aborted. */
export type OpenSource = (signal?: AbortSignal) => Promise<RecordSource>;

/** The connections of a console: one for reads, on which a fetch may be parked, and one for questions meanwhile. */
export class ConsoleSources implements Disposable {
  readonly #open: OpenSource;
  readonly #live = new Set<RecordSource>();
  readonly #closing = new AbortController();
  #reading: RecordSource | undefined;
  #asking: Promise<RecordSource> | undefined;

  constructor(open: OpenSource) {
    this.#open = open;
  }

  /**
   * Runs a read; undefined where the signal was aborted before there was a connection. The connection is kept for the
   * next read where this one came to its end by itself.
   * @throws what connecting throws
   */
  async read(
    work: (source: RecordSource) => Promise<ScanSummary>,
    signal: AbortSignal,
  ): Promise<ScanSummary | undefined> {
    const source = await this.#forRead(signal);
    if (!source) return undefined;
    this.#reading = undefined;
    try {
      const summary = await work(source);
      // After others a fetch may be parked, which would hold up what comes behind it.
      if (['end', 'limit', 'max-bytes'].includes(summary.stopReason)) this.#reading = source;
      return summary;
    } finally {
      if (this.#reading !== source) this.#close(source);
    }
  }

  /** @throws what connecting throws, and CANCELLED where the signal is aborted */
  async forQuestions(signal: AbortSignal | undefined): Promise<RecordSource> {
    // Others may wait for the same connection: the signal ends the waiting, not the connecting.
    this.#asking ??= this.#opened().catch((error: unknown) => {
      this.#asking = undefined;
      throw error;
    });
    try {
      return await abortable(this.#asking, signal);
    } catch (error) {
      throw signal?.aborted ? new KafkaManagerError('CANCELLED', undefined, { cause: error }) : error;
    }
  }

  /** Running calls end with CANCELLED. */
  dispose(): void {
    this.#closing.abort();
    for (const source of this.#live) source.dispose();
    this.#live.clear();
  }

  async #forRead(signal: AbortSignal): Promise<RecordSource | undefined> {
    if (signal.aborted) return undefined;
    return (
      this.#reading ??
      this.#opened(signal).catch((error: unknown) => {
        if (signal.aborted) return undefined;
        throw error;
      })
    );
  }

  async #opened(signal?: AbortSignal): Promise<RecordSource> {
    const closing = this.#closing.signal;
    try {
      const source = await this.#open(signal ? AbortSignal.any([signal, closing]) : closing);
      if (!closing.aborted) {
        this.#live.add(source);
        return source;
      }
      source.dispose();
    } catch (error) {
      if (!closing.aborted) throw error;
    }
    throw new KafkaManagerError('CANCELLED', 'The console was closed.');
  }

  #close(source: RecordSource): void {
    this.#live.delete(source);
    source.dispose();
  }
}
