import type { CompressionName } from '../../core/kafkaTypes';
import { BatchBuilder, NO_IDENTITY, type BatchIdentity } from '../records/batchBuilder';
import type { PendingRecord } from './pendingRecord';

/**
 * A batch whose bytes and sequence number are fixed: exactly these bytes are sent until the broker has answered for
 * them, since only so can it tell a repetition from something new (KIP-98).
 */
export class ClosedBatch {
  readonly records: readonly PendingRecord[];
  readonly identity: BatchIdentity;
  readonly compression: CompressionName;
  readonly bytes: Buffer;
  /** True while a request with it has no answer yet. */
  inFlight = false;
  /** True once a request with it was lost: the broker may have written it. */
  uncertain = false;
  /** What the broker last answered, where it did not take the batch. */
  refusal: Error | undefined;

  /** @throws KafkaManagerError UNSUPPORTED_COMPRESSION */
  constructor(records: readonly PendingRecord[], identity: BatchIdentity = NO_IDENTITY) {
    const builder = new BatchBuilder(Infinity);
    for (const record of records) builder.add(record.toWrite);
    this.records = records;
    this.identity = identity;
    this.compression = records[0]!.options.compression;
    this.bytes = builder.finish(identity, this.compression);
    for (const record of records) record.batch = this;
  }

  get mayBeWritten(): boolean {
    return this.inFlight || this.uncertain;
  }

  /** Whether anybody still waits for it. */
  get isWanted(): boolean {
    return this.records.some((record) => !record.isSettled);
  }
}
