/**
 * LZ4 frames as Kafka uses them (https://github.com/lz4/lz4/blob/dev/doc/lz4_Frame_format.md). Kafka's Java client
 * refuses frames whose blocks depend on each other, so none are written here; they are read all the same.
 */

const MAGIC = 0x184d2204;
/** FLG: version 1, independent blocks, no checksums. BD: blocks of 64 KiB. The third byte is their header checksum. */
const HEADER = [0x04, 0x22, 0x4d, 0x18, 0x60, 0x40, 0x82] as const;
const BLOCK_SIZE = 65_536;
const UNCOMPRESSED = 0x8000_0000;
/** The format wants the last five bytes as literals, and no match that begins in the last twelve. */
const LAST_LITERALS = 5;
const MATCH_LIMIT = 12;

/**
 * Decompresses a frame. Checksums in it are skipped, since the record batch around it has its own.
 * @param maxBytes most bytes that may come out
 * @throws Error where the frame is malformed or larger
 */
export function decompressLz4(source: Buffer, maxBytes: number): Buffer {
  if (source.length < HEADER.length || source.readUInt32LE(0) !== MAGIC) throw new Error('no LZ4 frame');
  const flags = source[4]!;
  if (flags >> 6 !== 1) throw new Error('unknown version of the LZ4 frame');
  if (flags & 1) throw new Error('the LZ4 frame needs a dictionary');
  const sizeCode = (source[5]! >> 4) & 7;
  if (sizeCode < 4) throw new Error('unknown block size in the LZ4 frame');
  const blockMax = 1 << (8 + 2 * sizeCode);
  const blockTail = flags & 16 ? 4 : 0;
  const start = 6 + (flags & 8 ? 8 : 0) + 1;

  const target = Buffer.allocUnsafe(boundOf(source, start, blockMax, blockTail, maxBytes));
  let at = start;
  let end = 0;
  for (;;) {
    const word = source.readUInt32LE(at);
    at += 4;
    if (word === 0) return target.subarray(0, end);
    const size = word & 0x7fff_ffff;
    if (word >= UNCOMPRESSED) {
      target.set(source.subarray(at, at + size), end);
      end += size;
    } else {
      end = decompressBlock(source, at, at + size, target, end, Math.min(target.length, end + blockMax));
    }
    at += size + blockTail;
  }
}

/** Most bytes that the blocks can give: what a frame claims about itself is not believed. */
function boundOf(source: Buffer, start: number, blockMax: number, tail: number, maxBytes: number): number {
  let bound = 0;
  for (let at = start; ;) {
    if (at + 4 > source.length) throw new Error('the LZ4 frame ends early');
    const word = source.readUInt32LE(at);
    if (word === 0) break;
    const size = word & 0x7fff_ffff;
    at += 4 + size + tail;
    if (at > source.length) throw new Error('the LZ4 frame ends early');
    bound += word >= UNCOMPRESSED ? size : Math.min(blockMax, size * 255);
    if (bound > maxBytes + blockMax) throw new Error(`decompresses to more than ${maxBytes} bytes`);
  }
  return Math.min(bound, maxBytes);
}

/** One block; answers the new end of `target`. */
function decompressBlock(
  source: Buffer,
  from: number,
  to: number,
  target: Buffer,
  start: number,
  limit: number,
): number {
  let at = from;
  let out = start;
  while (at < to) {
    const token = source[at++]!;
    let literals = token >> 4;
    if (literals === 15) {
      let more = 255;
      while (more === 255 && at < to) literals += more = source[at++]!;
    }
    if (literals > to - at || literals > limit - out) throw new Error('an LZ4 literal is out of bounds');
    if (literals > 32) {
      source.copy(target, out, at, at + literals);
      out += literals;
      at += literals;
    } else {
      for (const end = at + literals; at < end;) target[out++] = source[at++]!;
    }
    if (at === to) return out;
    if (at + 2 > to) throw new Error('the LZ4 block ends early');
    const distance = source[at]! | (source[at + 1]! << 8);
    at += 2;
    let length = (token & 15) + 4;
    if (length === 19) {
      let more = 255;
      while (more === 255 && at < to) length += more = source[at++]!;
    }
    if (distance === 0 || distance > out || length > limit - out)
      throw new Error('an LZ4 match is out of bounds');
    if (length > 32 && distance >= length) {
      target.copyWithin(out, out - distance, out - distance + length);
      out += length;
    } else {
      for (const end = out + length; out < end; out++) target[out] = target[out - distance]!;
    }
  }
  throw new Error('the LZ4 block ends early');
}

