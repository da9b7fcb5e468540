import { describeError, type Logger } from '../../base/logger';
import { KafkaManagerError } from '../../contract/errors';
import type { ConnectionSettings } from '../../core/connection';
import type { ProducedRecord, ProduceOptions, ProduceRecord } from '../../core/kafkaTypes';
import type {
  TransactionalOptions,
  TransactionalProducer as TransactionalProducerPort,
} from '../../core/ports';
import { cancellable } from '../cancellable';
import { KafkaConnection } from '../connection';
import { brokerCodeOf } from '../errors';
import { RecordProducer } from '../producer/recordProducer';
import type { ProducerConnection } from '../producer/producerConnection';
import { errorCode } from '../protocol/errorCodes';
import { txnOffsetCommit } from '../protocol/messages/txnOffsetCommit';
import { Coordinator } from './coordinator';
import { RunningWork } from './runningWork';
import { commitUnknown } from './transactionErrors';
import { TransactionIdentity } from './transactionIdentity';
import type { Ending, Patience } from './transactionIdentity';
import { checkOffsets, offsetsError, offsetsRequest } from './transactionOffsets';
import type { GroupOffsets } from './transactionOffsets';
import { TransactionState } from './transactionState';

const DEFAULT_TIMEOUT_MS = 60_000;
/** How long a coordinator is asked that restarts or moves, in ms: max.block.ms of Java's client. */
const PATIENCE_MS = 60_000;
/** How long an abandoned transaction is tried to be aborted, in ms; the broker does it by itself later. */
const ABANDON_MS = 5_000;

/** What a transactional producer needs of its connection, which it ends with itself. */
export type TransactionConnection = ProducerConnection & Pick<KafkaConnection, 'dispose'>;

/** The port's transactional producer: a record producer under the identity of a transaction (KIP-98). */
export class TransactionalProducer implements TransactionalProducerPort {
  readonly #connection: TransactionConnection;
  readonly #logger: Logger;
  readonly #state = new TransactionState();
  readonly #identity: TransactionIdentity;
  readonly #producer: RecordProducer;
  readonly #work = new RunningWork();
  readonly #groups = new Map<string, Coordinator>();
  /** The commit that runs has gone on to the coordinator. */
  #isCommitTold = false;
  #disposed = false;

  private constructor(connection: TransactionConnection, options: TransactionalOptions, logger: Logger) {
    const { transactionalId, transactionTimeoutMs: timeoutMs = DEFAULT_TIMEOUT_MS } = options;
    this.#connection = connection;
    this.#logger = logger;
    this.#identity = new TransactionIdentity(connection, { transactionalId, timeoutMs }, this.#state);
    this.#producer = new RecordProducer(connection, logger, Date, this.#identity);
  }

  /**
   * Opens a connection of its own and takes the transactional id over.
   * @throws VALIDATION_ERROR, INVALID_CONFIGURATION, KAFKA_AUTHORIZATION_FAILED and what connecting throws
   */
  static async open(
    settings: ConnectionSettings,
    options: TransactionalOptions,
    logger: Logger,
    signal?: AbortSignal,
  ): Promise<TransactionalProducer> {
    checkOptions(options);
    const connection = await KafkaConnection.open(settings, { logger, signal });
    return TransactionalProducer.on(connection, options, logger, signal);
  }

  /** As open(), on a connection that becomes the producer's own, also where this fails. */
  static async on(
    connection: TransactionConnection,
    options: TransactionalOptions,
    logger: Logger,
    signal?: AbortSignal,
  ): Promise<TransactionalProducer> {
    const opened = new TransactionalProducer(connection, options, logger);
    try {
      await opened.#identity.takeOver({ withinMs: PATIENCE_MS, signal });
      return opened;
    } catch (error) {
      opened.dispose();
      throw error;
    }
  }

  begin(): void {
    this.#state.require('idle');
    this.#state.enter('open');
  }

  async produce(
    record: ProduceRecord,
    options: ProduceOptions = {},
    signal?: AbortSignal,
  ): Promise<ProducedRecord> {
    this.#state.require('open');
    this.#check(record, options);
    return this.#work.run(this.#failing(this.#produce(record, options, signal)));
  }

  async sendOffsets(groupId: string, offsets: GroupOffsets, signal?: AbortSignal): Promise<void> {
    this.#state.require('open');
    checkOffsets(groupId, offsets);
    await this.#work.run(this.#failing(this.#sendOffsets(groupId, offsets, signal)));
  }

