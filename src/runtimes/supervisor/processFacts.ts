import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import type { SupervisedUsage } from '../../contract/supervisor';

/** What tells one process from a later one with the same pid. */
export interface ProcessIdentity {
  /** Opaque; equal for the same process only. */
  readonly startTime: string;
  readonly commandLine: string;
}

/** Clock ticks a second in /proc (sysconf(_SC_CLK_TCK)): 100 on every Linux that Node runs on. */
const ticksPerSecond = 100;

/**
 * Identity of a running process; undefined where it has ended (a zombie counts as ended), and on Windows, where a
 * broker can't outlive its supervisor: libuv's job object ends it with its parent.
 */
export async function identityOf(pid: number): Promise<ProcessIdentity | undefined> {
  if (process.platform === 'win32') return undefined;
  if (process.platform !== 'linux') {
    const line = await ps(pid, 'stat=,lstart=,command=');
    const match = /^(\S+)\s+(\S+\s+\S+\s+\d+\s+[\d:]+\s+\d+)\s+(.*)$/.exec(line ?? '');
    return match && !match[1]!.startsWith('Z') ? { startTime: match[2]!, commandLine: match[3]! } : undefined;
  }
  try {
    const [stat, commandLine, boot] = await Promise.all([
      statOf(pid),
      readFile(`/proc/${pid}/cmdline`, 'utf8'),
      readFile('/proc/sys/kernel/random/boot_id', 'utf8'),
    ]);
    if (stat[0] === 'Z' || stat[0] === 'X') return undefined;
    return { startTime: `${boot.trim()} ${stat[19] ?? ''}`, commandLine: commandLine.replaceAll('\0', ' ') };
  } catch {
    return undefined;
  }
}

/** CPU time and memory of a process; undefined where it has ended or the system does not tell (Windows). */
export async function usageOf(pid: number): Promise<SupervisedUsage | undefined> {
  if (process.platform === 'win32') return undefined;
  if (process.platform !== 'linux') {
    const match = /^(?:(\d+)-)?(?:(\d+):)?(\d+):([\d.]+)\s+(\d+)$/.exec((await ps(pid, 'time=,rss=')) ?? '');
    if (!match) return undefined;
    const [days, hours, minutes, seconds, kilobytes] = match.slice(1).map((text) => Number(text || 0));
    return {
      cpuSeconds: ((days! * 24 + hours!) * 60 + minutes!) * 60 + seconds!,
      residentBytes: kilobytes! * 1024,
    };
  }
  try {
    const [stat, status] = await Promise.all([statOf(pid), readFile(`/proc/${pid}/status`, 'utf8')]);
    const resident = /^VmRSS:\s+(\d+) kB$/m.exec(status);
    return {
      cpuSeconds: (Number(stat[11]) + Number(stat[12])) / ticksPerSecond,
      residentBytes: resident ? Number(resident[1]) * 1024 : 0,
    };
  } catch {
    return undefined;
  }
}

/** Fields of /proc/PID/stat from the third one (state) on; the second one, the name, may hold anything. proc(5) */
async function statOf(pid: number): Promise<string[]> {
  const text = await readFile(`/proc/${pid}/stat`, 'utf8');
  return text.slice(text.lastIndexOf(')') + 2).split(' ');
}

async function ps(pid: number, columns: string): Promise<string | undefined> {
  try {
    const args = columns.split(',').flatMap((column) => ['-o', column]);
    const { stdout } = await promisify(execFile)('ps', ['-ww', ...args, '-p', String(pid)], {
      env: { ...process.env, LC_ALL: 'C' },
    });
    return stdout.trim();
  } catch {
    return undefined;
  }
}
