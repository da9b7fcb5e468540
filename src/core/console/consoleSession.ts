import type { Disposable } from '../../base/lifecycle';
import type { ConsoleRecord, ConsoleState } from '../../contract/consoleMessages';
import { compileFilter } from '../scan/filter/compileFilter';
import { type Histogram, histogram, type HistogramQuery } from '../scan/histogram';
import type {
  OffsetRange,
  RecordFilter,
  ScanProblem,
  ScanProgress,
  ScanQuery,
  ScanSummary,
  TailQuery,
} from '../scan/query';
import type { RecordSource } from '../scan/recordSource';
import { RecordStore, type RecordStoreOptions } from '../scan/recordStore';
import type { FindOptions, FoundRows } from '../scan/recordStoreFind';
import { type RecordPages, scan, type ScanOptions } from '../scan/scan';
import { tail } from '../scan/tail';
import { ConsoleSources, type OpenSource } from './consoleSources';
import { encodeRows } from './encodeRows';
import { Gate } from './gate';
import { Throttle, type ThrottleClock } from './throttle';

/** Shortest time between two states that are told, in ms. */
const statePauseMs = 100;

/** Who wants to hear what a console does. */
export interface ConsoleListener {
  onState(state: ConsoleState): void;
  onProblem(problem: ScanProblem): void;
}

export interface ReadOptions {
  /** The rows come behind those that are kept already; else those are forgotten first. */
  readonly keep?: boolean;
  readonly signal?: AbortSignal | undefined;
}

/**
 * What stands behind a console: one read at a time, whose rows are kept within bounds, shown by their numbers and
 * searched. It runs in a worker thread (ConsoleServer) or in the caller's, where it leaves the event loop to others every
 * few ms. Reads have a connection of their own, so has the histogram. Nothing is committed, no group is used.
 */
export class ConsoleSession implements Disposable {
  readonly store: RecordStore;
  readonly #sources: ConsoleSources;
  readonly #listener: ConsoleListener;
  readonly #gate = new Gate();
  readonly #told: Throttle;
  #progress = nothingYet;
  #stopReason: ConsoleState['stopReason'];
  #current: AbortController | undefined;
  #last: Promise<unknown> = Promise.resolve();

  constructor(
    openSource: OpenSource,
    listener: ConsoleListener,
    store: RecordStoreOptions = {},
    clock?: ThrottleClock,
  ) {
    this.store = new RecordStore(store);
    this.#sources = new ConsoleSources(openSource);
    this.#listener = listener;
    this.#told = new Throttle(statePauseMs, () => this.#listener.onState(this.state), clock);
  }

  get state(): ConsoleState {
    const { first, end, dropped, bytes: keptBytes } = this.store;
    const reading = !this.#current ? 'no' : this.#gate.isClosed ? 'paused' : 'yes';
    const stopReason = this.#stopReason;
    return { first, end, dropped, keptBytes, ...this.#progress, reading, ...(stopReason && { stopReason }) };
  }

  /** Ends the read that runs, then reads; the summary says where an older or newer page begins. @throws as `scan` */
  scan(query: ScanQuery, options: ReadOptions = {}): Promise<ScanSummary> {
    return this.#replace(query, (source, own) => scan(source, query, own), options);
  }

  /** {@link scan}, live. @throws as `tail` */
  tail(query: TailQuery, options: ReadOptions = {}): Promise<ScanSummary> {
    return this.#replace(query, (source, own) => tail(source, query, own), options);
  }

  /** While it is paused a read fetches nothing; Kafka keeps what comes meanwhile, as long as its retention lets it. */
  pause(paused: boolean): void {
    this.#gate.set(paused);
    this.#told.now();
  }

  /** A chunk of previews, see consoleRows.ts. */
  rows(numbers: ArrayLike<number>): ArrayBuffer {
    return encodeRows(this.store, numbers);
  }

  /** A whole record with bytes of its own; undefined where the row is not kept. */
  record(row: number): ConsoleRecord | undefined {
    const record = this.store.row(row);
    if (!record) return undefined;
    const { partition, offset, timestamp, key, value, headers } = record;
    const copy = (bytes: Uint8Array | null): Uint8Array | null => bytes && new Uint8Array(bytes);
    const copies = headers.map((header) => ({ key: header.key, value: copy(header.value) }));
    return { row, partition, offset, timestamp, key: copy(key), value: copy(value), headers: copies };
  }

  /** Searches the rows that are kept. @throws VALIDATION_ERROR, FILTER_TOO_SLOW, CANCELLED */
  async *find(filter: RecordFilter, options: FindOptions = {}): AsyncGenerator<FoundRows, void, undefined> {
    yield* this.store.find(await compileFilter(filter), options);
  }

  /** @throws as `histogram` */
  async *histogram(query: HistogramQuery, signal?: AbortSignal): AsyncGenerator<Histogram, void, undefined> {
    const source = await this.#sources.forQuestions(signal);
    yield* histogram(source, query, { signal });
  }

  dispose(): void {
    this.#current?.abort();
    this.#told.dispose();
    this.#sources.dispose();
    this.store.clear();
  }

  #replace(
    query: ScanQuery | TailQuery,
    pages: (source: RecordSource, options: ScanOptions) => RecordPages,
    { keep = false, signal }: ReadOptions,
  ): Promise<ScanSummary> {
    this.#current?.abort();
    const own = new AbortController();
    this.#current = own;
    this.#gate.set(false);
    this.#progress = nothingYet;
    this.#stopReason = undefined;
    this.#told.soon();
    const both = signal ? AbortSignal.any([signal, own.signal]) : own.signal;
    const read = this.#last.then(() => this.#read({ query, pages, keep, own, signal: both }));
    this.#last = read.catch(() => undefined);
    return read;
  }

