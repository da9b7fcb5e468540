import { hasRightChecksum, readBatchHeader, type BatchHeader, type BrokenBatch } from './batchHeader';

/** Bytes that are no batch, up to where what comes behind them begins. */
export interface BrokenBytes extends BrokenBatch {
  readonly end: number;
  /** Of several messages of an old format, the offset of the last one. */
  readonly lastOffset?: number;
}

/** What lies in an answer, in order. */
export type Found = BatchHeader | BrokenBytes;

/** Bytes in one answer whose checksum is made to find out whether a batch begins there. */
const mostGuessedBytes = 64 * 1024 * 1024;

/** Whether the bytes of the batch are those that its producer wrote. */
export class Checksums {
  readonly #known = new Map<BatchHeader, boolean>();

  /** Each batch is summed up once. */
  isRight(header: BatchHeader): boolean {
    let right = this.#known.get(header);
    if (right === undefined) {
      right = hasRightChecksum(header);
      this.#known.set(header, right);
    }
    return right;
  }
}

/**
 * The batches of one partition in a Fetch answer by their headers. A wrong length leads into the middle of its batch or
 * over the ones behind it: that shows where no batch of the next offset follows, and then the checksum tells. Behind what
 * is broken the next batch is looked for. What is cut off at the end is left out.
 * @param isWhole whether the first batch is sure to be whole, so that one that seems cut off is broken
 */
export function findBatches(bytes: Buffer, isWhole: boolean, checksums: Checksums): readonly Found[] {
  const found: Found[] = [];
  const search = new BatchSearch(bytes, checksums);
  for (let at = 0; at < bytes.length; at = found.at(-1)!.end) {
    const last = found.at(-1);
    const header = readBatchHeader(bytes, at) ?? (last || !isWhole ? undefined : cutOff(bytes));
    const isBehindLast = last === undefined || 'reason' in last || begins(bytes, at, last.nextOffset);
    if (!isBehindLast && !checksums.isRight(last)) {
      const { baseOffset, start } = last;
      const end = search.from(start + 1);
      found[found.length - 1] = { reason: 'its length is wrong', isOld: false, baseOffset, start, end };
      continue;
    }
    if (!header) break;
    if (!('reason' in header)) {
      found.push(header);
    } else if (last && 'reason' in last && last.isOld && header.isOld) {
      found[found.length - 1] = { ...last, end: search.behind(header), lastOffset: header.baseOffset };
    } else {
      found.push({ ...header, end: search.behind(header) });
    }
  }
  return found;
}

/** Whether what stands there, as far as it is there, begins a batch with this offset. */
function begins(bytes: Buffer, at: number, offset: number): boolean {
  const isCutOff = bytes.length < at + 17;
  return isCutOff || (bytes[at + 16] === 2 && Number(bytes.readBigInt64BE(at)) === offset);
}

function cutOff(bytes: Buffer): BrokenBatch {
  const baseOffset = bytes.length >= 8 ? Number(bytes.readBigInt64BE(0)) : -1;
  return { reason: 'it is cut off', isOld: false, baseOffset, start: 0, end: undefined };
}

/** Looks for the beginnings of batches, with an end to what that may cost. */
class BatchSearch {
  readonly #bytes: Buffer;
  readonly #checksums: Checksums;
  #left = mostGuessedBytes;

  constructor(bytes: Buffer, checksums: Checksums) {
    this.#bytes = bytes;
    this.#checksums = checksums;
  }

  /** Behind a broken batch: where its length leads, if a batch begins there, else where the next one is found. */
  behind({ start, end }: BrokenBatch): number {
    if (end === undefined) return this.from(start + 1);
    if (end === this.#bytes.length) return end;
    const next = readBatchHeader(this.#bytes, end);
    // A log of old messages has more of them, which have another checksum.
    const isTrue = next && ('reason' in next ? next.isOld : this.#isRight(next));
    return isTrue ? end : this.from(start + 1);
  }

  /** Where the next batch with a right checksum begins; the end of the bytes where there is none. */
  from(start: number): number {
    const bytes = this.#bytes;
    for (let at = start; at < bytes.length; at++) {
      // Format 2, and an offset below 2^48.
      if (bytes[at + 16] !== 2 || bytes[at] !== 0 || bytes[at + 1] !== 0) continue;
      const header = readBatchHeader(bytes, at);
      if (header === undefined || 'reason' in header) continue;
      if (this.#left <= 0) break;
      if (this.#isRight(header)) return at;
    }
    return bytes.length;
  }

  #isRight(header: BatchHeader): boolean {
    this.#left -= header.end - header.start;
    return this.#checksums.isRight(header);
  }
}
