import { spawn, spawnSync } from 'node:child_process';
import type { ChildProcess, ChildProcessWithoutNullStreams, SpawnOptions } from 'node:child_process';

// One list for the whole test process, since it is the process' end that must find every child.
const alive = new Set<ChildProcess>();
let watching = false;
let parentDeathSignal: boolean | undefined;

function killAll(): void {
  for (const child of alive) child.kill('SIGKILL');
  alive.clear();
}

function watchOwnEnd(): void {
  if (watching) return;
  watching = true;
  process.on('exit', killAll);
  for (const signal of ['SIGTERM', 'SIGHUP'] as const) {
    // Such a signal ends node without 'exit'; once our listener is gone, the default action follows.
    process.once(signal, () => {
      killAll();
      process.kill(process.pid, signal);
    });
  }
}

/** On Linux the kernel can end a child whose parent was killed with SIGKILL, which no handler of ours sees. */
function hasParentDeathSignal(): boolean {
  parentDeathSignal ??=
    process.platform === 'linux' && spawnSync('setpriv', ['--pdeathsig', 'KILL', 'true']).status === 0;
  return parentDeathSignal;
}

/** Starts a program that ends with this process at the latest. All its streams are pipes. */
export function spawnTracked(
  command: string,
  args: readonly string[],
  options: Pick<SpawnOptions, 'cwd' | 'env'> = {},
): ChildProcessWithoutNullStreams {
  watchOwnEnd();
  const child = hasParentDeathSignal()
    ? spawn('setpriv', ['--pdeathsig', 'KILL', command, ...args], { ...options, stdio: 'pipe' })
    : spawn(command, [...args], { ...options, stdio: 'pipe' });
  alive.add(child);
  const forget = () => alive.delete(child);
  child.once('exit', forget);
  child.once('error', forget);
  return child;
}

/** How a program ended and what it printed, as bytes. */
export interface RunResult {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: Buffer;
  readonly stderr: Buffer;
}

/** Settings of {@link run}. */
export interface RunOptions extends Pick<SpawnOptions, 'cwd' | 'env'> {
  readonly stdin?: string | Uint8Array;
  /** The program is killed and the run fails after this time. */
  readonly deadlineMs?: number;
  /** Resolve for any exit code instead of failing when it is not 0. */
  readonly anyCode?: boolean;
}

/** Runs a program to its end. Fails with what it printed when it fails, or takes too long. */
export async function run(
  command: string,
  args: readonly string[],
  options: RunOptions = {},
): Promise<RunResult> {
  const child = spawnTracked(command, args, options);
  const stdout: Buffer[] = [];
  const stderr: Buffer[] = [];
  child.stdout.on('data', (chunk: Buffer) => stdout.push(chunk));
  child.stderr.on('data', (chunk: Buffer) => stderr.push(chunk));
  child.stdin.on('error', () => {}); // A program that ends before it read everything tells why by its exit.
  child.stdin.end(options.stdin ?? '');

  const deadlineMs = options.deadlineMs ?? 60_000;
  const deadline = new AbortController();
  const timer = setTimeout(() => {
    deadline.abort();
    child.kill('SIGKILL');
  }, deadlineMs);
  try {
    const [code, signal] = await new Promise<[number | null, NodeJS.Signals | null]>((resolve, reject) => {
      child.once('error', reject);
      child.once('close', (...end) => resolve(end));
    });
    const result: RunResult = { code, signal, stdout: Buffer.concat(stdout), stderr: Buffer.concat(stderr) };
    if (deadline.signal.aborted)
      throw new Error(describe(command, args, `took longer than ${deadlineMs} ms`, result));
    if (code !== 0 && options.anyCode !== true) {
      throw new Error(describe(command, args, `ended with ${signal ?? `code ${code}`}`, result));
    }
    return result;
  } finally {
    clearTimeout(timer);
  }
}

function describe(command: string, args: readonly string[], what: string, result: RunResult): string {
  const text = `${result.stdout.toString()}\n${result.stderr.toString()}`.trim();
  const tail = text.split('\n').slice(-25).join('\n');
  const call = [command, ...args].join(' ');
  return `${call.length > 300 ? `${call.slice(0, 300)}...` : call} ${what}${tail === '' ? '' : `:\n${tail}`}`;
}