/** Compresses into one frame of independent blocks. */
export function compressLz4(source: Buffer): Buffer {
  const blocks = Math.ceil(source.length / BLOCK_SIZE);
  const target = Buffer.allocUnsafe(HEADER.length + blocks * (BLOCK_SIZE + 4) + 4);
  target.set(HEADER);
  let out: number = HEADER.length;
  const seen = new Int32Array(1 << 13);
  for (let from = 0; from < source.length; from += BLOCK_SIZE) {
    const to = Math.min(source.length, from + BLOCK_SIZE);
    const end = compressBlock(source, from, to, target, out + 4, seen.fill(-1));
    if (end < 0) {
      target.writeUInt32LE(UNCOMPRESSED + (to - from), out);
      source.copy(target, out + 4, from, to);
      out += 4 + to - from;
    } else {
      target.writeUInt32LE(end - out - 4, out);
      out = end;
    }
  }
  target.writeUInt32LE(0, out);
  return target.subarray(0, out + 4);
}

/** One block; answers the new end of `target`, or -1 where it would not be smaller than the source. */
function compressBlock(
  source: Buffer,
  from: number,
  to: number,
  target: Buffer,
  start: number,
  seen: Int32Array,
): number {
  const limit = start + (to - from) - 1;
  let out = start;
  let anchor = from;
  let at = from;
  let misses = 0;
  while (at + MATCH_LIMIT <= to) {
    const word = read32(source, at);
    const hash = Math.imul(word, 0x9e3779b1) >>> 19;
    const match = seen[hash]!;
    seen[hash] = at;
    if (match < from || at - match > 0xffff || read32(source, match) !== word) {
      at += 1 + (misses++ >> 6);
      continue;
    }
    misses = 0;
    let length = 4;
    const most = to - LAST_LITERALS - at;
    while (length < most && source[at + length] === source[match + length]) length++;
    const literals = at - anchor;
    if (out + literals + literals / 255 + length / 255 + 8 > limit) return -1;
    out = writeLiterals(source, anchor, literals, target, out, Math.min(15, length - 4));
    target[out++] = (at - match) & 255;
    target[out++] = (at - match) >> 8;
    if (length - 4 >= 15) out = writeLength(target, out, length - 19);
    at += length;
    anchor = at;
  }
  const literals = to - anchor;
  if (out + literals + literals / 255 + 2 > limit) return -1;
  return writeLiterals(source, anchor, literals, target, out, 0);
}

function read32(bytes: Buffer, at: number): number {
  return bytes[at]! | (bytes[at + 1]! << 8) | (bytes[at + 2]! << 16) | (bytes[at + 3]! << 24);
}

/** Token and literals of a sequence; `matchCode` is the low half of the token. */
function writeLiterals(
  source: Buffer,
  from: number,
  length: number,
  target: Buffer,
  start: number,
  matchCode: number,
): number {
  let out = start;
  target[out++] = (Math.min(15, length) << 4) | matchCode;
  if (length >= 15) out = writeLength(target, out, length - 15);
  source.copy(target, out, from, from + length);
  return out + length;
}

function writeLength(target: Buffer, start: number, length: number): number {
  let out = start;
  let rest = length;
  for (; rest >= 255; rest -= 255) target[out++] = 255;
  target[out++] = rest;
  return out;
}
