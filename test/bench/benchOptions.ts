import { parseArgs } from 'node:util';

/** What a benchmark may be told on its command line. */
export interface BenchOptions {
  /** Records to read or write, instead of the benchmark's own number. */
  readonly records: number | undefined;
  /** Rounds of all contenders. */
  readonly rounds: number | undefined;
  /** A folder for a CPU profile of each of our processes (`*.cpuprofile`), which then run unminified. */
  readonly profile: string | undefined;
  /** A broker that runs already: its topics stay, so that the next run need not load them again. */
  readonly bootstrap: string | undefined;
  /** Only the contenders of ours. */
  readonly oursOnly: boolean;
}

/** Reads `--records 500000 --rounds 3 --profile DIR --bootstrap HOST:PORT --ours-only`. @throws for anything else */
export function benchOptions(args: readonly string[]): BenchOptions {
  const { values } = parseArgs({
    args: [...args],
    options: {
      records: { type: 'string' },
      rounds: { type: 'string' },
      profile: { type: 'string' },
      bootstrap: { type: 'string' },
      'ours-only': { type: 'boolean', default: false },
    },
  });
  return {
    records: count('records', values.records),
    rounds: count('rounds', values.rounds),
    profile: values.profile,
    bootstrap: values.bootstrap,
    oursOnly: values['ours-only'],
  };
}

function count(name: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const value = Number(text);
  if (!Number.isSafeInteger(value) || value < 1) throw new Error(`--${name} ${text} is no positive number`);
  return value;
}
