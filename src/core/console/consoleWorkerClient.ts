import type { Disposable } from '../../base/lifecycle';
import { type ConsoleRecord, type ConsoleRequest, consoleEventSchema } from '../../contract/consoleMessages';
import { type RowChunk, rowChunk } from '../../contract/consoleRows';
import { KafkaManagerError } from '../../contract/errors';
import type { ConnectionSettings } from '../connection';
import type { Histogram, HistogramQuery } from '../scan/histogram';
import type { RecordFilter, ScanQuery, ScanSummary, TailQuery } from '../scan/query';
import type { RecordStoreOptions } from '../scan/recordStore';
import type { FindOptions, FoundRows } from '../scan/recordStoreFind';
import type { ConsoleListener, ReadOptions } from './consoleSession';
import type { WorkerPort } from './workerPort';

/** How long a worker may take to end what was cancelled before it is ended itself, in ms. */
const graceMs = 2_000;

type WithoutId<T> = T extends unknown ? Omit<T, 'id'> : never;

interface Pending {
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: Error) => void;
  readonly onPart: ((value: unknown) => void) | undefined;
}

/**
 * The host's side of a console in a worker thread: what ConsoleSession does, by messages. Aborting a signal ends the
 * request; a worker that does not come to it within two seconds, since a filter runs away, is terminated. When the worker
 * is gone, for whatever reason, everything pending is rejected and nothing can be asked any more: open another one. So it
 * is where a listener throws; where `onFound` or `onStep` does, that request alone ends with its error.
 */
export class ConsoleWorkerClient implements Disposable {
  readonly #port: WorkerPort;
  readonly #listener: ConsoleListener;
  readonly #graceMs: number;
  readonly #pending = new Map<number, Pending>();
  #lastId = 0;
  #ended: KafkaManagerError | undefined;

  /** @param port becomes the client's own, and ends with it */
  constructor(port: WorkerPort, listener: ConsoleListener, options: { readonly graceMs?: number } = {}) {
    this.#port = port;
    this.#listener = listener;
    this.#graceMs = options.graceMs ?? graceMs;
    port.listen(
      (message) => this.#onMessage(message),
      (error) => this.#end(crashed(error)),
    );
  }

  /** Connects; first of all. @throws KAFKA_CONNECTION_ERROR, KAFKA_TLS_ERROR, KAFKA_AUTHENTICATION_ERROR */
  async open(
    connection: ConnectionSettings,
    store: RecordStoreOptions = {},
    signal?: AbortSignal,
  ): Promise<void> {
    await this.#request({ type: 'open', connection, ...store }, signal);
  }