  async #read(read: Read): Promise<ScanSummary> {
    const { query, keep, own, signal } = read;
    if (!keep && !signal.aborted) this.store.clear();
    const woken = this.#gate.opensWith(signal);
    try {
      const ran = await this.#sources.read((source) => this.#follow(read, source), signal);
      const summary = ran ?? unreadSummary(query);
      this.#tell(own, progressOf(summary), summary.stopReason);
      return summary;
    } catch (error) {
      this.#tell(own, this.#progress, 'failed');
      throw error;
    } finally {
      woken.dispose();
      if (this.#current === own) this.#current = undefined;
      this.#told.now();
    }
  }

  async #follow({ pages: begin, own, signal }: Read, source: RecordSource): Promise<ScanSummary> {
    const pages = begin(source, {
      signal,
      onProgress: (progress) => {
        this.#tell(own, progress);
        this.#told.soon();
      },
      onProblem: (problem) => this.#listener.onProblem(problem),
    });
    for (;;) {
      // Who pauses after the end was asked for means the read that comes next.
      if (!signal.aborted) await this.#gate.passed();
      const next = await pages.next();
      if (next.done) return next.value;
      this.store.append(next.value);
      this.#told.soon();
    }
  }

  /** Notes how far a read is, unless another one has begun. */
  #tell(own: AbortController, progress: ScanProgress, stopReason?: ConsoleState['stopReason']): void {
    if (this.#current !== own) return;
    this.#progress = progress;
    this.#stopReason = stopReason;
  }
}

const nothingYet: ScanProgress = { scanned: 0, matched: 0, bytes: 0, elapsedMs: 0 };

/** A read that was asked for. */
interface Read {
  readonly query: ScanQuery | TailQuery;
  readonly pages: (source: RecordSource, options: ScanOptions) => RecordPages;
  readonly keep: boolean;
  /** Ends it where another one begins. */
  readonly own: AbortController;
  /** Ends it also where the caller wants it. */
  readonly signal: AbortSignal;
}

function progressOf({ scanned, matched, bytes, elapsedMs }: ScanSummary): ScanProgress {
  return { scanned, matched, bytes, elapsedMs };
}

/** Of a read that was cancelled before there was a connection; the same as where no offset is known yet. */
function unreadSummary(query: ScanQuery | TailQuery): ScanSummary {
  const direction = ('direction' in query && query.direction) || 'oldest';
  const position =
    query.from?.at === 'position'
      ? query.from.position
      : { topic: query.topic, direction, partitions: new Map<number, OffsetRange>() };
  return { ...nothingYet, stopReason: 'cancelled', position, problems: [] };
}
