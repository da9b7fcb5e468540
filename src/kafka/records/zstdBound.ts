const MAGIC = 0xfd2fb528;
/** Largest output of one block (RFC 8878 §3.1.1.2.4). */
const BLOCK_MAX = 131_072;
/** What zstd's own decoder accepts without being told otherwise: windows up to 2^27 bytes. */
const WINDOW_MAX = 134_217_728;

/**
 * Upper bound of what zstd frames decompress to in bytes, from the headers of their blocks alone: for a decoder that
 * allocates what a frame claims (RFC 8878).
 * @throws Error where the headers are malformed, lead past the end, or claim what the blocks can't give
 */
export function zstdBound(source: Buffer): number {
  let bound = 0;
  let at = 0;
  while (at < source.length) {
    need(source, at, 6);
    const magic = source.readUInt32LE(at);
    if ((magic & 0xffff_fff0) >>> 0 === 0x184d_2a50) {
      need(source, at, 8);
      const size = 8 + source.readUInt32LE(at + 4);
      need(source, at, size);
      at += size;
      continue;
    }
    if (magic !== MAGIC) throw new Error('no zstd frame');
    const descriptor = source[at + 4]!;
    const single = (descriptor >> 5) & 1;
    const windowByte = source[at + 5]!;
    at += 6 - single;
    if (descriptor & 3) throw new Error('the zstd frame needs a dictionary');
    const sizeBytes = descriptor >> 6 ? 1 << (descriptor >> 6) : single;
    need(source, at, sizeBytes);
    const claimed = sizeBytes === 0 ? 0 : contentSize(source, at, sizeBytes);
    at += sizeBytes;
    const windowBase = 2 ** (10 + (windowByte >> 3));
    const window = single ? claimed : windowBase + (windowBase / 8) * (windowByte & 7);
    if (!single && window > WINDOW_MAX) throw new Error('the window of the zstd frame is too large');

    let blocks = 0;
    for (let last = 0; last === 0;) {
      need(source, at, 3);
      const header = source.readUIntLE(at, 3);
      last = header & 1;
      const kind = (header >> 1) & 3;
      const size = header >> 3;
      if (kind === 3 || size > BLOCK_MAX) throw new Error('a zstd block is malformed');
      const taken = 3 + (kind === 1 ? 1 : size);
      need(source, at, taken);
      at += taken;
      blocks += kind === 2 ? Math.min(BLOCK_MAX, window) : size;
    }
    if (claimed > blocks) throw new Error('the zstd frame lies about its size');
    bound += blocks;
    const checksum = descriptor & 4;
    need(source, at, checksum);
    at += checksum;
  }
  return bound;
}

function contentSize(source: Buffer, at: number, bytes: number): number {
  if (bytes === 8) return source.readUInt32LE(at) + source.readUInt32LE(at + 4) * 2 ** 32;
  return source.readUIntLE(at, bytes) + (bytes === 2 ? 256 : 0);
}

function need(source: Buffer, at: number, count: number): void {
  if (at + count > source.length) throw new Error('the zstd frame ends early');
}