  /**
   * As the port says; the broker answers when the commit is decided, and shows the records a moment later, when its
   * markers are written.
   * @throws TRANSACTION_OUTCOME_UNKNOWN where a commit was sent and no answer came: commit again, or abort to find out
   */
  async commit(signal?: AbortSignal): Promise<void> {
    if (this.#state.phase === 'failed') throw this.#state.cause!;
    this.#state.require('open', 'unknown');
    let mayBeCommitted = this.#state.phase === 'unknown';
    this.#isCommitTold = false;
    this.#state.enter('committing');
    try {
      await this.#settled(signal);
    } catch (error) {
      // Nothing was told to the coordinator yet.
      if (this.#state.phase === 'committing') this.#state.enter('open');
      throw error;
    }
    if (this.#state.cause) throw this.#state.cause;
    this.#isCommitTold = true;
    try {
      await this.#identity.end(true, { withinMs: PATIENCE_MS, signal }, () => (mayBeCommitted = true));
      this.#state.enter('idle');
    } catch (error) {
      throw this.#commitFailed(error as Error, mayBeCommitted);
    }
  }

  async abort(signal?: AbortSignal): Promise<void> {
    this.#state.require('open', 'failed', 'unknown');
    const mayBeCommitted = this.#state.phase === 'unknown';
    const { cause } = this.#state;
    this.#state.enter('aborting');
    let ending: Ending;
    try {
      await this.#settled(signal);
      ending = await this.#identity.end(false, { withinMs: PATIENCE_MS, signal });
    } catch (error) {
      if (mayBeCommitted) this.#state.enter('unknown');
      else this.#state.failAbort(cause ?? (error as Error));
      throw error;
    }
    this.#state.enter('idle');
    if (ending === 'as asked' || !mayBeCommitted) return;
    if (ending === 'forgotten') throw commitUnknown(this.#identity.who, cause, true);
    const message = 'The transaction can not be aborted: its commit had arrived.';
    throw new KafkaManagerError('INVALID_TRANSACTION_STATE', message, {
      remedy: 'Its records are visible; begin the next transaction.',
    });
  }

  /** Ends at once. An open transaction is aborted where that is possible soon; else the broker does it by its timeout. */
  dispose(): void {
    if (this.#disposed) return;
    this.#disposed = true;
    const { phase } = this.#state;
    this.#state.die(
      new KafkaManagerError('KAFKA_CONNECTION_ERROR', 'The transactional producer was closed.'),
    );
    const hasWork = !this.#work.isIdle;
    this.#producer.dispose();
    const isOpen = phase === 'open' || phase === 'failed' || (phase === 'committing' && !this.#isCommitTold);
    const last = isOpen ? this.#identity.abandon(hasWork, { withinMs: ABANDON_MS }) : Promise.resolve();
    void last
      .catch((error: unknown) => {
        this.#logger.debug(`a transaction was left open: ${describeError(error)}`);
      })
      .finally(() => this.#connection.dispose());
  }

  /** What is wrong with a call changes nothing of the transaction. @throws KafkaManagerError */
  #check(record: ProduceRecord, options: ProduceOptions): void {
    if ((options.acks ?? -1) !== -1 || options.idempotent === false) {
      throw new KafkaManagerError('VALIDATION_ERROR', 'A transaction needs acks -1 and idempotent records.', {
        details: { field: options.idempotent === false ? 'idempotent' : 'acks' },
      });
    }
    this.#producer.check(record, options);
  }

  async #produce(
    record: ProduceRecord,
    options: ProduceOptions,
    signal: AbortSignal | undefined,
  ): Promise<ProducedRecord> {
    try {
      return await this.#producer.produce(record, options, signal);
    } catch (error) {
      // Also where the record is given up: the batch that has carried it may not have its answer yet.
      this.#identity.noteLoss();
      throw error;
    }
  }

  async #sendOffsets(groupId: string, offsets: GroupOffsets, signal: AbortSignal | undefined): Promise<void> {
    if (offsets.size === 0) return;
    const patience: Patience = { withinMs: PATIENCE_MS, signal };
    await this.#identity.acquire(patience);
    await this.#identity.addGroup(groupId, patience);
    this.#state.require('open', 'committing');
    const { transactionalId } = this.#identity;
    const request = offsetsRequest(transactionalId, this.#identity.current!, groupId, offsets);
    let group = this.#groups.get(groupId);
    if (!group) this.#groups.set(groupId, (group = new Coordinator(this.#connection, 'group', groupId)));
    const onLost = (): void => this.#identity.noteLoss();
    await group.call(txnOffsetCommit, request, { ...patience, errorOf: offsetsError, onLost });
  }

  /** Hands the result on; an error makes the transaction fail. */
  async #failing<T>(work: Promise<T>): Promise<T> {
    try {
      return await work;
    } catch (error) {
      const told = this.#identity.translate(error);
      this.#state.fail(told);
      throw told;
    }
  }

  /** Waits for all that was begun in the transaction; its errors are in the state then. */
  async #settled(signal: AbortSignal | undefined): Promise<void> {
    await cancellable(Promise.all([this.#producer.flush(), this.#work.idle()]), signal);
  }

  /** What a failed commit leaves behind, and what the user is told of it. */
  #commitFailed(error: Error, mayBeCommitted: boolean): Error {
    // Told where the transaction is over or was never begun, and so surely not committed.
    const isRefused = brokerCodeOf(error) === errorCode.INVALID_TXN_STATE;
    if (mayBeCommitted && !isRefused) {
      this.#state.enter('unknown');
      return commitUnknown(this.#identity.who, error, this.#state.phase === 'dead');
    }
    // Nothing has reached the coordinator: it may do so later.
    if (brokerCodeOf(error) === undefined) this.#state.enter('open');
    else this.#state.fail(error);
    return error;
  }
}

/** @throws KafkaManagerError VALIDATION_ERROR */
function checkOptions({ transactionalId, transactionTimeoutMs }: TransactionalOptions): void {
  if (transactionalId === '') {
    throw new KafkaManagerError('VALIDATION_ERROR', 'The transactional id must not be empty.', {
      details: { field: 'transactionalId' },
    });
  }
  if (transactionTimeoutMs === undefined) return;
  if (
    !Number.isSafeInteger(transactionTimeoutMs) ||
    transactionTimeoutMs < 1 ||
    transactionTimeoutMs > 0x7fff_ffff
  ) {
    throw new KafkaManagerError('VALIDATION_ERROR', 'The transaction timeout must be whole ms from 1 on.', {
      details: { field: 'transactionTimeoutMs' },
    });
  }
}
