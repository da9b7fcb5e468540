import type { Acks, CompressionName, ProduceOutcome } from '../../core/kafkaTypes';
import type { ClosedBatch } from './outgoingBatch';
import type { PendingRecord } from './pendingRecord';

/** How a record is to be sent, with the defaults filled in. */
export interface SendOptions {
  readonly acks: Acks;
  readonly idempotent: boolean;
  readonly compression: CompressionName;
  readonly timeoutMs: number;
  readonly lingerMs: number;
  readonly batchBytes: number;
}

/** One record, or several that share their way, from the call that brings them to their outcome. */
export abstract class Pending {
  readonly topic: string;
  readonly options: SendOptions;
  /** On the scale of performance.now(). */
  readonly deadline: number;
  /** The batch that carries it, from the moment when its bytes are fixed. */
  batch: ClosedBatch | undefined = undefined;
  /** Why it had to wait until now, for the error of a timeout. */
  obstacle: unknown = undefined;
  /** Its neighbours in PendingRecords. */
  previous: Pending | undefined = undefined;
  next: Pending | undefined = undefined;

  /** @param now on the scale of performance.now() */
  constructor(topic: string, options: SendOptions, now: number) {
    this.topic = topic;
    this.options = options;
    this.deadline = now + options.timeoutMs;
  }

  /** How many records it is. */
  abstract get count(): number;

  /** Whether all of it has its outcome. */
  abstract get isSettled(): boolean;

  /** Whether it was sent and nobody knows yet whether it is in the log. */
  get mayBeWritten(): boolean {
    return this.batch?.mayBeWritten === true;
  }

  /** @param offset of its first record, -1 where that is not known */
  abstract succeed(partition: number, offset: number, logAppendTime: number): void;

  /** @param mayBeWritten whether it may be in the log nevertheless */
  abstract fail(error: Error, mayBeWritten: boolean): void;

  /** Its records, each on its own way from now on; none where they got their outcome together. */
  abstract apart(): readonly PendingRecord[];
}

/** What takes its place in the order of the outcomes that are handed out. */
export interface Slot {
  /** The next outcome of it that was not handed out; undefined until that is known. */
  take(): ProduceOutcome | undefined;
  /** Bytes that need not be counted any more after the last take(). */
  freed(): number;
  /** Those whose outcomes it waits for: one for all of its records, unless they go their own ways. */
  readonly ways: readonly Pending[];
}
