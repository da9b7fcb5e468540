import { setImmediate as nextTurn } from 'node:timers/promises';
import { toManagerError } from '../../contract/errors';
import type { ProduceOutcome, ProduceRecord } from '../../core/kafkaTypes';
import { cancelled } from '../cancellable';
import { BufferPool } from './bufferPool';
import { BulkSlot } from './bulkSlot';
import { Fifo } from './fifo';
import type { Pending, Slot } from './pending';
import type { GroupSink, PendingGroup } from './pendingGroup';
import type { PendingRecord } from './pendingRecord';
import { Endings, producerClosed } from './recordErrors';
import { Wakeup } from './wakeup';

/** Bytes of records that are taken and whose outcomes were not handed out. */
const BUFFER_BYTES = 16 * 1024 * 1024;
/** What a record counts for beyond its own bytes: its place here, its timestamp and its outcome. */
const GROUPED_OVERHEAD = 96;
/** The same for a record that is kept as an object until its partition is known. */
const ALONE_OVERHEAD = 1024;
/** How long records are taken in one turn of the event loop, in ms. */
const TURN_MS = 5;
/** Most outcomes of one run: few enough to be gone before the garbage collector would move them. */
const RUN_LENGTH = 1024;
/** The clocks are read once for so many records that come without waiting, unless those take longer than that, in ms. */
const CLOCK_EVERY = 32;
const CLOCK_EVERY_MS = 1;

/** The producer, as a bulk write sees it. */
export interface BulkTarget {
  /**
   * Puts a record on its way with others of this write; undefined where its partition is not known yet.
   * @param now on the scale of performance.now()
   * @param timestamp of a record without one, ms since 1970
   * @param overhead what it counts for beyond its own bytes
   * @throws KafkaManagerError for a record that can't be sent
   */
  add(
    record: ProduceRecord,
    sink: GroupSink,
    now: number,
    timestamp: number,
    overhead: number,
  ): PendingGroup | undefined;
  /** Puts it on its way for itself. @throws KafkaManagerError for a record that can't be sent */
  addAlone(record: ProduceRecord, sink: GroupSink, now: number): PendingRecord;
  /** It has its outcome. */
  delete(pending: Pending): void;
  /** The records of a group go their own ways. */
  replace(group: PendingGroup, records: readonly PendingRecord[]): void;
  /** ms since 1970. */
  timestamp(): number;
  /** Sends without lingering. */
  hurry(): void;
}

/** Writes the records of an iterable through a producer, with one outcome for each in their order. */
export class BulkWrite implements GroupSink {
  readonly buffers = new BufferPool();
  readonly #records: Iterable<ProduceRecord> | AsyncIterable<ProduceRecord>;
  readonly #target: BulkTarget;
  readonly #limit: number;
  /** All that was taken and not handed out, in order. */
  readonly #window = new Fifo<Slot>();
  readonly #news = new Wakeup();
  readonly #room = new Wakeup();
  #bytes = 0;
  /** On the scale of performance.now(), and ms since 1970. */
  #now = 0;
  #timestamp = 0;
  #isStopped = false;
  #isTaken = false;
  #error: Error | undefined;

  /** @param limit bytes of records that may be taken and not handed out */
  constructor(
    records: Iterable<ProduceRecord> | AsyncIterable<ProduceRecord>,
    target: BulkTarget,
    limit = BUFFER_BYTES,
  ) {
    this.#records = records;
    this.#target = target;
    this.#limit = limit;
  }

