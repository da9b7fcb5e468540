import { gzipSync } from 'node:zlib';
import { compress } from '../../../src/kafka/records/codecs';

/** Compressed bytes that unpack to far more than they are, or say so. */
export interface Bomb {
  readonly name: string;
  readonly codec: number;
  readonly stored: Buffer;
  /** What comes out, as far as the format lets one say; or what it claims. */
  readonly claims: number;
}

/** An LZ4 frame of `count` blocks of 4 MiB: each is one literal and a match that is as long as it can be. */
function lz4Bomb(count: number): Buffer {
  const blockMax = 4 * 1024 * 1024;
  // 1 literal, then a match of blockMax - 6 bytes at distance 1, then 5 literals as the format wants them.
  const matchLength = blockMax - 6;
  const extra = matchLength - 19;
  const lengths = Buffer.alloc(Math.floor(extra / 255) + 1, 255);
  lengths[lengths.length - 1] = extra % 255;
  const block = Buffer.concat([Buffer.from([0x1f, 0, 1, 0]), lengths, Buffer.from([0x50, 0, 0, 0, 0, 0])]);
  const size = Buffer.alloc(4);
  size.writeUInt32LE(block.length);
  const blocks = Array.from({ length: count }, () => [size, block]).flat();
  return Buffer.concat([Buffer.from('04224d18607000', 'hex'), ...blocks, Buffer.alloc(4)]);
}

/** A zstd frame of `count` RLE blocks (RFC 8878 §3.1.1.2): four bytes for 128 KiB each. */
function zstdBomb(count: number): Buffer {
  const blocks = Array.from({ length: count }, (_, i) => {
    const block = Buffer.alloc(4);
    block.writeUIntLE((131_072 << 3) | 2 | (i === count - 1 ? 1 : 0), 0, 3);
    return block;
  });
  return Buffer.concat([Buffer.from('28b52ffd0050', 'hex'), ...blocks]);
}

/** A zstd frame with nothing in it that claims this content size. */
function zstdClaim(bytes: bigint): Buffer {
  const size = Buffer.alloc(8);
  size.writeBigUInt64LE(bytes);
  // Single segment, size of eight bytes; one raw block that is empty and the last.
  return Buffer.concat([Buffer.from('28b52ffde0', 'hex'), size, Buffer.from([1, 0, 0])]);
}

/** Java's framing of `count` snappy blocks of 32 MB of one byte each. */
function xerialBomb(count: number): Buffer {
  const block = compress('snappy', Buffer.alloc(32 * 1024 * 1024));
  const size = Buffer.alloc(4);
  size.writeUInt32BE(block.length);
  const magic = Buffer.from('82534e41505059000000000100000001', 'hex');
  return Buffer.concat([magic, ...Array.from({ length: count }, () => [size, block]).flat()]);
}

const mebibytes = 1024 * 1024;

/** One of each kind, for every codec; none takes more than a few MB itself. */
export function bombs(): readonly Bomb[] {
  const zeros = Buffer.alloc(64 * mebibytes);
  const gzip = gzipSync(zeros);
  const zstd = zstdBomb(800);
  return [
    { name: 'gzip', codec: 1, stored: gzip, claims: zeros.length },
    {
      name: 'gzip of 16 members',
      codec: 1,
      stored: Buffer.concat(Array<Buffer>(16).fill(gzip)),
      claims: 2 ** 30,
    },
    { name: 'gzip in gzip', codec: 1, stored: gzipSync(gzip), claims: gzip.length },
    { name: 'snappy', codec: 2, stored: compress('snappy', zeros), claims: zeros.length },
    { name: 'snappy in 20 blocks', codec: 2, stored: xerialBomb(20), claims: 640 * mebibytes },
    {
      name: 'snappy that claims 4 GB',
      codec: 2,
      stored: Buffer.from('ffffffff0f00', 'hex'),
      claims: 2 ** 32 - 1,
    },
    { name: 'lz4', codec: 3, stored: lz4Bomb(25), claims: 100 * mebibytes },
    {
      name: 'lz4 that claims 2^60 bytes',
      codec: 3,
      // Content size flag, then an empty frame.
      stored: Buffer.from('04224d186870000000000000001000' + '00000000', 'hex'),
      claims: 2 ** 60,
    },
    { name: 'zstd', codec: 4, stored: zstd, claims: 100 * mebibytes },
    {
      name: 'zstd of 16 frames',
      codec: 4,
      stored: Buffer.concat(Array<Buffer>(16).fill(zstd)),
      claims: 1600 * mebibytes,
    },
    { name: 'zstd that claims 2 GB', codec: 4, stored: zstdClaim(2n ** 31n), claims: 2 ** 31 },
    { name: 'zstd that claims 2^62 bytes', codec: 4, stored: zstdClaim(2n ** 62n), claims: 2 ** 62 },
    {
      name: 'zstd with a window of 2^40 bytes',
      codec: 4,
      stored: Buffer.from('28b52ffd00f0010000', 'hex'),
      claims: 0,
    },
  ];
}
