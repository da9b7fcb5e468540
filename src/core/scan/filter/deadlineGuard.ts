import { createContext, Script } from 'node:vm';
import { KafkaManagerError } from '../../../contract/errors';
import type { ScanDirection } from '../query';
import { endOf, type RecordRows } from '../recordRows';
import type { RowRun } from './compiledFilter';

/** A call begins with no further record after this long, in ms. */
const STRETCH_MS = 10;
/** What a single record may take, in ms, and more time for large ones, in ms per MiB. */
const RECORD_MS = 60;
const MS_PER_MIB = 25;
/**
 * The clock is that of the wall, so on a busy machine, or where a container has used up its share, also an innocent record
 * can be late. It gets another try where the process had less than this part of the time; two tries in all.
 */
const BUSY_SHARE = 0.75;
const MOST_TRIES = 2;

const script = new Script('work()');

/**
 * Runs a test of records that may run away, such as a regular expression with nested repetitions. Nothing within
 * JavaScript can stop it; the timeout of node:vm can, since it ends whatever the script calls, V8's regular expressions
 * included. Many records share one such call, which costs about 0.1 ms; it ends between two of them once it is long, so
 * that records which are merely slow hold nobody up.
 */
export class DeadlineGuard {
  readonly #matches: (rows: RecordRows, row: number) => boolean;
  readonly #globals: { work: () => void } = { work: () => {} };
  readonly #context = createContext(this.#globals);

  constructor(matches: (rows: RecordRows, row: number) => boolean) {
    this.#matches = matches;
  }

  /** See CompiledFilter.keep. @throws FILTER_TOO_SLOW naming the record that can't be decided in time */
  keep(rows: RecordRows, run: RowRun, direction: ScanDirection): RowRun {
    if (run.hits.length === 0) return run;
    const upward = direction === 'oldest';
    const candidates = upward ? run.hits : run.hits.toReversed();
    const kept: number[] = [];
    const decided = this.#decide(rows, candidates, kept);
    const hits = upward ? kept : kept.reverse();
    const next = candidates[decided];
    if (next === undefined) return { ...run, hits };
    return upward ? { from: run.from, to: next, hits } : { from: next + 1, to: run.to, hits };
  }

  /** Adds those that match to `kept`; gives how many it got through, at least one. */
  #decide(rows: RecordRows, candidates: readonly number[], kept: number[]): number {
    for (let tries = 0; tries < MOST_TRIES; tries++) {
      const share = cpuShare();
      const decided = this.#try(rows, candidates, kept);
      if (decided > 0) return decided;
      if (share() >= BUSY_SHARE) break;
    }
    const [row = 0] = candidates;
    const where = `offset ${rows.offset(row)} of partition ${rows.partition}`;
    throw new KafkaManagerError('FILTER_TOO_SLOW', `The filter takes too long for the record at ${where}.`, {
      details: { partition: rows.partition, offset: rows.offset(row) },
    });
  }

  #try(rows: RecordRows, candidates: readonly number[], kept: number[]): number {
    const bytes = candidates.reduce((sum, row) => sum + endOf(rows, row) - rows.start(row), 0);
    const until = performance.now() + STRETCH_MS;
    let decided = 0;
    this.#globals.work = () => {
      for (const row of candidates) {
        if (decided > 0 && performance.now() >= until) return;
        if (this.#matches(rows, row)) kept.push(row);
        decided += 1;
      }
    };
    try {
      script.runInContext(this.#context, { timeout: Math.ceil(RECORD_MS + (bytes / 2 ** 20) * MS_PER_MIB) });
    } catch (error) {
      if (!isTimeout(error)) throw error;
    } finally {
      this.#globals.work = () => {};
    }
    return decided;
  }
}

/** Gives the part of the time since now in which this process was at work, on any of its threads. */
function cpuShare(): () => number {
  const before = process.cpuUsage();
  const since = performance.now();
  return () => {
    const { user, system } = process.cpuUsage(before);
    return (user + system) / 1000 / (performance.now() - since);
  };
}

function isTimeout(error: unknown): boolean {
  // Made in the other context, so it may be no Error of this one.
  return (error as { code?: unknown } | null)?.code === 'ERR_SCRIPT_EXECUTION_TIMEOUT';
}
