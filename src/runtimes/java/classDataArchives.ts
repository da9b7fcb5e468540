import { createHash, randomBytes } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { readdir, readFile, rm, stat, utimes, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { pipeline } from 'node:stream/promises';
import * as z from 'zod';
import { withFolderLock } from './download/folderLock';
import type { FoundJava } from './findJava';
import { brokerFlags, dumpArguments } from './jvmArguments';
import type { KafkaHome } from './kafkaHome';
import { promoteFile } from './promoteFile';
import { runProgram } from './runProgram';

/** What an archive is made of and for. */
export interface ArchiveSubject {
  readonly java: FoundJava;
  readonly kafka: KafkaHome;
}

/** What {@link promoteFile} writes beside an archive. */
const sidecarSchema = z.object({ size: z.number(), sha256: z.string() });

/** Archives kept, newest use first: a few Javas times a few Kafkas, at 65 MB each. */
const kept = 3;
/** ms after which files of a dump that did not end belong to nobody. */
const leftoverAfterMs = 600_000;
const dumpTimeoutMs = 180_000;
/** ms for which the list of classes must not have grown before it counts as whole. */
const settledAfterMs = 1000;
const settleTimeoutMs = 30_000;

/**
 * Class-data archives (JEP 310): classes of Kafka parsed and verified once, mapped into the JVM at every later start,
 * which more than halves it. A JVM trusts its archive and dies of a damaged one, hence: its name is a hash of what it
 * was made of, it is written aside and renamed, and used only while size and SHA-256 are as written.
 */
export class ClassDataArchives {
  readonly #folder: string;

  constructor(folder: string) {
    this.#folder = folder;
  }

  /** Name of the subject's archive: changes with the JVM, its flags, and any jar. */
  async keyOf({ java, kafka }: ArchiveSubject): Promise<string> {
    const jars = await Promise.all(
      kafka.jars.map(async (jar) => {
        const { size, mtimeMs } = await stat(jar);
        return `${jar} ${size} ${mtimeMs}`;
      }),
    );
    const text = [java.file, java.fullVersion, ...brokerFlags, ...jars].join('\n');
    return createHash('sha256').update(text).digest('hex').slice(0, 32);
  }

  /** Files that go when the archive must not be used again. */
  filesOf(key: string): { readonly archive: string; readonly sidecar: string } {
    const archive = path.join(this.#folder, `${key}.jsa`);
    return { archive, sidecar: `${archive}.json` };
  }

  /** The archive where it is whole. A damaged one is deleted, so that another is made. */
  async usable(key: string): Promise<string | undefined> {
    const { archive, sidecar } = this.filesOf(key);
    // The JVM takes this character in the option for a separator of two archives.
    if (archive.includes(path.delimiter)) return undefined;
    if (!(await isWhole(archive, sidecar))) {
      await this.remove(key);
      return undefined;
    }
    const now = new Date();
    await utimes(sidecar, now, now).catch(() => {});
    return archive;
  }

  async remove(key: string): Promise<void> {
    const { archive, sidecar } = this.filesOf(key);
    for (const file of [archive, sidecar]) await rm(file, { recursive: true, force: true }).catch(() => {});
  }

  /**
   * Makes the archive from the list of classes that a running broker writes, in a JVM of its own (some 7 s of one
   * core, at low priority) which ends by itself. Does nothing where it is there or somebody else has just made it.
   * @throws the signal's reason when aborted (that JVM is dead then), Error when the JVM could not do it
   */
  async make(subject: ArchiveSubject, classList: string, signal: AbortSignal): Promise<void> {
    const key = await this.keyOf(subject);
    await withFolderLock(path.join(this.#folder, 'lock'), signal, async () => {
      if ((await this.usable(key)) !== undefined) return;
      await settled(classList, signal);
      const temporary = path.join(this.#folder, `${randomBytes(6).toString('hex')}.tmp`);
      const list = `${temporary}.classes`;
      try {
        await writeFile(list, wholeLines(await readFile(classList, 'latin1')), 'latin1');
        const args = dumpArguments(subject.kafka, list, temporary);
        const options = { timeoutMs: dumpTimeoutMs, signal, background: true };
        const { code, output } = await runProgram(subject.java.file, args, options);
        const { archive, sidecar } = this.filesOf(key);
        if (code !== 0 || !(await promoteFile({ from: temporary, to: archive, sidecar }))) {
          throw new Error(
            `no class-data archive was made (exit code ${code ?? 'none'}): ${output.slice(-1000)}`,
          );
        }
      } finally {
        for (const file of [temporary, list]) await rm(file, { force: true });
      }
      await this.#prune();
    });
  }

  async #prune(): Promise<void> {
    const files = await Promise.all(
      (await readdir(this.#folder)).map(async (name) => {
        const { mtimeMs } = await stat(path.join(this.#folder, name)).catch(() => ({ mtimeMs: Date.now() }));
        return { name, mtimeMs };
      }),
    );
    const old = files
      .filter(({ name }) => name.endsWith('.jsa.json'))
      .sort((a, b) => b.mtimeMs - a.mtimeMs)
      .slice(kept);
    for (const { name } of old) await this.remove(name.slice(0, -'.jsa.json'.length));
    for (const { name, mtimeMs } of files) {
      if (/\.tmp(\.classes)?$/.test(name) && mtimeMs < Date.now() - leftoverAfterMs) {
        await rm(path.join(this.#folder, name), { force: true });
      }
    }
  }
}

/** Hashing takes 0.1 s of a start, so it is left out while nobody has written the archive after its sidecar. */
async function isWhole(archive: string, sidecar: string): Promise<boolean> {
  try {
    const [file, beside] = await Promise.all([stat(archive), stat(sidecar)]);
    const { size, sha256 } = sidecarSchema.parse(JSON.parse(await readFile(sidecar, 'utf8')));
    if (!file.isFile() || file.size !== size) return false;
    if (file.mtimeMs <= beside.mtimeMs) return true;
    const hash = createHash('sha256');
    await pipeline(createReadStream(archive, { highWaterMark: 1 << 20 }), hash);
    return hash.digest('hex') === sha256;
  } catch {
    return false;
  }
}

/** Waits until a file has stopped growing. */
async function settled(file: string, signal: AbortSignal): Promise<void> {
  const deadline = performance.now() + settleTimeoutMs;
  let size = -1;
  let since = performance.now();
  while (performance.now() - since < settledAfterMs && performance.now() < deadline) {
    const now = (await stat(file)).size;
    if (now !== size) since = performance.now();
    size = now;
    await delay(100, undefined, { signal });
  }
}

/** Without the line that is being written. */
function wholeLines(text: string): string {
  return text.slice(0, text.lastIndexOf('\n') + 1);
}
