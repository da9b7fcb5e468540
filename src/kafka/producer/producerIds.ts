import type { KafkaConnection } from '../connection';
import { brokerCodeOf, brokerError } from '../errors';
import { errorCode } from '../protocol/errorCodes';
import { initProducerId } from '../protocol/messages/initProducerId';
import type { ProducerId, ProducerIdentity } from './producerIdentity';

/** Epochs are signed 16-bit numbers; behind the last one comes another id. */
const LAST_EPOCH = 32_767;
/** What a broker answers that does not take an id, or its epoch, rather than a sequence number. */
const ID_REFUSED: readonly (number | undefined)[] = [
  errorCode.UNKNOWN_PRODUCER_ID,
  errorCode.INVALID_PRODUCER_EPOCH,
  errorCode.INVALID_PRODUCER_ID_MAPPING,
];

/**
 * The producer id that all lanes share. Where the numbers of a batch were lost, its epoch is raised here, without asking
 * (KIP-360): each partition then counts from 0 again, and a request of the old epoch that was held up on its way is
 * fenced by the broker instead of written late. Where a broker does not take that, another id is asked for each time.
 */
export class ProducerIds implements ProducerIdentity {
  readonly transactionalId = null;
  readonly isTransactional = false;
  readonly maxProduceVersion = undefined;
  readonly #connection: Pick<KafkaConnection, 'call'>;
  #current: ProducerId | undefined;
  #asking: Promise<void> | undefined;
  #canRaise = true;

  constructor(connection: Pick<KafkaConnection, 'call'>) {
    this.#connection = connection;
  }

  get current(): ProducerId | undefined {
    return this.#current;
  }

  /** Makes `current` known; callers at the same time share one request. @throws what InitProducerId answers */
  acquire(): Promise<void> {
    this.#asking ??= this.#ask().finally(() => (this.#asking = undefined));
    return this.#asking;
  }

  /** Nothing where another lane has lost it before. Lanes that still repeat a batch under it go on with that. */
  lose(lost: ProducerId, cause: Error | undefined): void {
    const current = this.#current;
    if (current?.producerId !== lost.producerId || current.producerEpoch !== lost.producerEpoch) return;
    const { producerId, producerEpoch } = current;
    const isRefused = ID_REFUSED.includes(brokerCodeOf(cause));
    // An epoch above 0 is one that we have raised.
    if (isRefused && producerEpoch > 0) this.#canRaise = false;
    const raise = this.#canRaise && !isRefused && producerEpoch < LAST_EPOCH;
    this.#current = raise ? { producerId, producerEpoch: producerEpoch + 1 } : undefined;
  }

  admit(): undefined {
    return undefined;
  }

  async #ask(): Promise<void> {
    const request = {
      transactionalId: null,
      transactionTimeoutMs: 60_000,
      producerId: -1n,
      producerEpoch: -1,
    };
    const answer = await this.#connection.call('any', initProducerId, request);
    if (answer.errorCode !== errorCode.NONE) throw brokerError(answer.errorCode, { api: 'InitProducerId' });
    this.#current = { producerId: answer.producerId, producerEpoch: answer.producerEpoch };
  }
}
