import type { BatchReader } from './batchReader';
import type { Lane } from './lane';
import { type OpenOptions, openBatch } from './openBatch';
import type { OffsetRange } from './query';
import type { FetchedPartition, RecordBatch } from './recordSource';

/** Reads [next, end) of a partition upward. `end` may be Infinity for a live read. */
export class ForwardLane implements Lane {
  readonly partition: number;
  readonly #end: number;
  readonly #options: OpenOptions;
  /** Where the next fetch begins. */
  #position: number;
  /** Behind the last batch that was opened; a batch that came twice gives nothing the second time. */
  #opened: number;
  /** Behind the last entry that was taken. */
  #cursor: number;
  #stopped = false;
  #batches: RecordBatch[] = [];
  #reader: BatchReader | undefined;
  /** Whether the reader has a head that was not taken yet. */
  #loaded = false;
  #openBytes = 0;
  #heldBytes = 0;

  constructor(partition: number, range: OffsetRange, options: OpenOptions) {
    this.partition = partition;
    this.#position = this.#opened = this.#cursor = range.next;
    this.#end = range.end;
    this.#options = options;
  }

  get heldBytes(): number {
    return this.#heldBytes;
  }

  get hasReady(): boolean {
    return this.#loaded || this.#reader?.hasMore === true || this.#batches.length > 0;
  }

  get done(): boolean {
    return !this.load() && this.fetchOffset() === undefined;
  }

  fetchOffset(): number | undefined {
    return !this.#stopped && this.#position < this.#end ? this.#position : undefined;
  }

  accept(fetched: FetchedPartition): void {
    for (const batch of fetched.batches) {
      if (batch.nextOffset <= this.#position || batch.baseOffset >= this.#end) continue;
      this.#batches.push(batch);
      this.#heldBytes += batch.sizeInBytes;
    }
    this.#position = Math.max(this.#position, fetched.nextOffset);
  }

  moveStart(beginning: number): void {
    this.#position = Math.max(this.#position, beginning);
    if (!this.hasReady) this.#cursor = Math.min(this.#position, this.#end);
  }

  stop(): void {
    this.#stopped = true;
  }

  get head(): BatchReader {
    return this.#reader!;
  }

  load(): boolean {
    while (!this.#loaded) {
      if (this.#reader?.next()) {
        this.#loaded = true;
        break;
      }
      this.#heldBytes -= this.#openBytes;
      this.#openBytes = 0;
      this.#reader = undefined;
      const batch = this.#batches.shift();
      if (!batch) return false;
      this.#openBytes = batch.sizeInBytes;
      this.#reader = openBatch(batch, { next: this.#opened, end: this.#end }, this.#options);
      this.#opened = Math.max(this.#opened, batch.nextOffset);
    }
    return true;
  }

  shift(): void {
    if (!this.load()) return;
    this.#cursor = this.head.edge();
    this.#loaded = false;
  }

  remaining(): OffsetRange {
    const over = !this.hasReady && this.#position >= this.#end;
    return { next: over ? this.#end : this.#cursor, end: this.#end };
  }
}
