import type { BatchReader } from './batchReader';
import type { OffsetRange } from './query';
import type { FetchedPartition } from './recordSource';

/** Tells of something that one partition's reading met at an offset. */
export type Report = (partition: number, offset: number, message: string) => void;

/** What went wrong, for the message of a problem. */
export function reasonText(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** One partition on its way into the merge: what to fetch next, what is in hand, what has been handed out. */
export interface Lane {
  readonly partition: number;
  /** Bytes of the batches in hand, as they came over the wire. */
  readonly heldBytes: number;
  /** Whether there is something in hand that {@link load} could open. */
  readonly hasReady: boolean;
  /** Whether everything of the range was handed out, or nothing more can come. */
  readonly done: boolean;
  /** Offset to fetch next, or undefined where there is nothing more to fetch. */
  fetchOffset(): number | undefined;
  /** Takes the answer to a fetch at {@link fetchOffset}. */
  accept(fetched: FetchedPartition): void;
  /** Records before `beginning` are gone: goes on there. */
  moveStart(beginning: number): void;
  /** Fetches no more. What is in hand is still handed out. */
  stop(): void;
  /** Opens what is in hand as far as it takes to have a head; false where a fetch is needed first, or at the end. */
  load(): boolean;
  /** The reader whose head goes next; only after {@link load} said so. */
  readonly head: BatchReader;
  /** Takes the head away. */
  shift(): void;
  /** What was not handed out yet. */
  remaining(): OffsetRange;
}