  /** @throws as `scan` */
  async scan(query: ScanQuery, { keep = false, signal }: ReadOptions = {}): Promise<ScanSummary> {
    return (await this.#request({ type: 'scan', query, keep }, signal)) as ScanSummary;
  }

  /** @throws as `tail` */
  async tail(query: TailQuery, { keep = false, signal }: ReadOptions = {}): Promise<ScanSummary> {
    return (await this.#request({ type: 'tail', query, keep }, signal)) as ScanSummary;
  }

  async pause(paused: boolean): Promise<void> {
    await this.#request({ type: 'pause', paused });
  }

  /** Previews of `count` rows from `from` on. */
  rows(from: number, count: number): Promise<RowChunk> {
    return this.#rows({ from, count }, count);
  }

  /** Previews of these rows. */
  rowsAt(numbers: readonly number[]): Promise<RowChunk> {
    return this.#rows(numbers, numbers.length);
  }

  /** The whole record of a row; undefined where it is not kept any more. */
  async record(row: number): Promise<ConsoleRecord | undefined> {
    return (await this.#request({ type: 'record', row })) as ConsoleRecord | undefined;
  }

  /** Searches the rows that are kept; tells what it finds as it goes. @throws VALIDATION_ERROR, FILTER_TOO_SLOW, CANCELLED */
  async find(
    filter: RecordFilter,
    onFound: (found: FoundRows) => void,
    { order, from, to, limit, signal }: FindOptions = {},
  ): Promise<void> {
    const options = {
      ...(order && { order }),
      ...(from !== undefined && { from }),
      ...(to !== undefined && { to }),
      ...(limit !== undefined && { limit }),
    };
    await this.#request({ type: 'find', filter, ...options }, signal, (found) => {
      onFound(found as FoundRows);
    });
  }

  /** @throws as `histogram` */
  async histogram(
    query: HistogramQuery,
    onStep: (histogram: Histogram) => void,
    signal?: AbortSignal,
  ): Promise<void> {
    await this.#request({ type: 'histogram', query }, signal, (step) => {
      onStep(step as Histogram);
    });
  }

  /** Ends the worker at once; what is pending is rejected with CANCELLED. */
  dispose(): void {
    this.#end(new KafkaManagerError('CANCELLED', 'The console was closed.'));
  }

  async #rows(rows: Extract<ConsoleRequest, { type: 'rows' }>['rows'], length: number): Promise<RowChunk> {
    return rowChunk((await this.#request({ type: 'rows', rows })) as ArrayBuffer, length);
  }

  #request(
    request: WithoutId<ConsoleRequest>,
    signal?: AbortSignal,
    onPart?: (value: unknown) => void,
  ): Promise<unknown> {
    if (this.#ended) return Promise.reject(this.#ended);
    const id = ++this.#lastId;
    let watch: NodeJS.Timeout | undefined;
    const cancel = (): void => {
      this.#cancel(id);
      watch = setTimeout(() => this.#end(stuck(isFiltered(request))), this.#graceMs);
    };
    const settled = new Promise<unknown>((resolve, reject) => {
      this.#pending.set(id, { resolve, reject, onPart });
    });
    try {
      this.#port.post({ ...request, id });
    } catch (cause) {
      this.#pending.delete(id);
      const message = 'The request holds something that can not be sent to the worker of the console.';
      return Promise.reject(new KafkaManagerError('VALIDATION_ERROR', message, { cause }));
    }
    if (signal?.aborted) cancel();
    else signal?.addEventListener('abort', cancel, { once: true });
    return settled.finally(() => {
      clearTimeout(watch);
      signal?.removeEventListener('abort', cancel);
    });
  }

  /** Runs inside the worker's event: whatever is thrown here would end the host. */
  #onMessage(message: unknown): void {
    if (this.#ended) return;
    const parsed = consoleEventSchema.safeParse(message);
    if (!parsed.success) {
      this.#end(crashed(parsed.error));
      return;
    }
    const event = parsed.data;
    switch (event.type) {
      case 'state':
        this.#tell(() => this.#listener.onState(event.state));
        return;
      case 'problem':
        this.#tell(() => this.#listener.onProblem(event.problem));
        return;
      case 'part':
        this.#onPart(event.id, event.value);
        return;
      case 'answer':
        this.#take(event.id)?.resolve(event.value);
        return;
      case 'failed': {
        const { code, message: text, remedy, details } = event.failure;
        const error = new KafkaManagerError(code, text, { remedy, ...(details && { details }) });
        this.#take(event.id)?.reject(error);
      }
    }
  }

  #tell(listener: () => void): void {
    try {
      listener();
    } catch (cause) {
      const message = 'What the console is doing could not be shown, so it was ended.';
      const remedy = 'Open the console again.';
      this.#end(new KafkaManagerError('INTERNAL_ERROR', message, { remedy, cause }));
    }
  }

  #onPart(id: number, value: unknown): void {
    try {
      this.#pending.get(id)?.onPart?.(value);
    } catch (error) {
      this.#take(id)?.reject(error instanceof Error ? error : new Error(String(error)));
      this.#cancel(id);
    }
  }

  #cancel(request: number): void {
    this.#port.post({ type: 'cancel', id: ++this.#lastId, request } satisfies ConsoleRequest);
  }

  #take(id: number): Pending | undefined {
    const pending = this.#pending.get(id);
    this.#pending.delete(id);
    return pending;
  }

  #end(error: KafkaManagerError): void {
    if (this.#ended) return;
    this.#ended = error;
    this.#port.terminate();
    for (const { reject } of this.#pending.values()) reject(error);
    this.#pending.clear();
  }
}

/** Whether a filter can be what keeps the worker from stopping. */
function isFiltered(request: WithoutId<ConsoleRequest>): boolean {
  if (request.type === 'scan' || request.type === 'tail') return request.query.filter !== undefined;
  return request.type === 'find';
}

function crashed(cause: Error | undefined): KafkaManagerError {
  return new KafkaManagerError('INTERNAL_ERROR', 'The worker of the console ended unexpectedly.', {
    remedy: 'Open the console again; the log has the cause.',
    ...(cause && { cause }),
  });
}

function stuck(hasFilter: boolean): KafkaManagerError {
  const message = 'The worker of the console did not stop when it was told to, and was ended.';
  return hasFilter
    ? new KafkaManagerError('FILTER_TOO_SLOW', message)
    : new KafkaManagerError('INTERNAL_ERROR', message, { remedy: 'Open the console again.' });
}