  /** Hands out the outcomes. To be called once. @throws what ended the taking before the end of the records */
  async *run(signal: AbortSignal | undefined): AsyncGenerator<readonly ProduceOutcome[], void, undefined> {
    const onAbort = (): void => {
      this.#error ??= cancelled(signal!);
      this.#stop();
      this.#withdraw(signal!.reason);
    };
    signal?.addEventListener('abort', onAbort, { once: true });
    void this.#take();
    try {
      let until = performance.now() + TURN_MS;
      for (;;) {
        const run = this.#handOut();
        if (run.length > 0) {
          yield run;
          if (performance.now() >= until) {
            await nextTurn();
            until = performance.now() + TURN_MS;
          }
        } else if ((this.#isTaken || this.#isStopped) && this.#window.length === 0) break;
        else await this.#news.wait();
      }
    } finally {
      signal?.removeEventListener('abort', onAbort);
      this.#stop();
      this.#withdraw(new Error('nobody waits for the outcome any more'));
    }
    if (this.#error) throw this.#error;
  }

  /** The producer has ended: takes no more, and does not wait for an iterable that stalls. */
  close(): void {
    if (!this.#isTaken) this.#error ??= producerClosed();
    this.#stop();
  }

  settled(record: PendingRecord): void {
    this.#target.delete(record);
    this.#news.call();
  }

  groupSettled(group: PendingGroup): void {
    this.#target.delete(group);
    this.#news.call();
  }

  groupParted(group: PendingGroup, records: readonly PendingRecord[]): void {
    this.#target.replace(group, records);
  }

  /** Outcomes at the front that are known. */
  #handOut(): ProduceOutcome[] {
    const run: ProduceOutcome[] = [];
    for (let slot = this.#window.peek(); slot && run.length < RUN_LENGTH; slot = this.#window.peek()) {
      const outcome = slot.take();
      if (!outcome) break;
      this.#window.shift();
      this.#bytes -= slot.freed();
      run.push(outcome);
    }
    if (this.#bytes < this.#limit) this.#room.call();
    return run;
  }

  /** Takes records for as long as there is room for them, and leaves the event loop to others in between. */
  async #take(): Promise<void> {
    let iterator: Iterator<ProduceRecord> | AsyncIterator<ProduceRecord> | undefined;
    /** It has ended by itself, or failed. */
    let isOver = false;
    try {
      const records = this.#records;
      const isAsync = Symbol.asyncIterator in records;
      iterator = isAsync ? records[Symbol.asyncIterator]() : records[Symbol.iterator]();
      this.#readClocks();
      let until = this.#now + TURN_MS;
      let [stride, looked] = [1, 0];
      for (let i = 1; !this.#isStopped; i++) {
        if (this.#bytes >= this.#limit) {
          this.#target.hurry();
          await this.#room.wait();
          this.#readClocks();
          until = this.#now + TURN_MS;
          continue;
        }
        if (isAsync || i - looked >= stride) {
          if (!isAsync) {
            const before = this.#now;
            this.#readClocks();
            const isSlow = (this.#now - before) * CLOCK_EVERY > stride * CLOCK_EVERY_MS;
            stride = isSlow ? 1 : Math.min(2 * stride, CLOCK_EVERY);
            looked = i;
          }
          if (this.#now >= until) {
            await nextTurn();
            this.#readClocks();
            until = this.#now + TURN_MS;
          }
        }
        isOver = true;
        const step = iterator.next();
        const result: IteratorResult<ProduceRecord, unknown> = isAsync
          ? await step
          : (step as IteratorResult<ProduceRecord, unknown>);
        if (result.done === true) break;
        isOver = false;
        // It may have taken its time.
        if (isAsync) this.#readClocks();
        this.#add(result.value);
      }
    } catch (error) {
      this.#error ??= error as Error;
    }
    this.#isTaken = true;
    this.#target.hurry();
    this.#news.call();
    // The iterable may be waiting for something that never comes: its end is not waited for.
    try {
      if (!isOver) await iterator?.return?.();
    } catch {
      // What it says on leaving changes nothing of what it gave.
    }
  }

  #readClocks(): void {
    this.#now = performance.now();
    this.#timestamp = this.#target.timestamp();
  }

  #add(record: ProduceRecord): void {
    // It may have been stopped while the iterable made this one.
    if (this.#isStopped) return;
    try {
      const group = this.#target.add(record, this, this.#now, this.#timestamp, GROUPED_OVERHEAD);
      if (group) {
        this.#bytes += group.lastBytes;
        this.#window.push(group);
        return;
      }
      const alone = this.#target.addAlone(record, this, this.#now);
      this.#push(alone, alone.maxBytes);
    } catch (cause) {
      this.#push({ outcome: { ok: false, error: toManagerError(cause), mayBeWritten: false } }, 0);
      if (this.#window.length === 1) this.#news.call();
    }
  }

  #push(record: ConstructorParameters<typeof BulkSlot>[0], maxBytes: number): void {
    const bytes = maxBytes + ALONE_OVERHEAD;
    this.#bytes += bytes;
    this.#window.push(new BulkSlot(record, bytes));
  }

  #stop(): void {
    this.#isStopped = true;
    this.#room.call();
    this.#news.call();
  }

  #withdraw(cause: unknown): void {
    const endings = new Endings();
    for (const { ways } of new Set(this.#window)) {
      for (const pending of ways) if (!pending.isSettled) endings.cancel(pending, cause);
    }
  }
}
