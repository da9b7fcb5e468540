import { randomBytes } from 'node:crypto';
import { mkdir, rename, rm } from 'node:fs/promises';
import * as tar from 'tar';
import { readKafkaHome } from '../kafkaHome';

/** What is needed of a release: not its site-docs, scripts and licenses of jars that are not shipped by us. */
const wanted = /^[^/]+\/(?:libs\/[^/]+\.jar|config\/.+|LICENSE|NOTICE)$/;

/**
 * Unpacks a Kafka release into `target`, whole or not at all: into a folder beside it, which is then renamed. Only
 * plain files below the archive's own top folder are taken, whatever else their names or links say.
 * @throws RUNTIME_UNAVAILABLE when the archive holds no Kafka, Error of tar or the file system
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
      filter: (name, entry) => {
        signal?.throwIfAborted();
        return (
          'type' in entry && entry.type === 'File' && wanted.test(name) && !name.split('/').includes('..')
        );
      },
    });
    signal?.throwIfAborted();
    await readKafkaHome(folder);
    await rename(folder, target);
  } catch (error) {
    await rm(folder, { recursive: true, force: true });
    throw error;
  }
}
