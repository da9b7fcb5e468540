import fs from 'node:fs/promises';
import { spawnTracked } from '../support/real/children';

/** What a whole process took, from its start to its end. */
export interface Measured {
  readonly wallS: number;
  /** User and system time of it and of all that it started; a multiple of 10 ms. NaN where there is no /proc. */
  readonly cpuS: number;
  /** Largest resident size, for a pipe the sum over its programs. NaN where there is no /proc. */
  readonly peakMb: number;
  readonly stdout: string;
}

/** Settings of {@link measured}. */
export interface MeasuredOptions {
  /** A file for its standard input, empty where left out. */
  readonly stdin?: string;
  /** Its output goes to /dev/null: nobody has to read it. */
  readonly discard?: boolean;
}

const tickS = 0.01;
const pollMs = 20;

/**
 * Runs a program alone and measures it. The CPU time is what the kernel adds to ours when the child is waited for, so no
 * other child may end meanwhile; the peak is the kernel's high-water mark, looked at every 20 ms.
 */
export async function measured(
  command: readonly string[],
  { stdin = '/dev/null', discard = false }: MeasuredOptions = {},
): Promise<Measured> {
  const script = discard ? 'exec "$@" < "$BENCH_STDIN" > /dev/null' : 'exec "$@" < "$BENCH_STDIN"';
  const env = { ...process.env, BENCH_STDIN: stdin };
  const cpuBefore = await childrenCpuS();
  const started = performance.now();
  const child = spawnTracked('sh', ['-c', script, 'sh', ...command], { env });
  const stdout: Buffer[] = [];
  const stderr: Buffer[] = [];
  child.stdout.on('data', (chunk: Buffer) => stdout.push(chunk));
  child.stderr.on('data', (chunk: Buffer) => stderr.push(chunk));
  const peaks = new Map<number, number>();
  const poll = setInterval(() => void notePeaks(child.pid!, peaks), pollMs);
  let ended = started;
  child.once('exit', () => (ended = performance.now()));
  const [code, signal] = await new Promise<[number | null, NodeJS.Signals | null]>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (...end) => resolve(end));
  }).finally(() => clearInterval(poll));
  if (code !== 0) {
    const said = Buffer.concat([...stdout, ...stderr]).toString();
    throw new Error(`${command.join(' ')} ended with ${signal ?? `code ${code}`}:\n${said.slice(-2000)}`);
  }
  const peak = [...peaks.values()].reduce((sum, one) => sum + one, 0);
  return {
    wallS: (ended - started) / 1000,
    cpuS: (await childrenCpuS()) - cpuBefore,
    peakMb: peak > 0 ? peak : Number.NaN,
    stdout: Buffer.concat(stdout).toString(),
  };
}

/** User and system time of all children that have ended and were waited for (proc(5): cutime, cstime). */
async function childrenCpuS(): Promise<number> {
  const stat = await read('/proc/self/stat');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[13]) + Number(fields[14])) * tickS;
}

/** Notes the high-water marks of a process and its children; the last look at each is the largest. */
async function notePeaks(pid: number, peaks: Map<number, number>): Promise<void> {
  const children = (await read(`/proc/${pid}/task/${pid}/children`)).split(' ').map(Number);
  for (const one of [pid, ...children.filter((child) => child > 0)]) {
    const kb = /VmHWM:\s+(\d+)/.exec(await read(`/proc/${one}/status`))?.[1];
    if (kb !== undefined) peaks.set(one, Number(kb) / 1024);
  }
}

/** Empty where the file, or its process, is not there. */
function read(file: string): Promise<string> {
  return fs.readFile(file, 'utf8').catch(() => '');
}
