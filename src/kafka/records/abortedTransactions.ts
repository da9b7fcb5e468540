import type { BatchView } from './batchView';

/** A range that a Fetch answer names: records of this producer from this offset to the next abort marker are void. */
export interface AbortedRange {
  readonly producerId: bigint;
  readonly firstOffset: number;
}

/** Type of a control record that ends a transaction without its records. */
const ABORT = 0;

/**
 * Tells which batches of one Fetch answer belong to aborted transactions. Feed it every batch in order, control batches
 * too: a producer may have several aborted ranges in one answer, and committed ones between them.
 */
export class AbortedTransactions {
  readonly #coming: readonly AbortedRange[];
  readonly #open = new Set<bigint>();
  #next = 0;

  constructor(ranges: readonly AbortedRange[]) {
    this.#coming = [...ranges].sort((a, b) => a.firstOffset - b.firstOffset);
  }

  /** True where the records of the batch were never committed. @throws CORRUPT_RECORDS for a bad control record */
  isAborted(batch: BatchView): boolean {
    for (; this.#next < this.#coming.length; this.#next++) {
      const range = this.#coming[this.#next]!;
      if (range.firstOffset >= batch.nextOffset) break;
      this.#open.add(range.producerId);
    }
    if (!this.#open.has(batch.producerId)) return false;
    if (!batch.isControl) return batch.isTransactional;
    if (controlType(batch) === ABORT) this.#open.delete(batch.producerId);
    return false;
  }
}

/** Type in the key of a control record (version int16, type int16); undefined where compaction has taken the record. */
function controlType(batch: BatchView): number | undefined {
  if (batch.count === 0) return undefined;
  const key = batch.rows().key(0);
  return key && key.length >= 4 ? (key[2]! << 8) | key[3]! : undefined;
}
