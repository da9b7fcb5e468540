/** The framing of Java's snappy streams: 8 bytes of magic, two version words, then blocks with their length in front. */
const XERIAL = Buffer.from([0x82, 0x53, 0x4e, 0x41, 0x50, 0x50, 0x59, 0]);
const XERIAL_HEADER = 16;
/** Three bytes can copy 64: no honest block claims more. */
const MOST_PER_BYTE = 22;

/**
 * Decompresses snappy as Kafka carries it: one raw block (librdkafka), or several in Java's framing.
 * @param maxBytes most bytes that may come out
 * @throws Error where it is malformed or larger
 */
export function decompressSnappy(source: Buffer, maxBytes: number): Buffer {
  if (source.length < XERIAL_HEADER || !source.subarray(0, XERIAL.length).equals(XERIAL)) {
    return decompressBlock(source, maxBytes);
  }
  const blocks: Buffer[] = [];
  let left = maxBytes;
  for (let at = XERIAL_HEADER; at < source.length;) {
    if (at + 4 > source.length) throw new Error('the snappy stream ends early');
    const end = at + 4 + source.readUInt32BE(at);
    if (end > source.length) throw new Error('the snappy stream ends early');
    const block = decompressBlock(source.subarray(at + 4, end), left);
    left -= block.length;
    blocks.push(block);
    at = end;
  }
  return blocks.length === 1 ? blocks[0]! : Buffer.concat(blocks);
}

/** https://github.com/google/snappy/blob/main/format_description.txt */
function decompressBlock(source: Buffer, maxBytes: number): Buffer {
  let size = 0;
  let at = 0;
  for (let shift = 1; ; shift *= 128) {
    if (at === source.length || at === 5) throw new Error('the snappy block has no length');
    const byte = source[at++]!;
    size += (byte & 127) * shift;
    if (byte < 128) break;
  }
  if (size > maxBytes) throw new Error(`decompresses to more than ${maxBytes} bytes`);
  if (size > source.length * MOST_PER_BYTE) throw new Error('the snappy block lies about its length');
  const target = Buffer.allocUnsafe(size);
  let out = 0;
  while (at < source.length) {
    const tag = source[at++]!;
    const kind = tag & 3;
    if (kind === 0) {
      let length = (tag >> 2) + 1;
      if (length > 60) {
        const bytes = length - 60;
        if (at + bytes > source.length) throw new Error('the snappy block ends early');
        length = source.readUIntLE(at, bytes) + 1;
        at += bytes;
      }
      if (length > source.length - at || length > size - out)
        throw new Error('a snappy literal is out of bounds');
      if (length > 32) {
        source.copy(target, out, at, at + length);
        out += length;
        at += length;
      } else {
        for (const end = at + length; at < end;) target[out++] = source[at++]!;
      }
      continue;
    }
    const width = kind === 3 ? 4 : kind;
    if (at + width > source.length) throw new Error('the snappy block ends early');
    const length = kind === 1 ? ((tag >> 2) & 7) + 4 : (tag >> 2) + 1;
    const distance = kind === 1 ? ((tag >> 5) << 8) | source[at]! : source.readUIntLE(at, width);
    at += width;
    if (distance === 0 || distance > out || length > size - out)
      throw new Error('a snappy copy is out of bounds');
    for (const end = out + length; out < end; out++) target[out] = target[out - distance]!;
  }
  if (out !== size) throw new Error('the snappy block is shorter than it says');
  return target;
}
