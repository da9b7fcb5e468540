import { delay } from '../../base/async';
import type { Logger } from '../../base/logger';
import type { ArchiveSubject, ClassDataArchives } from './classDataArchives';

/** The making of a class-data archive beside a broker that runs. It is never waited for but at the broker's end. */
export class ArchiveMaker {
  readonly #abort = new AbortController();
  readonly #work: Promise<void>;

  constructor(archives: ClassDataArchives, subject: ArchiveSubject, classList: string, logger: Logger) {
    this.#work = archives.make(subject, classList, this.#abort.signal).catch((error: unknown) => {
      // The broker does without: only its next start is slower.
      if (!this.#abort.signal.aborted) logger.warn(`no class-data archive: ${String(error)}`);
    });
  }

  /** Resolves when no process of it is left: when the archive is made, or after `ms` milliseconds without it. */
  async finish(ms: number): Promise<void> {
    const late = new AbortController();
    await Promise.race([this.#work, delay(ms, late.signal).catch(() => {})]);
    late.abort();
    this.#abort.abort();
    await this.#work;
  }

  /** Ends it at once. */
  cancel(): void {
    this.#abort.abort();
  }
}
