/** Bytes that are kept for later: as many as a bulk write may have on its way. */
const KEEP_BYTES = 16 * 1024 * 1024;

/**
 * Buffers that are used again. Large ones are memory that the garbage collector does not see at once: it runs often to
 * get them back, and the system has to clear each page of the next.
 */
export class BufferPool {
  readonly #free: Buffer[] = [];
  #bytes = 0;

  /** A buffer of that size or more, with anything in it. */
  take(bytes: number): Buffer {
    const last = this.#free.pop();
    if (last === undefined) return Buffer.allocUnsafeSlow(bytes);
    this.#bytes -= last.length;
    return last.length >= bytes ? last : Buffer.allocUnsafeSlow(bytes);
  }

  /** Nobody reads or writes it any more. */
  give(buffer: Buffer): void {
    if (this.#bytes + buffer.length > KEEP_BYTES) return;
    this.#bytes += buffer.length;
    this.#free.push(buffer);
  }
}
