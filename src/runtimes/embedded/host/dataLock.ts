import { createHash, randomBytes } from 'node:crypto';
import { mkdirSync, readdirSync, realpathSync, rmSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import type { Server } from 'node:net';
import { join } from 'node:path';
import { EXIT, StartError } from './exitCodes';

const TRIES = 8;
const ANSWER_MS = 2_000;

/** A held data directory. */
export interface DataLock {
  /** Lets it go; also happens by itself when the process ends, however it ends. */
  release(): void;
}

/** What a holder of, or contender for, a lock says to whoever connects. */
interface Contender {
  readonly pid: number;
  readonly holds: boolean;
}

/**
 * Takes the data directory for this process, or throws a {@link StartError}: in use, or not writable.
 *
 * A lock is a listening socket, which the system closes with its process: no pid is ever trusted, and nothing
 * stale blocks. Each contender first listens on a socket file of its own in `lock/`, then looks for others
 * that answer, and gives way if there is one. Since all listen before they look, of any two at least one sees
 * the other. Files without a process behind them are deleted. On Windows a named pipe is exclusive by itself.
 */
export async function lockDataDir(
  dataDir: string,
  platform: NodeJS.Platform = process.platform,
): Promise<DataLock> {
  const folder = join(dataDir, 'lock');
  try {
    mkdirSync(folder, { recursive: true });
  } catch (cause) {
    throw notWritable(dataDir, cause);
  }
  for (let attempt = 1; ; attempt++) {
    const outcome = platform === 'win32' ? await takePipe(dataDir) : await takeSocket(dataDir, folder);
    if ('release' in outcome) return outcome;
    // Two that start at the same moment give way to each other, and try again after different waits.
    if (outcome.holds || attempt === TRIES) throw inUse(dataDir, outcome.pid);
    await new Promise((resolve) => setTimeout(resolve, 5 + Math.random() * 40 * attempt));
  }
}

async function takeSocket(dataDir: string, folder: string): Promise<DataLock | Contender> {
  const name = `${process.pid}-${randomBytes(6).toString('hex')}.sock`;
  const state = { pid: process.pid, holds: false };
  const server = listener(state);
  try {
    await listening(server, () => inFolder(folder, () => server.listen(name)));
  } catch (cause) {
    throw notWritable(dataDir, cause);
  }
  const release = (): void => {
    server.close();
    rmSync(join(folder, name), { force: true });
  };
  for (const other of readdirSync(folder)) {
    if (other === name) continue;
    const answer = await ask((onConnect) => inFolder(folder, () => connect(other, onConnect)));
    if (answer !== undefined) {
      release();
      return answer;
    }
    rmSync(join(folder, other), { force: true });
  }
  state.holds = true;
  return { release };
}

async function takePipe(dataDir: string): Promise<DataLock | Contender> {
  const digest = createHash('sha256').update(realpathSync.native(dataDir).toLowerCase()).digest('hex');
  const name = `\\\\.\\pipe\\local-kafka-manager-${digest.slice(0, 32)}`;
  const server = listener({ pid: process.pid, holds: true });
  try {
    await listening(server, () => server.listen(name));
  } catch {
    return (await ask((onConnect) => connect(name, onConnect))) ?? { pid: 0, holds: false };
  }
  return { release: () => void server.close() };
}

function listener(state: Contender): Server {
  const server = createServer((socket) => {
    socket.on('error', () => undefined);
    socket.end(JSON.stringify(state));
  });
  server.unref();
  return server;
}

function listening(server: Server, listen: () => void): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject).once('listening', resolve);
    listen();
  });
}

/** Asks the process behind a socket who it is; undefined if there is none. */
function ask(open: (onConnect: () => void) => ReturnType<typeof connect>): Promise<Contender | undefined> {
  return new Promise((resolve) => {
    let connected = false;
    let text = '';
    const socket = open(() => (connected = true));
    socket.setTimeout(ANSWER_MS, () => socket.destroy());
    socket.on('error', () => undefined);
    socket.on('data', (bytes) => (text += bytes.toString()));
    socket.on('close', () => {
      if (!connected) {
        resolve(undefined);
        return;
      }
      try {
        resolve(JSON.parse(text) as Contender);
      } catch {
        // Something holds it and does not answer (a stopped process): it may still be a broker.
        resolve({ pid: 0, holds: true });
      }
    });
  });
}

/**
 * Runs `use` with `folder` as the working directory: a socket's path may have about 100 bytes only, and data
 * directories are longer.
 */
function inFolder<T>(folder: string, use: () => T): T {
  const before = process.cwd();
  process.chdir(folder);
  try {
    return use();
  } finally {
    process.chdir(before);
  }
}

function inUse(dataDir: string, pid: number): StartError {
  const who = pid === 0 ? 'another process' : `process ${pid}`;
  return new StartError(
    EXIT.dataDirInUse,
    `The data directory ${dataDir} is in use by ${who}. Stop the broker that runs there, or choose another directory.`,
  );
}

function notWritable(dataDir: string, cause: unknown): StartError {
  return new StartError(
    EXIT.dataDirNotWritable,
    `The data directory ${dataDir} can't be written: ${(cause as Error).message}. Choose another directory, or change its permissions.`,
    { cause },
  );
}
