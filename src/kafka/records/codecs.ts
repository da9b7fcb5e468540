import { promisify } from 'node:util';
import * as zlib from 'node:zlib';
import { decompress as fzstdDecompress } from 'fzstd';
import { compress as compressSnappy } from 'snappyjs';
import { KafkaManagerError } from '../../contract/errors';
import type { CompressionName } from '../../core/kafkaTypes';
import { compressLz4, decompressLz4 } from './lz4';
import { decompressSnappy } from './snappy';
import { zstdBound } from './zstdBound';

/** The compressions of record batches; the index is the number in a batch's attributes. */
const CODECS: readonly CompressionName[] = ['none', 'gzip', 'snappy', 'lz4', 'zstd'];

/** Most bytes that one batch may decompress to, unless said otherwise: no broker takes batches near that. */
export const MAX_DECOMPRESSED_BYTES = 256 * 1024 * 1024;

/** zlib has zstd from Node 22.15 on; the types here are those of the oldest Node. */
interface MaybeZstd {
  readonly zstdCompress?: (bytes: Uint8Array, done: (error: Error | null, result: Buffer) => void) => void;
  readonly zstdCompressSync?: (bytes: Uint8Array) => Buffer;
  readonly zstdDecompressSync?: (bytes: Uint8Array, options: { maxOutputLength: number }) => Buffer;
}
const native: MaybeZstd = zlib as object;

/**
 * Whether zstd is read by a decoder that only takes bytes as they were written: fzstd can work for a minute on a few
 * damaged ones. Node's own gives up at once.
 */
export function wantsRightBytes(codec: number): boolean {
  return CODECS[codec] === 'zstd' && native.zstdDecompressSync === undefined;
}

/** The number of a compression in the attributes of a batch. */
export function codecId(name: CompressionName): number {
  return CODECS.indexOf(name);
}

/** Whether this Node can compress so at once; all else goes by compressAside(). All can be read. */
export function canCompress(name: CompressionName): boolean {
  return name !== 'zstd' || native.zstdCompressSync !== undefined;
}

/** @throws KafkaManagerError UNSUPPORTED_COMPRESSION for zstd on a Node without it */
export function compress(name: CompressionName, bytes: Buffer): Buffer {
  switch (name) {
    case 'none':
      return bytes;
    case 'gzip':
      return zlib.gzipSync(bytes);
    case 'snappy':
      return asBuffer(compressSnappy(bytes));
    case 'lz4':
      return compressLz4(bytes);
    case 'zstd':
      if (!native.zstdCompressSync) {
        throw new KafkaManagerError(
          'UNSUPPORTED_COMPRESSION',
          `Node ${process.versions.node} can't write zstd.`,
        );
      }
      return native.zstdCompressSync(bytes);
  }
}

/** From this size on compressing holds the event loop up for too long, in bytes. */
const ASIDE_FROM = 384 * 1024;

/**
 * Compresses what can't be done at once: on a thread of Node where the bytes are many and the compression can, and by a
 * module that is loaded when it is first needed. undefined for all else.
 */
export function compressAside(name: CompressionName, bytes: Buffer): Promise<Buffer> | undefined {
  if (!canCompress(name)) return import('./zstdEncoder').then(({ encodeZstd }) => encodeZstd(bytes));
  if (bytes.length < ASIDE_FROM) return undefined;
  if (name === 'gzip') return promisify(zlib.gzip)(bytes);
  if (name === 'zstd' && native.zstdCompress) return promisify(native.zstdCompress)(bytes);
  return undefined;
}

/**
 * Decompresses the records of a batch.
 * @param codec number from the batch's attributes
 * @param maxBytes most bytes that may come out
 * @throws Error where the bytes are malformed, larger than allowed, or of an unknown codec
 */
export function decompress(codec: number, bytes: Buffer, maxBytes = MAX_DECOMPRESSED_BYTES): Buffer {
  const name = CODECS[codec];
  if (name === undefined) throw new Error(`unknown compression ${codec}`);
  switch (name) {
    case 'none':
      return bytes;
    case 'gzip':
      return zlib.gunzipSync(bytes, { maxOutputLength: maxBytes });
    case 'snappy':
      return decompressSnappy(bytes, maxBytes);
    case 'lz4':
      return decompressLz4(bytes, maxBytes);
    case 'zstd':
      return decompressZstd(bytes, maxBytes);
  }
}

function decompressZstd(bytes: Buffer, maxBytes: number): Buffer {
  if (native.zstdDecompressSync) return native.zstdDecompressSync(bytes, { maxOutputLength: maxBytes });
  if (zstdBound(bytes) > maxBytes + 131_072) throw new Error(`decompresses to more than ${maxBytes} bytes`);
  const result = asBuffer(fzstdDecompress(bytes));
  if (result.length > maxBytes) throw new Error(`decompresses to more than ${maxBytes} bytes`);
  return result;
}

function asBuffer(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
}
