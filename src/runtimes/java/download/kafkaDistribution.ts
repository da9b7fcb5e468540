import { mkdir, readdir, rm } from 'node:fs/promises';
import path from 'node:path';
import { retry } from '../../../base/retry';
import { KafkaManagerError } from '../../../contract/errors';
import type { StartProgress } from '../../../core/ports';
import { isComplete } from './completion';
import { explainFullDisk } from './diskSpace';
import { withFolderLock } from './folderLock';
import { httpGet, HttpStatusError, type HttpOptions } from './httpGet';
import { PermanentError } from './permanentError';
import { printableUrl } from './printableUrl';
import { discardDownload, resumableDownload } from './resumableDownload';
import { parseSha512, sha512Of } from './sha512';

export interface KafkaDistributionOptions extends HttpOptions {
  /** Folder that gets the unpacked release. */
  readonly folder: string;
  /** "4.3.1" */
  readonly version: string;
  /** Base addresses, tried in order; each has `<version>/kafka_2.13-<version>.tgz`. Read at each download. */
  readonly mirrors: () => readonly string[];
  /** Base addresses of the checksum; apart from the mirrors, since none can vouch for itself. */
  readonly checksums: readonly string[];
  /** First pause before a retry in ms; for tests. */
  readonly retryBaseMs?: number;
  /** Largest archive that is taken, in bytes; 1 GB where undefined, several times a release. */
  readonly maxArchiveBytes?: number;
}

/** Where the Apache Software Foundation has the newest releases, and all that ever were. */
export const apacheSites: readonly string[] = [
  'https://downloads.apache.org/kafka/',
  'https://archive.apache.org/dist/kafka/',
];

const attemptsPerMirror = 4;
const largestChecksumFile = 64 * 1024;

/** The Kafka release that is downloaded once and then used by all profiles without a folder of their own. */
export class KafkaDistribution {
  readonly #options: KafkaDistributionOptions;
  readonly #name: string;

  constructor(options: KafkaDistributionOptions) {
    this.#options = options;
    this.#name = `kafka_2.13-${options.version}`;
  }

  /** Folder of the unpacked release, there or not. */
  get home(): string {
    return path.join(this.#options.folder, this.#name);
  }

  /** Whether the release is there, unpacked to its end. */
  async isPresent(): Promise<boolean> {
    return isComplete(this.home);
  }

  /**
   * Downloads, verifies and unpacks the release unless it is there. Two processes at once download it once. What
   * arrived before an abort or a cut is kept, and used by the next call.
   * @throws DOWNLOAD_FAILED with what was tried, or the signal's reason
   */
  async ensure(progress: (step: StartProgress) => void, signal?: AbortSignal): Promise<string> {
    if (await this.isPresent()) return this.home;
    const { folder } = this.#options;
    await mkdir(folder, { recursive: true, mode: 0o700 });
    await withFolderLock(path.join(folder, 'lock'), signal, async () => {
      if (await this.isPresent()) return;
      await this.#removeLeftovers();
      await this.#fetch(progress, signal);
    });
    return this.home;
  }

  async #fetch(progress: (step: StartProgress) => void, signal?: AbortSignal): Promise<void> {
    const { folder } = this.#options;
    const file = path.join(folder, `${this.#name}.tgz.part`);
    const expected = await this.#checksum(signal);
    await this.#download(file, progress, signal);
    progress({ message: 'Verifying the download', fraction: 1 });
    const actual = await sha512Of(file, signal);
    if (actual !== expected) {
      await discardDownload(file);
      throw new KafkaManagerError(
        'DOWNLOAD_FAILED',
        `The downloaded ${this.#name}.tgz is not what Apache published: its SHA-512 is wrong. It was deleted.`,
        {
          remedy:
            'Start again; if it happens again, the mirror or the network changes the file: use another mirror.',
          details: { expected, actual },
        },
      );
    }
    progress({ message: `Unpacking Kafka ${this.#options.version}` });
    try {
      // Loaded only here: most starts download nothing.
      const { extractDistribution } = await import('./extractDistribution');
      await extractDistribution(file, this.home, signal);
    } catch (error) {
      throw await explainFullDisk(error, folder, 0);
    }
    await discardDownload(file);
  }

