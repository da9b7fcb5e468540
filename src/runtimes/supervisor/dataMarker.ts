import { access, readdir, realpath, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import path from 'node:path';
import { KafkaManagerError } from '../../contract/errors';

/** File that says that a data folder was empty when a broker of ours first started there: all in it may be deleted. */
export const dataMarker = '.local-kafka-manager';

const text =
  'Local Kafka Manager keeps the data of a Kafka broker here and deletes it when the profile is reset.\n';

/**
 * Puts the marker where the folder is empty. One with other things in it, also those of a Kafka that somebody else ran
 * there, stays without, so that no reset empties it.
 * @throws Error with the system's code
 */
export async function markDataFolder(dataDir: string): Promise<void> {
  if ((await readdir(dataDir)).length === 0) {
    await writeFile(path.join(dataDir, dataMarker), text, { mode: 0o600 });
  }
}

/**
 * Whether the folder is ours to empty: the profile's own one, or one with the marker, and in no case one that holds the
 * home or the profile's folder.
 * @throws KafkaManagerError VALIDATION_ERROR
 */
export async function requireOwnDataFolder(profileDir: string, dataDir: string): Promise<void> {
  const [real, ...precious] = await Promise.all([dataDir, profileDir, homedir()].map(realOf));
  if (precious.some((folder) => isWithin(folder, real!))) {
    throw refusal(`${dataDir} holds more than the data of a broker`);
  }
  if (isWithin(real!, precious[0]!)) return;
  const isMarked = await access(path.join(dataDir, dataMarker)).then(
    () => true,
    () => false,
  );
  if (!isMarked) {
    throw refusal(`${dataDir} was not empty when a broker first started there (it has no ${dataMarker})`);
  }
}

function refusal(why: string): KafkaManagerError {
  return new KafkaManagerError('VALIDATION_ERROR', `The data is not deleted: ${why}.`, {
    remedy: "Delete by hand what you don't need, or name another data directory in the profile.",
  });
}

function realOf(folder: string): Promise<string> {
  return realpath(folder).catch(() => path.resolve(folder));
}

function isWithin(inner: string, outer: string): boolean {
  const way = path.relative(outer, inner);
  return way === '' || (!path.isAbsolute(way) && way.split(path.sep)[0] !== '..');
}
