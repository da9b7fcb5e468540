import * as z from 'zod';
import type { Disposable } from '../../base/lifecycle';
import {
  type ConsoleEvent,
  type ConsoleFailure,
  type ConsoleRequest,
  consoleRequestSchema,
} from '../../contract/consoleMessages';
import { KafkaManagerError, toManagerError } from '../../contract/errors';
import type { KafkaConnector, KafkaGateway } from '../ports';
import { ConsoleSession } from './consoleSession';

/** The worker's end of the channel to the host. */
export interface ConsolePort {
  post(event: ConsoleEvent, transfer?: readonly ArrayBuffer[]): void;
}

type Of<T extends ConsoleRequest['type']> = Extract<ConsoleRequest, { type: T }>;

/** Answers the requests of one console, in a worker thread; see consoleMessages.ts. */
export class ConsoleServer implements Disposable {
  readonly #port: ConsolePort;
  readonly #connector: KafkaConnector;
  readonly #running = new Map<number, AbortController>();
  /** Set from the first moment of opening on, so that two at a time don't make two connections. */
  #isOpened = false;
  #gateway: KafkaGateway | undefined;
  #session: ConsoleSession | undefined;

  constructor(port: ConsolePort, connector: KafkaConnector) {
    this.#port = port;
    this.#connector = connector;
  }

  /** Takes a message of the host; the answer is posted. Never rejects. */
  async handle(message: unknown): Promise<void> {
    const { id } = (message ?? {}) as { id?: unknown };
    const cancel = new AbortController();
    try {
      const request = parsed(message);
      this.#running.set(request.id, cancel);
      const value = await this.#answer(request, cancel.signal);
      const transfer = value instanceof ArrayBuffer ? [value] : [];
      this.#port.post({ type: 'answer', id: request.id, value }, transfer);
    } catch (error) {
      if (typeof id === 'number') this.#fail(id, error);
    } finally {
      if (typeof id === 'number' && this.#running.get(id) === cancel) this.#running.delete(id);
    }
  }

  dispose(): void {
    for (const cancel of this.#running.values()) cancel.abort();
    this.#session?.dispose();
    this.#gateway?.dispose();
  }

  #answer(request: ConsoleRequest, signal: AbortSignal): unknown {
    switch (request.type) {
      case 'open':
        return this.#open(request, signal);
      case 'scan':
        return this.#opened.scan(request.query, { keep: request.keep, signal });
      case 'tail':
        return this.#opened.tail(request.query, { keep: request.keep, signal });
      case 'pause':
        this.#opened.pause(request.paused);
        return undefined;
      case 'cancel':
        this.#running.get(request.request)?.abort();
        return undefined;
      case 'rows':
        return this.#opened.rows(numbersOf(request.rows));
      case 'record':
        return this.#opened.record(request.row);
      case 'find':
        return this.#find(request, signal);
      case 'histogram':
        return this.#histogram(request, signal);
    }
  }

  get #opened(): ConsoleSession {
    if (!this.#session) throw new KafkaManagerError('SERVICE_UNAVAILABLE', 'The console is not open yet.');
    return this.#session;
  }

  async #open({ connection, maxBytes, maxRows }: Of<'open'>, signal: AbortSignal): Promise<void> {
    if (this.#isOpened) throw new KafkaManagerError('VALIDATION_ERROR', 'The console is open already.');
    this.#isOpened = true;
    const gateway = await this.#connected(connection, signal).catch((error: unknown) => {
      this.#isOpened = false;
      throw error;
    });
    this.#gateway = gateway;
    this.#session = new ConsoleSession(
      (own) => gateway.openSource(own),
      {
        onState: (state) => this.#port.post({ type: 'state', state }),
        onProblem: (problem) => this.#port.post({ type: 'problem', problem }),
      },
      { ...(maxBytes && { maxBytes }), ...(maxRows && { maxRows }) },
    );
  }

  async #connected(connection: Of<'open'>['connection'], signal: AbortSignal): Promise<KafkaGateway> {
    const gateway = await this.#connector.connect(connection, signal);
    if (!signal.aborted) return gateway;
    gateway.dispose();
    throw new KafkaManagerError('CANCELLED', undefined, { cause: signal.reason });
  }

  async #find(request: Of<'find'>, signal: AbortSignal): Promise<void> {
    const { id, filter, order, from, to, limit } = request;
    for await (const value of this.#opened.find(filter, { order, from, to, limit, signal })) {
      this.#port.post({ type: 'part', id, value }, [value.rows.buffer as ArrayBuffer]);
    }
  }

  async #histogram({ id, query }: Of<'histogram'>, signal: AbortSignal): Promise<void> {
    for await (const value of this.#opened.histogram(query, signal))
      this.#port.post({ type: 'part', id, value });
  }

  #fail(id: number, error: unknown): void {
    const { code, message, remedy, details } = toManagerError(error);
    const failure: ConsoleFailure = { code, message, remedy };
    try {
      this.#port.post({ type: 'failed', id, failure: { ...failure, ...(details && { details }) } });
    } catch {
      // The details hold something that can't be cloned: the rest is text.
      this.#port.post({ type: 'failed', id, failure });
    }
  }
}

/** @throws VALIDATION_ERROR where the message is no request */
function parsed(message: unknown): ConsoleRequest {
  const { success, data, error } = consoleRequestSchema.safeParse(message);
  if (!success) throw new KafkaManagerError('VALIDATION_ERROR', z.prettifyError(error), { cause: error });
  return data;
}

function numbersOf(rows: Of<'rows'>['rows']): readonly number[] {
  return 'count' in rows ? Array.from({ length: rows.count }, (_, i) => rows.from + i) : rows;
}
