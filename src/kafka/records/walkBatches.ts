import {
  CONTROL,
  CRC_AT,
  CRC_FROM,
  readBatchHeader,
  type BatchHeader,
  type BrokenBatch,
} from './batchHeader';
import { BatchView } from './batchView';
import { crc32c } from './crc32c';

/** Bytes in place of a batch that can't be believed. */
export interface BrokenPiece {
  readonly reason: string;
  readonly baseOffset: number;
  /** Where to go on behind it. */
  readonly nextOffset: number;
  readonly sizeInBytes: number;
}

/** What the walk found, in order. */
export type BatchPiece = BatchHeader | BrokenPiece;

/** What the walk may rely on. */
export interface WalkLimits {
  /** The asked offset. */
  readonly from: number;
  /** No batch ends behind it; unknown where left out. */
  readonly highWatermark?: number | undefined;
  /** Compare the checksum of every batch; otherwise only of those whose header looks odd. */
  readonly checkCrc?: boolean | undefined;
}

/** Bytes in one answer whose checksum is made to find out whether a batch begins there. */
const mostGuessedBytes = 64 * 1024 * 1024;

/**
 * How far behind the high watermark of the answer a batch may end: a broker reads that before the records, which may
 * have become more since.
 */
const mostBehindEnd = 1_000_000;

/** Offsets that one batch can hold at most, as far as its header is believed without its checksum. */
const mostOffsets = 10_000_000;

/** A broken batch, and where what comes behind it begins. */
type Broken = BrokenBatch & { readonly end: number };
type Found = BatchHeader | Broken;

/**
 * The batches of one partition in a Fetch answer. A header can lie about its place and its length, and the batch behind
 * it must not be lost by that: headers are held against their neighbours and the end of the partition, by their checksum
 * where something looks odd, and behind a broken one the next batch is looked for. The base offset is no part of the
 * checksum; of two batches that overlap, the one in front is taken for the wrong one where it left a gap before itself
 * claims more offsets than it has records or can't be read, else the one behind.
 *
 * A batch that is cut off at the end is left out, but not the first: brokers send that one whole (KIP-74).
 */
export function walkBatches(bytes: Buffer, limits: WalkLimits): readonly BatchPiece[] {
  const found = findBatches(bytes);
  const believed: BatchHeader[] = [];
  const reasons = new Map<Found, string>();
  for (const [i, one] of found.entries()) {
    if ('reason' in one) continue;
    const reason = oddity(one, limits) ?? (i === 0 ? misplaced(one, found[1], limits) : undefined);
    if (reason !== undefined) reasons.set(one, reason);
    else settle(believed, one, limits.from, reasons);
  }
  return pieces(bytes, found, reasons, limits);
}

export function isBroken(piece: BatchPiece): piece is BrokenPiece {
  return 'reason' in piece;
}

/** Whether the bytes of the batch are those that its producer wrote. */
function hasRightChecksum({ bytes, start, end }: BatchHeader): boolean {
  return crc32c(bytes, start + CRC_FROM, end) === bytes.readUInt32BE(start + CRC_AT);
}

