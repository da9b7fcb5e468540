import { readdir, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import type { Socket } from 'node:net';
import path from 'node:path';
import { delay } from '../../base/async';
import { KafkaManagerError } from '../../contract/errors';
import { findLeftBroker } from './brokerRecord';
import { claimEndpoint } from './endpoint';
import { SupervisorClient } from './supervisorClient';

/** A supervisor whose broker has ended is itself gone after some milliseconds. */
const attempts = 40;
const pauseMs = 50;

/**
 * Deletes what is in a profile's data folder. Meanwhile the profile's endpoint is ours, so that no broker can start
 * on it: whoever wants to start one waits for us.
 * @throws KafkaManagerError DATA_DIRECTORY_IN_USE, DATA_DIRECTORY_NOT_WRITABLE
 */
export async function resetData(profileDir: string, dataDir: string): Promise<void> {
  const waiting: Socket[] = [];
  for (let attempt = 0; attempt < attempts; attempt++) {
    const server = createServer((socket) => {
      socket.on('error', () => {});
      waiting.push(socket);
    });
    if (await claimEndpoint(profileDir, server)) {
      try {
        if (await findLeftBroker(profileDir)) throw inUse();
        await deleteEntries(dataDir);
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

/** The folder itself stays: the user may have chosen it, with permissions of its own. */
async function deleteEntries(dataDir: string): Promise<void> {
  try {
    for (const name of await readdir(dataDir)) {
      await rm(path.join(dataDir, name), { recursive: true, force: true });
    }
  } catch (cause) {
    throw new KafkaManagerError('DATA_DIRECTORY_NOT_WRITABLE', `${dataDir} can not be emptied.`, { cause });
  }
}

function inUse(): KafkaManagerError {
  return new KafkaManagerError('DATA_DIRECTORY_IN_USE', "The broker runs: its data can't be deleted.", {
    remedy: 'Stop it first, also in other windows and terminals.',
  });
}