  async #checksum(signal?: AbortSignal): Promise<string> {
    const name = `${this.#name}.tgz`;
    return this.#firstOf(this.#options.checksums, `${name}.sha512`, signal, async (url) => {
      const answer = await httpGet(url, {}, this.#options, signal);
      try {
        if (answer.status !== 200) throw new HttpStatusError(printableUrl(url), answer.status);
        let text = '';
        for await (const chunk of answer.body as AsyncIterable<Buffer>) {
          text += chunk.toString('latin1');
          if (text.length > largestChecksumFile) {
            throw new PermanentError(`${printableUrl(url)} is no checksum file`);
          }
        }
        const found = parseSha512(text, name);
        if (found === undefined) throw new PermanentError(`${printableUrl(url)} has no SHA-512 of ${name}`);
        return found;
      } finally {
        answer.body.destroy();
      }
    });
  }

  async #download(
    file: string,
    progress: (step: StartProgress) => void,
    signal?: AbortSignal,
  ): Promise<void> {
    const { env, proxy, idleMs, version } = this.#options;
    await this.#firstOf(this.#options.mirrors(), `${this.#name}.tgz`, signal, (url) =>
      resumableDownload({
        env,
        proxy,
        idleMs,
        url,
        file,
        maxBytes: this.#options.maxArchiveBytes ?? 1e9,
        // Jars hardly shrink in the archive.
        extraSpace: (total) => Math.ceil(total * 1.1),
        progress: throttled((received, total) => {
          const of = total === undefined ? '' : ` of ${megabytes(total)}`;
          progress({
            message: `Downloading Kafka ${version}: ${megabytes(received)}${of} MB`,
            ...(total ? { fraction: received / total } : {}),
          });
        }),
        signal,
      }),
    );
  }

  /** Tries the addresses in order, each several times where that may help; the error names them all. */
  async #firstOf<T>(
    bases: readonly string[],
    name: string,
    signal: AbortSignal | undefined,
    work: (url: URL) => Promise<T>,
  ): Promise<T> {
    const failures: string[] = [];
    let cause: unknown;
    for (const base of bases) {
      // Not the value itself, nor Node's error with it: it may hold a password.
      if (!URL.canParse(base)) {
        failures.push('the configured mirror is not a URL');
        continue;
      }
      const url = new URL(`${this.#options.version}/${name}`, base.endsWith('/') ? base : `${base}/`);
      try {
        return await retry(() => work(url), {
          attempts: attemptsPerMirror,
          baseMs: this.#options.retryBaseMs ?? 500,
          maxMs: 8000,
          isRetriable,
          signal,
        });
      } catch (error) {
        if (signal?.aborted || error instanceof KafkaManagerError) throw error;
        cause = error;
        failures.push(error instanceof Error ? `${url.host}: ${error.message}` : String(error));
      }
    }
    throw new KafkaManagerError(
      'DOWNLOAD_FAILED',
      `${name} could not be downloaded. ${failures.join('; ')}.`,
      {
        remedy:
          'Check the network and the proxy (HTTPS_PROXY, NO_PROXY), set a mirror, or name a folder that holds Kafka.',
        details: { tried: failures },
        cause,
      },
    );
  }

  /** Half-unpacked folders of processes that were killed; called under the lock. */
  async #removeLeftovers(): Promise<void> {
    const { folder } = this.#options;
    const names = (await readdir(folder)).filter(
      (name) => name.startsWith(this.#name) && name.endsWith('.tmp'),
    );
    await Promise.all(names.map((name) => rm(path.join(folder, name), { recursive: true, force: true })));
    // A folder that is not complete is in the way of the rename.
    await rm(this.home, { recursive: true, force: true });
  }
}

/** A refusal stays one; cuts, time-outs and busy servers pass. */
function isRetriable(error: unknown): boolean {
  if (error instanceof KafkaManagerError || error instanceof PermanentError) return false;
  if (error instanceof HttpStatusError) return error.status >= 500 || [408, 425, 429].includes(error.status);
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  return (
    typeof code !== 'string' || !/^(ENOTFOUND|ECONNREFUSED|ERR_TLS|CERT_|ERR_INVALID|EACCES|EROFS)/.test(code)
  );
}

function megabytes(bytes: number): string {
  return (bytes / 1e6).toFixed(0);
}

/** At most ten reports a second, and the last one. */
function throttled(
  report: (received: number, total: number | undefined) => void,
): (received: number, total: number | undefined) => void {
  let next = 0;
  return (received, total) => {
    const now = performance.now();
    if (now < next && received !== total) return;
    next = now + 100;
    report(received, total);
  };
}
