import type { Disposable } from '../../base/lifecycle';
import { KafkaManagerError } from '../../contract/errors';
import type { ScanSummary } from '../scan/query';
import type { RecordSource } from '../scan/recordSource';

/** Opens connections of their own to the console's cluster. */
export type OpenSource = (signal?: AbortSignal) => Promise<RecordSource>;

/** The connections of a console: one for reads, on which a fetch may be parked, and one for questions meanwhile. */
export class ConsoleSources implements Disposable {
  readonly #open: OpenSource;
  readonly #live = new Set<RecordSource>();
  #reading: RecordSource | undefined;
  #asking: Promise<RecordSource> | undefined;
  #disposed = false;

  constructor(open: OpenSource) {
    this.#open = open;
  }

  /** Runs a read. Its connection is kept for the next one where the read came to its end by itself. */
  async read(work: (source: RecordSource) => Promise<ScanSummary>): Promise<ScanSummary> {
    const source = this.#reading ?? (await this.#opened());
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

  /** @throws what connecting throws */
  async forQuestions(signal: AbortSignal | undefined): Promise<RecordSource> {
    this.#asking ??= this.#opened();
    try {
      const source = await this.#asking;
      if (signal?.aborted) throw new KafkaManagerError('CANCELLED', undefined, { cause: signal.reason });
      return source;
    } catch (error) {
      if (!signal?.aborted) this.#asking = undefined;
      throw error;
    }
  }

  /** Running calls end with CANCELLED. */
  dispose(): void {
    this.#disposed = true;
    for (const source of this.#live) source.dispose();
    this.#live.clear();
  }

  async #opened(): Promise<RecordSource> {
    const source = await this.#open();
    this.#live.add(source);
    if (this.#disposed) {
      this.#close(source);
      throw new KafkaManagerError('CANCELLED', 'The console was closed.');
    }
    return source;
  }

  #close(source: RecordSource): void {
    this.#live.delete(source);
    source.dispose();
  }
}
