import expected from '../broker/kfakeWasm.json';
import type { Log } from './log';
import { isIntact, keepUnpacked, readUnpacked, unpack } from './wasmFile';

/** The part used here of what every Node has, but only TypeScript's DOM library declares. */
interface WebAssemblyApi {
  compile(bytes: Uint8Array): Promise<object>;
  instantiate(module: object, imports: object): Promise<object>;
}

const webAssembly = (globalThis as unknown as { WebAssembly: WebAssemblyApi }).WebAssembly;

/**
 * Reads and compiles the broker's program from `folder`: the unpacked file where it is intact, else the packed one,
 * which is then unpacked beside it for the next start. Throws a StartError where neither can be used.
 */
export async function compileBroker(folder: string, log: Log): Promise<object> {
  const unpacked = await readUnpacked(folder);
  // A length that is wrong is found at once; the rest is hashed while other threads compile.
  if (unpacked?.length === expected.bytes) {
    const compiling = webAssembly.compile(unpacked);
    compiling.catch(() => undefined); // of damaged bytes; of others it is returned
    if (isIntact(unpacked, expected)) return compiling;
  }
  if (unpacked) log('WRN', 'the unpacked broker is damaged and is unpacked again');
  const wasm = await unpack(folder, expected);
  const module = await webAssembly.compile(wasm);
  // The start does not wait for the disk.
  void keepUnpacked(folder, wasm, log);
  return module;
}

/** An instance of the compiled program, ready to run. */
export function instantiateBroker(module: object, imports: object): Promise<object> {
  return webAssembly.instantiate(module, imports);
}
