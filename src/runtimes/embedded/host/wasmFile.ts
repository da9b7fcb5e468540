import { createHash } from 'node:crypto';
import { open, readFile, readdir, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { brotliDecompress } from 'node:zlib';
import { EXIT, StartError } from './exitCodes';
import type { Log } from './log';

/** The broker's program, ready to compile. An installation may lack it until the first start. */
export const UNPACKED = 'kfake.wasm';
/** The same with brotli, as it is installed: 16.6 MB would make the package three times as large as it needs to be. */
export const PACKED = 'kfake.wasm.br';

/** A file that an unpacking has begun to write this many ms ago and not finished was left behind. */
const LEFT_BEHIND_MS = 60_000;

/** What the unpacked program must be. */
export interface WasmIdentity {
  readonly bytes: number;
  /** In hexadecimal. */
  readonly sha256: string;
}

/** Whether these are the bytes that the build made, all of them. */
export function isIntact(wasm: Uint8Array, expected: WasmIdentity): boolean {
  return (
    wasm.length === expected.bytes && createHash('sha256').update(wasm).digest('hex') === expected.sha256
  );
}

/** The unpacked program in `folder` as it is, whether intact or not; undefined where there is none to read. */
export async function readUnpacked(folder: string): Promise<Uint8Array | undefined> {
  return readFile(join(folder, UNPACKED)).catch(() => undefined);
}

/**
 * Unpacks the program in memory. Throws a {@link StartError} where the packed file is missing or damaged too:
 * then only a new installation helps.
 */
export async function unpack(folder: string, expected: WasmIdentity): Promise<Uint8Array> {
  const file = join(folder, PACKED);
  let wasm: Uint8Array;
  try {
    wasm = await promisify(brotliDecompress)(await readFile(file));
  } catch (cause) {
    throw unusable(`${file} can't be read: ${(cause as Error).message}.`, cause);
  }
  if (!isIntact(wasm, expected)) throw unusable(`${file} is damaged.`);
  return wasm;
}

function unusable(what: string, cause?: unknown): StartError {
  return new StartError(
    EXIT.failed,
    `The program of the playground broker is unusable: ${what} Install the extension again.`,
    { cause },
  );
}

/**
 * Keeps the unpacked program for the next starts, so that they don't pay for it. Written beside and renamed, so that
 * nobody ever sees half of it, whoever else does the same at that time. Never throws: the folder may be read-only
 * (an installation that many share), and then each start unpacks in memory.
 */
export async function keepUnpacked(folder: string, wasm: Uint8Array, log: Log): Promise<void> {
  const temporary = join(folder, `${UNPACKED}.${process.pid}`);
  try {
    await removeLeftBehind(folder);
    const file = await open(temporary, 'w');
    try {
      await file.writeFile(wasm);
      // Else the rename could outlive a power cut that the bytes do not.
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(temporary, join(folder, UNPACKED));
  } catch (error) {
    log('INF', `the unpacked broker was not kept for the next start: ${(error as Error).message}`);
    await rm(temporary, { force: true }).catch(() => undefined);
  }
}

/** What earlier processes began to write and did not finish. */
async function removeLeftBehind(folder: string): Promise<void> {
  for (const name of await readdir(folder)) {
    if (!/^kfake\.wasm\.\d+$/.test(name)) continue;
    const file = join(folder, name);
    const { mtimeMs } = await stat(file);
    if (Date.now() - mtimeMs > LEFT_BEHIND_MS) await rm(file, { force: true });
  }
}
