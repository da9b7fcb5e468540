import type { KafkaConnection } from '../connection';
import { brokerError } from '../errors';
import { errorCode } from '../protocol/errorCodes';
import { initProducerId } from '../protocol/messages/initProducerId';
import type { ProducerId, ProducerIdentity } from './producerIdentity';

/** Asks for the producer id that all lanes share, once, and for another when that one can't be used any more. */
export class ProducerIds implements ProducerIdentity {
  readonly transactionalId = null;
  readonly isTransactional = false;
  readonly maxProduceVersion = undefined;
  readonly #connection: Pick<KafkaConnection, 'call'>;
  #current: ProducerId | undefined;
  #asking: Promise<void> | undefined;

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

  /** Gives the id up, unless another has taken its place already. Lanes that still repeat a batch under it may go on. */
  lose({ producerId }: ProducerId): void {
    if (this.#current?.producerId === producerId) this.#current = undefined;
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
