/** Bytes that the opened batches of one read may take together, as they unpacked. */
const mostUnpackedBytes = 256 * 1024 * 1024;

/** Somebody who holds an unpacked batch, and can unpack it again. */
export interface Unpacked {
  release(): void;
}

/**
 * Keeps the opened batches of a read within bounds. A merge looks into one batch of each partition at a time, and each may
 * unpack to many times its size: those that were unpacked longest ago are let go of, and unpacked again when their turn
 * comes. That is slow, but only where batches are of a size that no producer makes.
 */
export class OpenBudget {
  readonly #limit: number;
  /** Bytes of each, in the order in which they were unpacked. */
  readonly #held = new Map<Unpacked, number>();
  #bytes = 0;

  constructor(limit = mostUnpackedBytes) {
    this.#limit = limit;
  }

  get bytes(): number {
    return this.#bytes;
  }

  /** The owner has just unpacked so many bytes; others may have to let go of theirs. */
  hold(owner: Unpacked, bytes: number): void {
    this.drop(owner);
    this.#held.set(owner, bytes);
    this.#bytes += bytes;
    for (const other of this.#held.keys()) {
      if (this.#bytes <= this.#limit || other === owner) return;
      this.drop(other);
      other.release();
    }
  }

  /** The owner holds nothing any more. */
  drop(owner: Unpacked): void {
    this.#bytes -= this.#held.get(owner) ?? 0;
    this.#held.delete(owner);
  }
}
