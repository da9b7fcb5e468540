import type { Turn } from '../turn';
import type { Lane } from './lane';
import type { ScanDirection } from './query';

interface Node {
  readonly lane: Lane;
  key: number;
}

/**
 * Merges lanes by timestamp. The order, exactly: again and again the head with the smallest (timestamp, partition) goes
 * next when reading oldest first, the one with the greatest when reading newest first. So inside a partition offsets
 * keep their order whatever the timestamps are: a record that is older than the one before it goes at once behind it
 * (newest first: a newer one), and so does one without a timestamp. Where timestamps don't go down inside of the
 * partitions, newest first is the exact reverse of oldest first.
 *
 * Records that the filter keeps back take part, so the order is that of the unfiltered merge with records left out. One
 * exception: newest first, a batch without a hit is not decoded and counts with its largest timestamp; where timestamps
 * go down inside such a batch, records of different partitions behind it may come in another order.
 */
export class Merge {
  readonly #direction: ScanDirection;
  readonly #patient: boolean;
  /** Binary heap, smallest at 0. */
  readonly #heap: Node[] = [];
  readonly #waiting: Set<Lane>;

  /**
   * @param patient whether a lane that has nothing in hand but is not done holds up the others. Where not, the merge is
   * of what the lanes have in hand now and ends with it: nobody is looked at twice, however many partitions are idle.
   */
  constructor(lanes: readonly Lane[], direction: ScanDirection, patient = true) {
    this.#direction = direction;
    this.#patient = patient;
    this.#waiting = new Set(lanes);
  }

  /** Whether there are lanes to {@link admit} before the next look. */
  get isWaiting(): boolean {
    return this.#waiting.size > 0;
  }

  /**
   * Lets in the lanes that have been filled, and forgets those that are done. Opening a batch of each partition can take
   * long, so others get their turn in between.
   */
  async admit(turn: Turn): Promise<void> {
    for (const lane of this.#waiting) {
      const loaded = lane.load();
      if (loaded) {
        this.#heap.push({ lane, key: lane.head.key });
        this.#siftUp();
      }
      if (loaded || !this.#patient || lane.done) this.#waiting.delete(lane);
      if (turn.isOver) await turn.pass();
    }
  }

  /** The lane whose head goes next; 'stalled' when a lane has to be filled first; undefined at the end. */
  peek(): Lane | 'stalled' | undefined {
    if (this.#patient && this.#waiting.size > 0) return 'stalled';
    return this.#heap[0]?.lane;
  }

  /** Takes away the head of the lane that {@link peek} showed. True where that was much work: a batch opened, or searched. */
  take(): boolean {
    const node = this.#heap[0]!;
    const reader = node.lane.head;
    node.lane.shift();
    if (node.lane.load()) {
      node.key = node.lane.head.key;
    } else {
      const last = this.#heap.pop()!;
      if (this.#patient) this.#waiting.add(node.lane);
      if (last === node) return true;
      this.#heap[0] = last;
    }
    this.#siftDown();
    return node.lane.head !== reader || reader.hasSearched;
  }

  #before(a: Node, b: Node): boolean {
    if (a.key !== b.key) return a.key < b.key;
    const upward = a.lane.partition < b.lane.partition;
    return this.#direction === 'oldest' ? upward : !upward;
  }

  #siftUp(): void {
    const heap = this.#heap;
    let at = heap.length - 1;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if (!this.#before(heap[at]!, heap[parent]!)) return;
      [heap[at], heap[parent]] = [heap[parent]!, heap[at]!];
      at = parent;
    }
  }

  #siftDown(): void {
    const heap = this.#heap;
    for (let at = 0; ;) {
      let least = at;
      for (let child = 2 * at + 1; child <= 2 * at + 2 && child < heap.length; child++) {
        if (this.#before(heap[child]!, heap[least]!)) least = child;
      }
      if (least === at) return;
      [heap[at], heap[least]] = [heap[least]!, heap[at]!];
      at = least;
    }
  }
}