function findBatches(bytes: Buffer): readonly Found[] {
  const found: Found[] = [];
  const guesses = { left: mostGuessedBytes };
  for (let at = 0; at < bytes.length; at = found.at(-1)!.end) {
    const last = found.at(-1);
    const header = readBatchHeader(bytes, at) ?? (last ? undefined : cutOff(bytes));
    const isBehindLast = last === undefined || 'reason' in last || begins(bytes, at, last.nextOffset);
    if (isBehindLast || hasRightChecksum(last)) {
      if (!header) break;
      found.push('reason' in header ? { ...header, end: endOf(bytes, header, guesses) } : header);
    } else {
      // A wrong length leads into the middle of the batch itself, or over the ones behind it.
      const end = nextBegin(bytes, last.start + 1, guesses);
      const { baseOffset, start } = last;
      found[found.length - 1] = { reason: 'its length is wrong', isOld: false, baseOffset, start, end };
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

/** Behind a broken batch: where its length leads, if a batch begins there, else where the next one is found. */
function endOf(bytes: Buffer, { start, end }: BrokenBatch, guesses: { left: number }): number {
  if (end === bytes.length) return end;
  const next = end === undefined ? undefined : readBatchHeader(bytes, end);
  // A log of old messages has more of them, which have another checksum.
  const isTrue = next && ('reason' in next ? next.isOld : hasRightChecksum(next));
  return end !== undefined && isTrue ? end : nextBegin(bytes, start + 1, guesses);
}

/** Where the next batch with a right checksum begins; the end of the bytes where there is none. */
function nextBegin(bytes: Buffer, from: number, guesses: { left: number }): number {
  for (let at = from; at < bytes.length; at++) {
    const header = mayBegin(bytes, at) ? readBatchHeader(bytes, at) : undefined;
    if (header === undefined || 'reason' in header) continue;
    guesses.left -= header.end - header.start;
    if (guesses.left < 0) break;
    if (hasRightChecksum(header)) return at;
  }
  return bytes.length;
}

/** A cheap look: format 2, and an offset below 2^48. */
function mayBegin(bytes: Buffer, at: number): boolean {
  return bytes[at + 16] === 2 && bytes[at] === 0 && bytes[at + 1] === 0;
}

/** Why the header can't be right by itself. Compaction leaves fewer records than offsets, damage does too. */
function oddity(header: BatchHeader, { highWatermark, checkCrc }: WalkLimits): string | undefined {
  const { baseOffset, nextOffset, count, attributes } = header;
  const isOdd = nextOffset - baseOffset !== count || (attributes & CONTROL) !== 0;
  if ((isOdd || checkCrc === true) && !hasRightChecksum(header)) return 'its checksum is wrong';
  if (highWatermark !== undefined && highWatermark >= 0 && nextOffset > highWatermark + mostBehindEnd) {
    return `it would end at offset ${nextOffset}, far behind the end of the partition at ${highWatermark}`;
  }
  return undefined;
}

/** An answer begins with the batch that holds the asked offset, or with the first one behind it. */
function misplaced(
  { baseOffset, nextOffset }: BatchHeader,
  second: Found | undefined,
  { from }: WalkLimits,
): string | undefined {
  if (nextOffset > from || (second && !('reason' in second) && second.baseOffset <= from)) return undefined;
  return `it lies at offset ${baseOffset}, before the asked one at ${from}`;
}

/** Takes the batch among the believed ones, in place of those it shows to be wrong, or not at all. */
function settle(believed: BatchHeader[], next: BatchHeader, from: number, reasons: Map<Found, string>): void {
  for (let last = believed.at(-1); last && next.baseOffset < last.nextOffset; last = believed.at(-1)) {
    const reached = believed.at(-2)?.nextOffset ?? from;
    const leftGap = last.baseOffset > reached;
    const fits = next.baseOffset >= reached;
    const hasRoom = next.baseOffset >= last.baseOffset + last.count;
    const isNextRight = hasRightChecksum(next);
    if (!hasRightChecksum(last) || (isNextRight && (hasRoom || (leftGap && fits) || !canBeRead(last)))) {
      reasons.set(last, `its offset ${last.baseOffset} or its length can't be right`);
      believed.pop();
      continue;
    }
    reasons.set(next, `its offset ${next.baseOffset} lies before the end of the batch in front of it`);
    return;
  }
  believed.push(next);
}

/** Only asked where two batches can't both be right. */
function canBeRead(header: BatchHeader): boolean {
  try {
    new BatchView(0, header, {}).rows();
    return true;
  } catch {
    return false;
  }
}

function pieces(
  bytes: Buffer,
  found: readonly Found[],
  reasons: ReadonlyMap<Found, string>,
  limits: WalkLimits,
): readonly BatchPiece[] {
  const result: BatchPiece[] = [];
  let reached = limits.from;
  for (const [i, one] of found.entries()) {
    const reason = 'reason' in one ? one.reason : reasons.get(one);
    if (reason === undefined) {
      const header = one as BatchHeader;
      result.push(header);
      reached = Math.max(reached, header.nextOffset);
      continue;
    }
    const behind = found.slice(i + 1).find((later) => !('reason' in later) && !reasons.has(later));
    const limit = behind?.baseOffset ?? reached + mostOffsets;
    const isPlausible = one.baseOffset >= (i === 0 ? 0 : reached) && one.baseOffset < limit;
    const baseOffset = isPlausible ? one.baseOffset : reached;
    const nextOffset = behind ? behind.baseOffset : claimedEnd(bytes, one.start, baseOffset, limits);
    reached = Math.max(reached, nextOffset);
    // Bytes between two batches without a gap stand for no offsets.
    if (nextOffset > baseOffset) {
      result.push({ reason, baseOffset, nextOffset, sizeInBytes: one.end - one.start });
    }
  }
  return result;
}

/** Behind a broken batch that is the last: where its header says that it ends, if that can be; at least one offset on. */
function claimedEnd(
  bytes: Buffer,
  start: number,
  baseOffset: number,
  { from, highWatermark = 0 }: WalkLimits,
): number {
  const lastOffsetDelta = start + 27 <= bytes.length ? bytes.readInt32BE(start + 23) : -1;
  const end = baseOffset + lastOffsetDelta + 1;
  const isPlausible = lastOffsetDelta >= 0 && end <= highWatermark;
  return Math.max(baseOffset + 1, from + 1, isPlausible ? end : 0);
}
