import { readFileSync, readdirSync } from 'node:fs';

function readProc(pid: string, file: string): string {
  try {
    return readFileSync(`/proc/${pid}/${file}`, 'latin1');
  } catch {
    return ''; // It ended meanwhile, or is another user's.
  }
}

/**
 * Ids of the running processes that have a text in their command line or environment (Linux).
 *
 * A server's data folder is such a text: it is in TMPDIR of everything that was started from it, so that a broker
 * which outlives its VS Code, as it is meant to, is found when its test is over.
 */
export function processesOf(mark: string): number[] {
  return readdirSync('/proc')
    .filter((entry) => /^\d+$/.test(entry) && Number(entry) !== process.pid)
    .filter((pid) => readProc(pid, 'environ').includes(mark) || readProc(pid, 'cmdline').includes(mark))
    .map(Number);
}

/** Sends a signal to a process (to its group where the id is negative); one that is gone already is fine. */
export function signalProcess(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}
