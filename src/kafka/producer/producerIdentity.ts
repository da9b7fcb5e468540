/** Under which name a producer counts its batches per partition (KIP-98). */
export interface ProducerId {
  readonly producerId: bigint;
  readonly producerEpoch: number;
}

/**
 * As whom a RecordProducer writes its idempotent batches. A lane numbers its batches from 0 under each id and epoch, and
 * keeps the one of a batch until that batch has its answer.
 */
export interface ProducerIdentity {
  /** What the next batches carry; undefined where acquire() must be called first. */
  readonly current: ProducerId | undefined;
  /** Goes into every Produce request; null for a producer without transactions. */
  readonly transactionalId: string | null;
  /** Whether batches belong to a transaction: their attributes say so. Every record is idempotent then. */
  readonly isTransactional: boolean;
  /** Highest version of Produce that may be used; undefined for the highest that both sides know. */
  readonly maxProduceVersion: number | undefined;
  /**
   * Makes `current` known. Called again after a while where it fails with what may pass; after any other error all
   * records that wait for it end with that error.
   */
  acquire(): Promise<void>;
  /**
   * A batch under `id` has ended so that nobody knows whether its sequence numbers were used, or the broker does not
   * accept the id any more: the next batch of its partition must come under another id or epoch, or none may come.
   * @param cause what the broker answered, or how the connection failed
   */
  lose(id: ProducerId, cause: Error | undefined): void;
  /**
   * Asked before a batch is sent to a partition: a promise to wait for, or undefined where it may go at once. A rejection
   * that may pass leads to another question after a while, any other ends all records that wait on the partition.
   */
  admit(topic: string, partition: number): Promise<void> | undefined;
}
