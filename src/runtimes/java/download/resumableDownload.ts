import { createHash } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { readFile, rm, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import * as z from 'zod';
import { explainFullDisk, requireSpace } from './diskSpace';
import { PermanentError } from './permanentError';
import { printableUrl } from './printableUrl';
import { httpGet, HttpStatusError, type HttpAnswer, type HttpOptions } from './httpGet';

/** Told as bytes arrive; `total` is undefined where the server doesn't say. */
export type DownloadProgress = (received: number, total: number | undefined) => void;

export interface ResumableDownloadOptions extends HttpOptions {
  readonly url: URL;
  /** Gets the bytes; beside it `<file>.json` keeps what is needed to go on later. */
  readonly file: string;
  /** Bytes that must be free besides the rest of the download, by its size: for unpacking. */
  readonly extraSpace: (total: number) => number;
  /** Bytes that are never exceeded, whatever the server sends. */
  readonly maxBytes: number;
  readonly progress: DownloadProgress;
  readonly signal?: AbortSignal | undefined;
}

/** Whose bytes a part holds. The validator is a strong ETag or a date: what If-Range takes (RFC 9110 §13.1.5). */
const origin = z.object({ source: z.string(), validator: z.string() });

/**
 * Downloads into `file`, going on where an earlier attempt stopped if the server still has the same bytes. What
 * arrived stays when this fails or is aborted.
 * @throws HttpStatusError, PermanentError for what is too large, DOWNLOAD_FAILED when the disk is full, Error of the network, or the signal's reason
 */
export async function resumableDownload(options: ResumableDownloadOptions): Promise<void> {
  const { url, file, signal } = options;
  const have = await resumableBytes(file, url);
  const headers = have ? { Range: `bytes=${have.size}-`, 'If-Range': have.validator } : {};
  const answer = await httpGet(url, { 'User-Agent': 'local-kafka-manager', ...headers }, options, signal);
  try {
    // Nothing is left to send: the part is whole, the checksum will tell.
    if (answer.status === 416 && have) return;
    const offset = placeOf(answer, url, have?.size);
    const length = Number(answer.headers['content-length'] ?? NaN);
    const total = Number.isSafeInteger(length) ? offset + length : undefined;
    const tooLarge = (): PermanentError =>
      new PermanentError(`${printableUrl(url)} sends more than the ${options.maxBytes} bytes it may`);
    if (total !== undefined && total > options.maxBytes) throw tooLarge();
    const needed = total === undefined ? 0 : total - offset + options.extraSpace(total);
    await requireSpace(path.dirname(file), needed);
    if (offset === 0) await remember(file, url, answer);
    let received = offset;
    options.progress(received, total);
    const count = new Transform({
      transform(chunk: Buffer, _encoding, done) {
        received += chunk.length;
        if (received > options.maxBytes) {
          done(tooLarge());
          return;
        }
        options.progress(received, total);
        done(null, chunk);
      },
    });
    const target = createWriteStream(file, { flags: offset === 0 ? 'w' : 'a', mode: 0o600 });
    try {
      await pipeline(answer.body, count, target, ...(signal ? [{ signal }] : []));
    } catch (error) {
      // Going on from here would meet the same.
      if (error instanceof PermanentError) await discardDownload(file);
      throw await explainFullDisk(error, path.dirname(file), needed - (received - offset));
    }
    if (total !== undefined && received !== total) {
      throw new Error(`${printableUrl(url)} ended after ${received} of ${total} bytes`);
    }
  } finally {
    answer.body.destroy();
  }
}

/** Removes a download and what is kept beside it. */
export async function discardDownload(file: string): Promise<void> {
  await Promise.all([rm(file, { force: true }), rm(`${file}.json`, { force: true })]);
}

async function resumableBytes(
  file: string,
  url: URL,
): Promise<{ size: number; validator: string } | undefined> {
  try {
    const { size } = await stat(file);
    const known = origin.parse(JSON.parse(await readFile(`${file}.json`, 'utf8')));
    return size > 0 && known.source === sourceOf(url) ? { size, validator: known.validator } : undefined;
  } catch {
    return undefined;
  }
}

/** Tells one URL from another without keeping what it may hold: user and password don't even enter the hash. */
function sourceOf(url: URL): string {
  return createHash('sha256').update(`${url.origin}${url.pathname}${url.search}`).digest('hex');
}

/** Where in the file the answer's body belongs. */
function placeOf(answer: HttpAnswer, url: URL, asked: number | undefined): number {
  if (answer.status === 200) return 0;
  const range = /^bytes (\d+)-\d+\/(\d+|\*)$/.exec(answer.headers['content-range'] ?? '');
  if (answer.status === 206 && asked !== undefined && Number(range?.[1]) === asked) return asked;
  throw new HttpStatusError(printableUrl(url), answer.status);
}

async function remember(file: string, url: URL, answer: HttpAnswer): Promise<void> {
  await discardDownload(file);
  const { etag, 'last-modified': lastModified } = answer.headers;
  const validator = etag !== undefined && !etag.startsWith('W/') ? etag : lastModified;
  if (validator !== undefined) {
    await writeFile(`${file}.json`, JSON.stringify({ source: sourceOf(url), validator }), { mode: 0o600 });
  }
}
