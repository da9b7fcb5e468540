import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';

/**
 * The SHA-512 of `fileName` in the text of a `.sha512` file, as lower-case hex; undefined where there is none. Reads
 * Apache's `NAME: AB12 CD34 …` over several lines (gpg --print-md), `hash  name` (sha512sum) and a bare hash.
 */
export function parseSha512(text: string, fileName: string): string | undefined {
  for (const line of text.split(/\r?\n/)) {
    const match = /^([0-9a-fA-F]{128})(?:\s+\*?(?:.*\/)?(\S+))?\s*$/.exec(line);
    if (match && (match[2] === undefined || match[2] === fileName)) return match[1]!.toLowerCase();
  }
  const colon = text.indexOf(':');
  if (colon < 0 || text.slice(0, colon).trim().split('/').at(-1) !== fileName) return undefined;
  const digits = text.slice(colon + 1).replace(/\s+/g, '');
  return /^[0-9a-fA-F]{128}$/.test(digits) ? digits.toLowerCase() : undefined;
}

/** SHA-512 of a file as lower-case hex. */
export async function sha512Of(file: string, signal?: AbortSignal): Promise<string> {
  const hash = createHash('sha512');
  await pipeline(createReadStream(file, { highWaterMark: 1 << 20 }), hash, ...(signal ? [{ signal }] : []));
  return hash.digest('hex');
}
