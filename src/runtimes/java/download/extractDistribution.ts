import { randomBytes } from 'node:crypto';
import { mkdir, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import * as tar from 'tar';
import { readKafkaHome } from '../kafkaHome';
import { markComplete, syncFolder } from './completion';

/** What is needed of a release: not its site-docs, scripts and licenses of jars that are not shipped by us. */
const wanted = /^[^/]+\/(?:libs\/[^/]+\.jar|config\/.+|LICENSE|NOTICE)$/;
/** Bytes of the archive read at once. tar parses them in one go, so an abort waits for as much as this. */
const readBytes = 1 << 20;

/**
 * Unpacks a Kafka release into `target`, whole or not at all: into a folder beside it, which is brought to disk and
 * then renamed. Only plain files below the archive's own top folder are taken, whatever else their names or links say.
 * @throws RUNTIME_UNAVAILABLE when the archive holds no Kafka, Error of tar or the file system, the signal's reason
 */
export async function extractDistribution(
  archive: string,
  target: string,
  signal?: AbortSignal,
): Promise<void> {
  const folder = `${target}.${randomBytes(4).toString('hex')}.tmp`;
  await mkdir(folder, { recursive: true, mode: 0o755 });
  try {
    await tar.extract({
      file: archive,
      cwd: folder,
      strip: 1,
      strict: true,
      preserveOwner: false,
      noMtime: false,
      maxReadSize: readBytes,
      // Called by tar's parser, where an exception would be nobody's. After an abort the rest is skipped rather than
      // tar stopped, since only tar's own end says that no file is being written any more.
      filter: (name, entry) =>
        signal?.aborted !== true &&
        'type' in entry &&
        entry.type === 'File' &&
        wanted.test(name) &&
        !name.split('/').includes('..'),
    });
    signal?.throwIfAborted();
    await readKafkaHome(folder);
    await markComplete(folder);
    signal?.throwIfAborted();
    await rename(folder, target);
    await syncFolder(path.dirname(target));
  } catch (error) {
    // tar may still write other files when it reports that one could not be written.
    await rm(folder, { recursive: true, force: true, maxRetries: 5 });
    throw error;
  }
}
