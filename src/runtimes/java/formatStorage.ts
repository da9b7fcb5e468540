import { randomBytes } from 'node:crypto';
import {
  access,
  constants,
  copyFile,
  mkdir,
  readdir,
  readFile,
  rename,
  rm,
  writeFile,
} from 'node:fs/promises';
import path from 'node:path';
import { KafkaManagerError } from '../../contract/errors';
import { dataMarker } from '../supervisor/dataMarker';
import { withFolderLock } from './download/folderLock';
import type { FoundJava } from './findJava';
import { formatArguments } from './jvmArguments';
import type { KafkaHome } from './kafkaHome';
import { formatProperties, parseProperties } from './propertiesFile';
import { runProgram } from './runProgram';

export interface FormatInput {
  readonly java: FoundJava;
  readonly kafka: KafkaHome;
  /** JVM option that names the logging configuration. */
  readonly logging: string;
  readonly propertiesFile: string;
  /** The entries of that file. */
  readonly properties: ReadonlyMap<string, string>;
  /** Folder that keeps what StorageTool made once for each Kafka. */
  readonly cacheDir: string;
  /** Folder for the lock that keeps two terminals from formatting at once. */
  readonly lockDir: string;
  readonly signal: AbortSignal | undefined;
}

const formatTimeoutMs = 60_000;
const checkpoint = 'bootstrap.checkpoint';
const metaFile = 'meta.properties';
/** What an interrupted format of ours leaves, and what the system puts into a file system of its own. */
const harmless = new Set([checkpoint, dataMarker, 'lost+found', '.lock', '.DS_Store']);
/** With one of these in the user's hands, only Kafka's own tool knows what is to be written. */
const decidesFormat = /^unstable\./;

/**
 * Formats the data folder at its first use (KIP-631: a KRaft node starts only on a formatted one). Kafka's StorageTool
 * does it once for each Kafka version, 2 s; later folders get a copy of the feature levels that it wrote, which name
 * no id or host, and an id of their own.
 * @throws VALIDATION_ERROR for a folder with other things in it, CLUSTER_START_FAILED for one of another node or era,
 *   DATA_DIRECTORY_NOT_WRITABLE
 */
export async function ensureFormatted(input: FormatInput): Promise<void> {
  const folder = input.properties.get('log.dirs') ?? '';
  if (await isFormatted(folder, input)) return;
  await withFolderLock(input.lockDir, input.signal, async () => {
    if (await isFormatted(folder, input)) return;
    await refuseForeign(folder);
    const known = path.join(
      input.cacheDir,
      `${path.basename(input.kafka.home)}-${input.kafka.version}.${checkpoint}`,
    );
    const isOurs = ![...input.properties.keys()].some((key) => decidesFormat.test(key));
    if (isOurs && (await exists(known))) {
      await copyFile(known, path.join(folder, checkpoint));
      await writeWhole(path.join(folder, metaFile), metaProperties(input.properties.get('node.id') ?? ''));
      return;
    }
    await runStorageTool(input);
    if (isOurs) {
      await mkdir(input.cacheDir, { recursive: true, mode: 0o700 });
      await writeWhole(known, await readFile(path.join(folder, checkpoint)));
    }
  });
}

async function isFormatted(folder: string, input: FormatInput): Promise<boolean> {
  try {
    await mkdir(folder, { recursive: true });
    await access(folder, constants.R_OK | constants.W_OK | constants.X_OK);
  } catch (cause) {
    throw new KafkaManagerError(
      'DATA_DIRECTORY_NOT_WRITABLE',
      `The data directory ${folder} can not be written: ${cause instanceof Error ? cause.message : String(cause)}.`,
      { cause },
    );
  }
  const file = path.join(folder, metaFile);
  if (!(await exists(file))) return false;
  const meta = parseProperties(await readFile(file, 'latin1'));
  const refuse = (why: string): KafkaManagerError =>
    new KafkaManagerError('CLUSTER_START_FAILED', `The data directory ${folder} ${why}.`, {
      remedy: 'Choose another data directory, or reset this one (its messages are deleted).',
    });
  if (meta.get('version') !== '1') throw refuse('was made by a Kafka with ZooKeeper, or by a later format');
  const wanted = input.properties.get('node.id');
  const node = meta.get('node.id');
  if (node !== wanted)
    throw refuse(`belongs to node ${node ?? '?'} of a cluster; this profile's is node ${wanted ?? '?'}`);
  return true;
}

async function refuseForeign(folder: string): Promise<void> {
  const foreign = (await readdir(folder)).find((name) => !harmless.has(name) && !name.endsWith('.new'));
  if (foreign === undefined) return;
  throw new KafkaManagerError(
    'VALIDATION_ERROR',
    `The data directory ${folder} holds other things (${foreign}) and no data of Kafka.`,
    { remedy: 'Choose an empty folder, or one that was used by Kafka before.' },
  );
}

async function runStorageTool(input: FormatInput): Promise<void> {
  const args = formatArguments(input.kafka, input.logging, newClusterId(), input.propertiesFile);
  const { signal } = input;
  const { code, output } = await runProgram(input.java.file, args, { timeoutMs: formatTimeoutMs, signal });
  if (code === 0) return;
  const lines = output.trim().split('\n');
  throw new KafkaManagerError(
    'CLUSTER_START_FAILED',
    "Kafka's StorageTool could not format the data directory.",
    {
      details: { exit_code: code, last_log: lines.slice(-30) },
    },
  );
}

/** A random UUID in Kafka's notation; the first character is never a dash, which a command line would misread. */
function newClusterId(): string {
  const id = randomBytes(16);
  id[0]! &= 0x7f;
  return id.toString('base64url');
}

function metaProperties(nodeId: string): string {
  return formatProperties(
    new Map([
      ['version', '1'],
      ['cluster.id', newClusterId()],
      ['node.id', nodeId],
    ]),
  );
}

async function writeWhole(file: string, content: string | Uint8Array): Promise<void> {
  // A name of its own: terminals with different profiles share the cache.
  const temporary = `${file}.${randomBytes(6).toString('hex')}.new`;
  try {
    await writeFile(temporary, content);
    await rename(temporary, file);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
}

async function exists(file: string): Promise<boolean> {
  return access(file).then(
    () => true,
    () => false,
  );
}
