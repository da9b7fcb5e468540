import { KafkaManagerError } from '../../contract/errors';
import { cancellable } from '../cancellable';
import { brokerCodeOf, brokerError } from '../errors';
import type { ProducerId, ProducerIdentity } from '../producer/producerIdentity';
import type { Api } from '../protocol/api';
import { errorCode } from '../protocol/errorCodes';
import { addOffsetsToTxn } from '../protocol/messages/addOffsetsToTxn';
import { addPartitionsToTxn } from '../protocol/messages/addPartitionsToTxn';
import { endTxn } from '../protocol/messages/endTxn';
import { initProducerId } from '../protocol/messages/initProducerId';
import { Coordinator } from './coordinator';
import type { CoordinatorCall, CoordinatorConnection } from './coordinator';
import { isFatal, transactionError } from './transactionErrors';
import type { Who } from './transactionErrors';
import { addPartitionsError, TransactionPartitions } from './transactionPartitions';
import type { Partitions } from './transactionPartitions';
import type { TransactionState } from './transactionState';

/** How a request of a transaction is made. */
export interface Patience {
  /** How long it is repeated, in ms. */
  readonly withinMs: number;
  readonly signal?: AbortSignal | undefined;
}

/** What the record producer waits for in one go: it asks again, and notes what it waits for, in ms. */
const SHORT: Patience = { withinMs: 1_000 };
/** From 12 on, a broker takes partitions into the transaction by itself (KIP-890); ours are added before. */
const MAX_PRODUCE_VERSION = 11;
/**
 * How a transaction has ended: as asked; there was nothing to abort, since no partition had been added or it was committed
 * before; or the coordinator knows the transactional id no more (transactional.id.expiration.ms).
 */
export type Ending = 'as asked' | 'not open' | 'forgotten';

const NOTHING_TO_ABORT: ReadonlyMap<number | undefined, Ending> = new Map([
  [errorCode.INVALID_TXN_STATE, 'not open'],
  [errorCode.INVALID_PRODUCER_ID_MAPPING, 'forgotten'],
]);

/**
 * As whom a transactional producer writes, and its side of the talk with the transaction coordinator. Where something
 * of a transaction was lost on the way, the next one comes under another epoch: so a late request can't get into it,
 * and sequence numbers begin anew (KIP-360).
 */
export class TransactionIdentity implements ProducerIdentity {
  readonly transactionalId: string;
  readonly isTransactional = true;
  readonly maxProduceVersion = MAX_PRODUCE_VERSION;
  readonly #timeoutMs: number;
  readonly #state: TransactionState;
  readonly #coordinator: Coordinator;
  readonly #partitions = new TransactionPartitions((partitions) => this.#addPartitions(partitions));
  #id: ProducerId = { producerId: -1n, producerEpoch: -1 };
  #isUsable = false;
  /** Something was lost on the way: the id needs another epoch after this transaction. */
  #isUncertain = false;
  #asking: Promise<void> | undefined;
  /** When the coordinator was first told of the open transaction, on the scale of performance.now(). */
  #startedAt: number | undefined;

  constructor(
    connection: CoordinatorConnection,
    { transactionalId, timeoutMs }: Pick<Who, 'transactionalId' | 'timeoutMs'>,
    state: TransactionState,
  ) {
    this.transactionalId = transactionalId;
    this.#timeoutMs = timeoutMs;
    this.#state = state;
    this.#coordinator = new Coordinator(connection, 'transaction', transactionalId);
  }

  get current(): ProducerId | undefined {
    return this.#isUsable ? this.#id : undefined;
  }

