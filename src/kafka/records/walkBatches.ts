import { CONTROL, type BatchHeader } from './batchHeader';
import { BatchView } from './batchView';
import { Checksums, findBatches, type Found } from './findBatches';

/** Offsets for which there is no batch that can be believed. */
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
  /** High watermark of the answer; unknown where left out. */
  readonly highWatermark?: number | undefined;
  /** Compare the checksum of every batch; otherwise only of those whose header looks odd. */
  readonly checkCrc?: boolean | undefined;
  /**
   * Whether the broker must have sent the first batch whole, whatever was asked for: so it does with that of the first
   * partition of a request that has any (KIP-74).
   */
  readonly isWhole?: boolean | undefined;
}

/**
 * How far behind the high watermark of the answer a batch may end: a broker reads that before the records, which may
 * have become more since.
 */
const mostBehindEnd = 1_000_000;

/** Offsets that one batch can hold at most, as far as its header is believed without its checksum. */
const mostOffsets = 10_000_000;

/**
 * The batches of one partition in a Fetch answer. A header can lie about its place and its length, and the batch behind
 * it must not be lost by that: headers are held against their neighbours and the end of the partition, and by their
 * checksum where something looks odd. The base offset is no part of the checksum; of two batches that overlap, the one in
 * front is taken for the wrong one where it left a gap before itself, claims more offsets than it has records or can't be
 * read, else the one behind.
 */
export function walkBatches(bytes: Buffer, limits: WalkLimits): readonly BatchPiece[] {
  const checksums = new Checksums();
  const found = findBatches(bytes, limits.isWhole === true, checksums);
  const believed: BatchHeader[] = [];
  const reasons = new Map<Found, string>();
  for (const [i, one] of found.entries()) {
    if ('reason' in one) {
      reasons.set(one, one.reason);
      continue;
    }
    const reason = oddity(one, limits, checksums) ?? (i === 0 ? misplaced(one, found[1], limits) : undefined);
    if (reason !== undefined) reasons.set(one, reason);
    else settle(believed, one, { from: limits.from, reasons, checksums });
  }
  return reasons.size === 0 ? believed : pieces(bytes, found, reasons, limits);
}

export function isBroken(piece: BatchPiece): piece is BrokenPiece {
  return 'reason' in piece;
}

/** Why the header can't be right by itself. Compaction leaves fewer records than offsets, damage does too. */
function oddity(
  header: BatchHeader,
  { highWatermark, checkCrc }: WalkLimits,
  checksums: Checksums,
): string | undefined {
  const { baseOffset, nextOffset, count, attributes } = header;
  const isOdd = nextOffset - baseOffset !== count || (attributes & CONTROL) !== 0;
  if ((isOdd || checkCrc === true) && !checksums.isRight(header)) return 'its checksum is wrong';
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
function settle(
  believed: BatchHeader[],
  next: BatchHeader,
  known: { readonly from: number; readonly reasons: Map<Found, string>; readonly checksums: Checksums },
): void {
  const { from, reasons, checksums } = known;
  for (let last = believed.at(-1); last && next.baseOffset < last.nextOffset; last = believed.at(-1)) {
    const reached = believed.at(-2)?.nextOffset ?? from;
    const leftGap = last.baseOffset > reached;
    const fits = next.baseOffset >= reached;
    const hasRoom = next.baseOffset >= last.baseOffset + last.count;
    const isLastWrong =
      !checksums.isRight(last) ||
      (checksums.isRight(next) && (hasRoom || (leftGap && fits) || !canBeRead(last)));
    if (!isLastWrong) {
      reasons.set(next, `its offset ${next.baseOffset} lies before the end of the batch in front of it`);
      return;
    }
    reasons.set(last, `its offset ${last.baseOffset} or its length can't be right`);
    believed.pop();
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
  const behind = nextBases(found, reasons);
  const result: BatchPiece[] = [];
  let reached = limits.from;
  for (const [i, one] of found.entries()) {
    const reason = reasons.get(one);
    if (reason === undefined) {
      const header = one as BatchHeader;
      result.push(header);
      reached = Math.max(reached, header.nextOffset);
      continue;
    }
    const limit = behind[i] ?? reached + mostOffsets;
    const isPlausible = one.baseOffset >= (i === 0 ? 0 : reached) && one.baseOffset < limit;
    const baseOffset = isPlausible ? one.baseOffset : reached;
    const nextOffset = behind[i] ?? claimedEnd(bytes, one, baseOffset, limits);
    reached = Math.max(reached, nextOffset);
    // Bytes between two batches without a gap stand for no offsets.
    if (nextOffset > baseOffset) {
      result.push({ reason, baseOffset, nextOffset, sizeInBytes: one.end - one.start });
    }
  }
  return result;
}

/** For each of what was found, the base offset of the next believed batch. */
function nextBases(
  found: readonly Found[],
  reasons: ReadonlyMap<Found, string>,
): readonly (number | undefined)[] {
  const bases = new Array<number | undefined>(found.length);
  let next: number | undefined;
  for (let i = found.length - 1; i >= 0; i--) {
    bases[i] = next;
    if (!reasons.has(found[i]!)) next = found[i]!.baseOffset;
  }
  return bases;
}

/** Behind a broken batch that is the last: where its header says that it ends, if that can be; at least one offset on. */
function claimedEnd(
  bytes: Buffer,
  one: Found,
  baseOffset: number,
  { from, highWatermark = 0 }: WalkLimits,
): number {
  const last = lastOffset(bytes, one, baseOffset);
  const isPlausible = last >= baseOffset && last < highWatermark;
  return Math.max(baseOffset, from, isPlausible ? last : 0) + 1;
}

function lastOffset(bytes: Buffer, one: Found, baseOffset: number): number {
  if ('reason' in one && one.isOld) return one.lastOffset ?? one.baseOffset;
  const { start } = one;
  return start + 27 <= bytes.length ? baseOffset + bytes.readInt32BE(start + 23) : -1;
}
