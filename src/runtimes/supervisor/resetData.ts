import { readdir, rm, rmdir } from 'node:fs/promises';
import { createServer } from 'node:net';
import type { Socket } from 'node:net';
import path from 'node:path';
import { delay } from '../../base/async';
import { KafkaManagerError } from '../../contract/errors';
import { lockDataDir } from '../embedded/host/dataLock';
import type { DataLock } from '../embedded/host/dataLock';
import { EXIT, StartError } from '../embedded/host/exitCodes';
import { findLeftBroker } from './brokerRecord';
import { dataMarker, requireOwnDataFolder } from './dataMarker';
import { claimEndpoint } from './endpoint';
import { isLockedByKafka } from './kafkaLock';
import { SupervisorClient } from './supervisorClient';

/** A supervisor whose broker has ended is itself gone after some milliseconds. */
const attempts = 40;
const pauseMs = 50;
/** Folder in the data folder that an embedded broker's lock is made in (dataLock.ts). */
const lockFolder = 'lock';

/**
 * Deletes what is in a profile's data folder, where that is ours (see dataMarker.ts). Meanwhile the profile's endpoint
 * is ours, so that no broker of it can start: whoever wants to start one waits for us, as long as it waits for the
 * first word of a supervisor. The folder is locked against brokers of other profiles.
 * @throws KafkaManagerError DATA_DIRECTORY_IN_USE, DATA_DIRECTORY_NOT_WRITABLE, VALIDATION_ERROR for a folder that is
 *   not ours
 */
export async function resetData(profileDir: string, dataDir: string): Promise<void> {
  await requireOwnDataFolder(profileDir, dataDir);
  const waiting: Socket[] = [];
  for (let attempt = 0; attempt < attempts; attempt++) {
    const server = createServer((socket) => {
      socket.on('error', () => {});
      waiting.push(socket);
    });
    if (await claimEndpoint(profileDir, server)) {
      try {
        if (await findLeftBroker(profileDir)) throw inUse();
        await deleteData(dataDir);
      } finally {
        server.close();
        for (const socket of waiting) socket.destroy();
      }
      return;
    }
    const client = await SupervisorClient.attach(profileDir);
    const state = client?.state.state ?? 'idle';
    client?.dispose();
    if (state !== 'idle' && state !== 'exited') throw inUse();
    await delay(pauseMs);
  }
  throw inUse();
}

async function deleteData(dataDir: string): Promise<void> {
  const lock = await lockData(dataDir);
  try {
    if (await isLockedByKafka(dataDir)) throw inUse();
    await deleteEntries(dataDir);
  } finally {
    lock.release();
  }
  // The lock's own folder; somebody who has just taken the lock keeps it.
  await rmdir(path.join(dataDir, lockFolder)).catch(() => {});
}

/** The lock that an embedded broker takes, for Apache Kafka has one that only a Java program can take. */
async function lockData(dataDir: string): Promise<DataLock> {
  try {
    return await lockDataDir(dataDir);
  } catch (error) {
    if (error instanceof StartError && error.exitCode === EXIT.dataDirInUse) throw inUse(error);
    throw notEmptied(dataDir, error);
  }
}

/**
 * The folder itself stays: the user may have chosen it, with permissions of its own. The marker goes last, so that what
 * is left after a failure can be deleted by another reset.
 */
async function deleteEntries(dataDir: string): Promise<void> {
  try {
    const names = (await readdir(dataDir)).filter((name) => name !== dataMarker && name !== lockFolder);
    for (const name of [...names, dataMarker]) {
      await rm(path.join(dataDir, name), { recursive: true, force: true });
    }
  } catch (cause) {
    throw notEmptied(dataDir, cause);
  }
}

function notEmptied(dataDir: string, cause: unknown): KafkaManagerError {
  return new KafkaManagerError('DATA_DIRECTORY_NOT_WRITABLE', `${dataDir} can not be emptied.`, { cause });
}

function inUse(cause?: unknown): KafkaManagerError {
  return new KafkaManagerError('DATA_DIRECTORY_IN_USE', "A broker runs on the data: it can't be deleted.", {
    remedy: 'Stop it first, also in other windows and terminals.',
    cause,
  });
}