  /** Who asks, for the words of errors. */
  get who(): Who {
    const { transactionalId } = this;
    const openMs = this.#startedAt === undefined ? undefined : performance.now() - this.#startedAt;
    return { transactionalId, timeoutMs: this.#timeoutMs, openMs };
  }

  /** Takes the transactional id over: fences whoever had it, and aborts what he left open. */
  takeOver(patience: Patience): Promise<void> {
    return this.#init(patience);
  }

  /**
   * Makes `current` known, in an open transaction only: the coordinator would take the question for a takeover while it
   * holds partitions of ours.
   */
  async acquire(patience: Patience = SHORT): Promise<void> {
    this.#state.require('open', 'committing');
    if (this.#isUsable) return;
    this.#asking ??= this.#init(patience).finally(() => (this.#asking = undefined));
    await this.#asking;
  }

  lose({ producerId, producerEpoch }: ProducerId, cause: Error | undefined): void {
    // Of a transaction that has ended, or known already.
    if (producerId !== this.#id.producerId || producerEpoch !== this.#id.producerEpoch || !this.#isUsable)
      return;
    this.#isUsable = false;
    this.#isUncertain = true;
    this.#state.fail(this.translate(cause ?? new Error('the outcome of a record is unknown')));
  }

  admit(topic: string, partition: number): Promise<void> | undefined {
    const refusal = this.#state.refusal('open', 'committing');
    if (refusal) return Promise.reject(refusal);
    return this.#partitions.has(topic, partition) ? undefined : this.#partitions.add(topic, partition);
  }

  /** Takes a consumer group's offsets into the transaction. */
  async addGroup(groupId: string, patience: Patience): Promise<void> {
    this.#startedAt ??= performance.now();
    const request = { ...this.#names(), groupId };
    await this.#ask(addOffsetsToTxn, request, (answer) => refusalOf('AddOffsetsToTxn', answer), patience);
  }

  /**
   * Ends the transaction. A repetition finds it ended, and is answered the same. What is still being asked for it is
   * waited for before: behind the end it would be taken for another producer's, or for the next transaction.
   * @param onLost the request may have arrived although no answer came
   */
  async end(committed: boolean, patience: Patience, onLost?: () => void): Promise<Ending> {
    await cancellable(Promise.allSettled([this.#partitions.settled(), this.#asking]), patience.signal);
    let ending: Ending = 'as asked';
    if (this.#startedAt !== undefined) {
      const request = { ...this.#names(), committed };
      const refused = (answer: { errorCode: number }): KafkaManagerError | undefined =>
        refusalOf('EndTxn', answer);
      try {
        await this.#ask(endTxn, request, refused, patience, onLost);
      } catch (error) {
        const found = NOTHING_TO_ABORT.get(brokerCodeOf(error));
        if (committed || found === undefined) throw error;
        this.#isUncertain = true;
        ending = found;
      }
    }
    this.#startedAt = undefined;
    this.#partitions.clear();
    if (this.#isUncertain) await this.#renew();
    return ending;
  }

  /**
   * Aborts the transaction for good, without waiting for anything of it. Where a request with records may be on its way,
   * the epoch is raised as by a takeover, which aborts too: brokers before KIP-890 take what arrives behind an abort of
   * the same epoch for the begin of another transaction, which nobody would end.
   */
  async abandon(hasWork: boolean, patience: Patience): Promise<void> {
    if (!hasWork && !this.#isUncertain) {
      await this.end(false, patience);
    } else if (this.#startedAt !== undefined) {
      await this.#init(patience).catch((error: unknown) => {
        // That is how a repetition finds the epoch raised by the question before.
        if (!(error instanceof KafkaManagerError && error.code === 'PRODUCER_FENCED')) throw error;
      });
    }
  }

  /** Something of the transaction may still be on its way to another broker. */
  noteLoss(): void {
    this.#isUncertain = true;
  }

  /** An error in the words of a transaction; one that ends the producer does so. */
  translate(error: unknown): Error {
    const told = transactionError(error, this.who);
    if (isFatal(error)) this.#state.die(told);
    return told;
  }

  /** At once, since a late request of this epoch could begin a transaction; where that fails, when the next one begins. */
  async #renew(): Promise<void> {
    this.#isUsable = false;
    if (this.#state.phase === 'dead') return;
    await this.#init(SHORT).catch((error: unknown) => error);
  }

  async #init(patience: Patience): Promise<void> {
    const request = {
      transactionalId: this.transactionalId,
      transactionTimeoutMs: this.#timeoutMs,
      ...this.#id,
    };
    const refused = (answer: { errorCode: number }): KafkaManagerError | undefined =>
      refusalOf('InitProducerId', answer);
    const { producerId, producerEpoch } = await this.#ask(initProducerId, request, refused, patience);
    this.#id = { producerId, producerEpoch };
    this.#isUsable = true;
    this.#isUncertain = false;
  }

  async #addPartitions(partitions: Partitions): Promise<void> {
    this.#startedAt ??= performance.now();
    const { transactionalId, producerId, producerEpoch } = this.#names();
    const request = {
      v3AndBelowTransactionalId: transactionalId,
      v3AndBelowProducerId: producerId,
      v3AndBelowProducerEpoch: producerEpoch,
      v3AndBelowTopics: [...partitions].map(([name, ids]) => ({ name, partitions: [...ids] })),
    };
    await this.#ask(addPartitionsToTxn, request, addPartitionsError, SHORT);
  }

  #names(): ProducerId & { readonly transactionalId: string } {
    return { transactionalId: this.transactionalId, ...this.#id };
  }

  async #ask<Request, Response>(
    api: Api<Request, Response>,
    request: Request,
    errorOf: CoordinatorCall<Response>['errorOf'],
    patience: Patience,
    onLost?: () => void,
  ): Promise<Response> {
    const lost = (): void => {
      this.#isUncertain = true;
      onLost?.();
    };
    try {
      return await this.#coordinator.call(api, request, { ...patience, errorOf, onLost: lost });
    } catch (error) {
      throw this.translate(error);
    }
  }
}

function refusalOf(api: string, answer: { readonly errorCode: number }): KafkaManagerError | undefined {
  return answer.errorCode === errorCode.NONE ? undefined : brokerError(answer.errorCode, { api });
}
