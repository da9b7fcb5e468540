import type { BatchReader } from './batchReader';
import type { Lane } from './lane';
import { type OpenOptions, openBatch } from './openBatch';
import type { OffsetRange } from './query';
import type { FetchedPartition, RecordBatch } from './recordSource';

/** Offsets [low, high) that are being read upward from `position`, to be turned round when complete. */
interface Window {
  low: number;
  readonly high: number;
  position: number;
  batches: RecordBatch[];
  bytes: number;
}

interface ReadyBatch {
  readonly batch: RecordBatch;
  readonly range: OffsetRange;
}

export interface BackwardOptions extends OpenOptions {
  /** Offsets in the first window. */
  readonly firstWidth: number;
  /** Bytes that a window should hold at most. */
  readonly windowBytes: number;
}

/** A window without a byte in it grows faster: only compaction and transactions leave so wide a gap. */
const growth = { usual: 4, empty: 8 };

/** A window that seems to hold more than this many times what it should is not read to its end. */
const mostOvershoot = 8;

/**
 * Reads [next, end) of a partition downward. Kafka only reads upward, so it goes in windows: the newest one first, each
 * read upward and turned round. Windows grow until one holds `windowBytes`, by the bytes per offset that were met; one
 * that turns out larger is cut down to its newest part while it is read, so memory stays bounded.
 */
export class BackwardLane implements Lane {
  readonly partition: number;
  readonly #options: BackwardOptions;
  #next: number;
  /** Everything from here on was fetched. */
  #unread: number;
  /** The last entry that was taken begins here. */
  #cursor: number;
  #width: number;
  #window: Window | undefined;
  #stopped = false;
  #ready: ReadyBatch[] = [];
  #reader: BatchReader | undefined;
  /** Whether the reader has a head that was not taken yet. */
  #loaded = false;
  #openBytes = 0;
  #readyBytes = 0;

  constructor(partition: number, range: OffsetRange, options: BackwardOptions) {
    this.partition = partition;
    this.#next = range.next;
    this.#unread = this.#cursor = range.end;
    this.#width = Math.max(1, options.firstWidth);
    this.#options = options;
  }

  get heldBytes(): number {
    return this.#readyBytes + (this.#window?.bytes ?? 0);
  }

  get hasReady(): boolean {
    return this.#loaded || this.#reader?.hasMore === true || this.#ready.length > 0;
  }

  get done(): boolean {
    return !this.load() && this.fetchOffset() === undefined;
  }

  fetchOffset(): number | undefined {
    if (this.#stopped) return undefined;
    if (!this.#window && this.#unread > this.#next) {
      const low = Math.max(this.#next, this.#unread - this.#width);
      this.#window = { low, high: this.#unread, position: low, batches: [], bytes: 0 };
    }
    return this.#window?.position;
  }

  accept(fetched: FetchedPartition): void {
    const window = this.#window;
    if (!window) return;
    for (const batch of fetched.batches) {
      if (batch.nextOffset <= window.position || batch.baseOffset >= window.high) continue;
      window.batches.push(batch);
      window.bytes += batch.sizeInBytes;
    }
    window.position = Math.max(window.position, fetched.nextOffset);
    if (window.position >= window.high) this.#close(window);
    else if (window.bytes > 2 * this.#options.windowBytes) this.#cut(window);
  }

  moveStart(beginning: number): void {
    this.#next = Math.max(this.#next, beginning);
    this.#unread = Math.max(this.#unread, this.#next);
    const window = this.#window;
    if (!window) return;
    window.low = Math.max(window.low, beginning);
    window.position = Math.max(window.position, beginning);
    if (window.position >= window.high) this.#close(window);
  }

  stop(): void {
    this.#stopped = true;
    this.#window = undefined;
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
      this.#readyBytes -= this.#openBytes;
      this.#openBytes = 0;
      this.#reader = undefined;
      const ready = this.#ready.shift();
      if (!ready) return false;
      this.#openBytes = ready.batch.sizeInBytes;
      this.#reader = openBatch(ready.batch, ready.range, this.#options);
    }
    return true;
  }

  shift(): void {
    if (!this.load()) return;
    this.#cursor = this.head.edge();
    this.#loaded = false;
  }

  remaining(): OffsetRange {
    const over = !this.hasReady && this.#unread <= this.#next;
    return { next: this.#next, end: over ? this.#next : Math.max(this.#next, this.#cursor) };
  }

  /** The window is complete: its batches are ready, newest first, and the next width follows from its bytes. */
  #close(window: Window): void {
    const low = Math.min(window.low, window.high);
    const first = window.batches[0]?.baseOffset ?? low;
    const range = { next: low, end: window.high };
    for (const batch of window.batches.reverse()) this.#ready.push({ batch, range });
    this.#readyBytes += window.bytes;
    const width = Math.max(1, window.high - low);
    const fitting = Math.ceil((this.#options.windowBytes * width) / window.bytes);
    const next = window.bytes === 0 ? width * growth.empty : Math.min(width * growth.usual, fitting);
    // The rest of a batch that began before this window comes in one piece, so that no batch comes more than twice.
    this.#width = Math.max(next, low - first);
    this.#unread = low;
    this.#window = undefined;
  }

  /**
   * The window holds too much: its oldest batches are left to the next window. Where far more is still to come, the older
   * half of what was not read yet is left to it too, without reading it.
   */
  #cut(window: Window): void {
    const unread = window.high - window.position;
    const bytesPerOffset = window.bytes / Math.max(1, window.position - window.low);
    if (unread > 1 && unread * bytesPerOffset > mostOvershoot * this.#options.windowBytes) {
      window.batches = [];
      window.bytes = 0;
      window.low = window.position += Math.floor(unread / 2);
      return;
    }
    while (window.batches.length > 1 && window.bytes > this.#options.windowBytes) {
      window.bytes -= window.batches.shift()!.sizeInBytes;
      window.low = Math.max(window.low, window.batches[0]!.baseOffset);
    }
  }
}
