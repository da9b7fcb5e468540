import { spawn } from 'node:child_process';
import { constants, setPriority } from 'node:os';
import { reasonOf } from '../../base/async';
import { supervisorEnvironment } from '../supervisor/supervisorEnvironment';

export interface RunProgramOptions {
  readonly cwd?: string;
  /** ms after which it is killed. */
  readonly timeoutMs: number;
  readonly signal?: AbortSignal | undefined;
  /** Leave the processor to others. */
  readonly background?: boolean;
}

export interface ProgramResult {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  /** Standard output and error as they came, the last 64 KB of them. */
  readonly output: string;
}

const outputLimit = 64 * 1024;

/**
 * Runs a program to its end, without a shell. Any exit code is an answer.
 * @throws Error when it can't be run or takes too long, the signal's reason when aborted; it is dead then
 */
export function runProgram(
  file: string,
  args: readonly string[],
  options: RunProgramOptions,
): Promise<ProgramResult> {
  const { signal } = options;
  if (signal?.aborted) return Promise.reject(reasonOf(signal));
  return new Promise((resolve, reject) => {
    const child = spawn(file, args, {
      ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
      // The environment that the broker gets: options of JAVA_TOOL_OPTIONS would make another JVM of it.
      env: supervisorEnvironment(process.env, false),
      stdio: ['ignore', 'pipe', 'pipe'],
      windowsHide: true,
      // A group of its own: Ctrl-C in a terminal is told to us, who then decide when it ends. On Windows that would be
      // a console of its own.
      detached: process.platform !== 'win32',
    });
    if (options.background === true && child.pid !== undefined) lowerPriority(child.pid);
    let failure: Error | undefined;
    let output = '';
    const collect = (chunk: Buffer): void => {
      output = (output + chunk.toString()).slice(-outputLimit);
    };
    child.stdout.on('data', collect);
    child.stderr.on('data', collect);
    const end = (why: Error): void => {
      failure ??= why;
      child.kill('SIGKILL');
    };
    const onAbort = (): void => end(reasonOf(signal));
    signal?.addEventListener('abort', onAbort, { once: true });
    const onExit = (): void => void child.kill('SIGKILL');
    process.once('exit', onExit);
    const timer = setTimeout(
      () => end(new Error(`${file} took longer than ${options.timeoutMs} ms`)),
      options.timeoutMs,
    );
    const done = (): void => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', onAbort);
      process.off('exit', onExit);
    };
    child.once('error', (error) => {
      done();
      reject(failure ?? error);
    });
    child.once('close', (code, exitSignal) => {
      done();
      if (failure) reject(failure);
      else resolve({ code, signal: exitSignal, output });
    });
  });
}

function lowerPriority(pid: number): void {
  try {
    // Right after the spawn the process has one thread, from which the others inherit this.
    setPriority(pid, constants.priority.PRIORITY_BELOW_NORMAL);
  } catch {
    // It has ended already, or the system does not allow it: then it runs as it is.
  }
}
