import os from 'node:os';
import { figure, timesBetter } from './figures';
import type { LoopDelay } from './children/loopWatch';
import type { Measured } from './measured';

/** One way of doing the same work, as a whole process. */
export type Contender = () => Promise<Measured>;

/** What each contender took, round by round. */
export type Rounds<Name extends string> = Readonly<Record<Name, readonly Measured[]>>;

/**
 * Runs all contenders in turn, round after round, so that what disturbs the machine disturbs all of them. Each round
 * begins with another one, so that nobody always comes after the same other.
 */
export async function interleaved<Name extends string>(
  contenders: Readonly<Record<Name, Contender>>,
  rounds: number,
): Promise<Rounds<Name>> {
  const names = Object.keys(contenders) as Name[];
  const results = Object.fromEntries(names.map((name) => [name, [] as Measured[]])) as Record<
    Name,
    Measured[]
  >;
  for (let round = 0; round < rounds; round++) {
    const turn = round % names.length;
    for (const name of [...names.slice(turn), ...names.slice(0, turn)]) {
      results[name].push(await contenders[name]());
    }
  }
  return results;
}

/** Prints wall time, CPU time and peak memory of each contender. */
export function printContenders(bench: string, rounds: Readonly<Record<string, readonly Measured[]>>): void {
  for (const [name, runs] of Object.entries(rounds)) {
    figure(`${bench}/${name}/wall`, wallsOf(runs), 's');
    figure(`${bench}/${name}/cpu`, cpusOf(runs), 's');
    figure(
      `${bench}/${name}/peak`,
      runs.map((run) => run.peakMb),
      'MB',
    );
  }
}

/** Goals of {@link printRatios}; empty where there is none. */
export interface RatioGoals {
  readonly wall?: string;
  readonly cpu?: string;
}

/** Prints how many times as much ours does per second, and per CPU second, as the other; nothing where it did not run. */
export function printRatios(
  name: string,
  ours: readonly Measured[],
  theirs: readonly Measured[] | undefined,
  goals: RatioGoals = {},
): void {
  if (theirs === undefined) return;
  figure(name, timesBetter(wallsOf(ours), wallsOf(theirs)), 'ratio', goals.wall);
  figure(`${name}-per-cpu-second`, timesBetter(cpusOf(ours), cpusOf(theirs)), 'ratio', goals.cpu);
}

/** Says how busy the machine is: the load average of the last minute. */
export function printLoad(bench: string): void {
  figure(`${bench}/load-average`, [os.loadavg()[0] ?? Number.NaN], 'processes');
}

/** Prints how long the event loop was held up, whoever did it. */
export function printLoop(bench: string, delays: readonly LoopDelay[]): void {
  figure(
    `${bench}/loop-max`,
    delays.map(({ maxMs }) => maxMs),
    'ms',
    '<=20',
  );
  figure(
    `${bench}/loop-max-cpu`,
    delays.map(({ maxCpuMs }) => maxCpuMs),
    'ms',
  );
  figure(
    `${bench}/loop-p99`,
    delays.map(({ p99Ms }) => p99Ms),
    'ms',
  );
}

const wallsOf = (runs: readonly Measured[]): number[] => runs.map((run) => run.wallS);
const cpusOf = (runs: readonly Measured[]): number[] => runs.map((run) => run.cpuS);
