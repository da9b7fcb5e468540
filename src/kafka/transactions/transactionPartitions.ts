import type { KafkaManagerError } from '../../contract/errors';
import { brokerError, isRetriable } from '../errors';
import { errorCode } from '../protocol/errorCodes';
import type { AddPartitionsToTxnResponse } from '../protocol/messages/addPartitionsToTxn';

/** Partitions per topic. */
export type Partitions = ReadonlyMap<string, ReadonlySet<number>>;

/**
 * The partitions that belong to the open transaction. The coordinator must know a partition before anything is written
 * to it, else no marker will end what was written (KIP-98).
 */
export class TransactionPartitions {
  readonly #send: (partitions: Partitions) => Promise<void>;
  readonly #known = new Map<string, Set<number>>();
  #wanted = new Map<string, Set<number>>();
  #last: Promise<unknown> = Promise.resolve();
  #next: Promise<void> | undefined;
  /** Counts the transactions that have ended. */
  #generation = 0;

  /** @param send tells the coordinator of partitions; only one such request is on its way at a time */
  constructor(send: (partitions: Partitions) => Promise<void>) {
    this.#send = send;
  }

  has(topic: string, partition: number): boolean {
    return this.#known.get(topic)?.has(partition) ?? false;
  }

  /** Takes a partition into the transaction; what is asked at the same time, or meanwhile, shares one request. */
  add(topic: string, partition: number): Promise<void> {
    note(this.#wanted, topic, partition);
    this.#next ??= this.#last = this.#last.then(
      () => this.#sendWanted(),
      () => this.#sendWanted(),
    );
    return this.#next;
  }

  /** Resolves when no request is on its way; what waits to be sent behind it is dropped, and not in the transaction. */
  async settled(): Promise<void> {
    this.#wanted.clear();
    await this.#last.catch((error: unknown) => error);
  }

  /** The transaction has ended. */
  clear(): void {
    this.#generation++;
    this.#known.clear();
    this.#wanted.clear();
  }

  async #sendWanted(): Promise<void> {
    const partitions = this.#wanted;
    this.#wanted = new Map();
    this.#next = undefined;
    if (partitions.size === 0) return;
    const generation = this.#generation;
    await this.#send(partitions);
    if (generation !== this.#generation) return;
    for (const [topic, ids] of partitions) for (const id of ids) note(this.#known, topic, id);
  }
}

function note(partitions: Map<string, Set<number>>, topic: string, partition: number): void {
  const ids = partitions.get(topic);
  if (ids) ids.add(partition);
  else partitions.set(topic, new Set([partition]));
}

/**
 * What an answer to AddPartitionsToTxn refuses; undefined where all partitions were taken. Where one is refused, none
 * is taken: the others say OPERATION_NOT_ATTEMPTED.
 */
export function addPartitionsError(answer: AddPartitionsToTxnResponse): KafkaManagerError | undefined {
  const errors = answer.resultsByTopicV3AndBelow.flatMap(({ name: topic, resultsByPartition }) =>
    resultsByPartition
      .filter(({ partitionErrorCode: code }) => code !== errorCode.NONE)
      .map(({ partitionIndex: partition, partitionErrorCode: code }) => ({
        attempted: code !== errorCode.OPERATION_NOT_ATTEMPTED,
        error: brokerError(code, { api: 'AddPartitionsToTxn', topic, partition }),
      })),
  );
  const attempted = errors.filter((one) => one.attempted).map(({ error }) => error);
  return attempted.find((error) => !isRetriable(error)) ?? attempted[0] ?? errors[0]?.error;
}
