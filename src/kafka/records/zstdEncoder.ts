import { Zstd } from '@hpcc-js/wasm-zstd';

/** Compresses into one zstd frame, for a Node whose zlib has none. The WebAssembly is loaded with the first call. */
export async function encodeZstd(bytes: Uint8Array): Promise<Buffer> {
  const zstd = await Zstd.load();
  const frame = zstd.compress(bytes);
  return Buffer.from(frame.buffer, frame.byteOffset, frame.length);
}
