import { randomBytes } from 'node:crypto';
import { cp, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { run } from './children';
import { SMALL_JVM } from './brokerProperties';
import type { KafkaDist } from './kafkaDist';

/** A SCRAM user that exists from the first start on. */
export interface ScramUser {
  readonly mechanism: 'SCRAM-SHA-256' | 'SCRAM-SHA-512';
  readonly name: string;
  readonly password: string;
}

/** A new cluster id: a UUID as Kafka writes it. Never begins with a dash, which a command line would misread. */
function clusterId(): string {
  const id = randomBytes(16);
  id[0]! &= 0x7f;
  return id.toString('base64url');
}

/**
 * Makes the storage directory of a new cluster. Without SCRAM users it is a copy of the one that StorageTool
 * formatted once, with a cluster id of its own; that saves a JVM per broker.
 */
export async function formatStorage(
  dist: KafkaDist,
  dataDir: string,
  propertiesFile: string,
  scramUsers: readonly ScramUser[],
): Promise<void> {
  if (scramUsers.length === 0) {
    await cp(dist.formatted, dataDir, { recursive: true });
    const meta = join(dataDir, 'meta.properties');
    const text = await readFile(meta, 'utf8');
    await writeFile(meta, text.replace(/^cluster\.id=.*$/m, `cluster.id=${clusterId()}`));
    return;
  }
  const users = scramUsers.flatMap(({ mechanism, name, password }) => [
    '--add-scram',
    `${mechanism}=[name=${name},password=${password}]`,
  ]);
  const format = ['format', '-t', clusterId(), '-c', propertiesFile, ...users];
  await run(dist.java, [...SMALL_JVM, '-cp', join(dist.libs, '*'), 'kafka.tools.StorageTool', ...format]);
}
