import { Turn } from './turn';

/** So few are sorted in about half a millisecond, also by code that is not compiled yet. */
const runLength = 256;

/** The items by a text of each in the order of its UTF-16 units; equal ones keep their order. Others get their turn. */
export async function sortedInTurns<T>(items: readonly T[], textOf: (item: T) => string): Promise<T[]> {
  const turn = new Turn();
  let runs: T[][] = [];
  for (let from = 0; from < items.length; from += runLength) {
    const run = items.slice(from, from + runLength);
    runs.push(run.sort((a, b) => compare(textOf(a), textOf(b))));
    if (turn.isOver) await turn.pass();
  }
  while (runs.length > 1) {
    const merged: T[][] = [];
    for (let i = 0; i < runs.length; i += 2)
      merged.push(await merge(runs[i]!, runs[i + 1] ?? [], textOf, turn));
    runs = merged;
  }
  return runs[0] ?? [];
}

async function merge<T>(
  a: readonly T[],
  b: readonly T[],
  textOf: (item: T) => string,
  turn: Turn,
): Promise<T[]> {
  const merged: T[] = [];
  let [atA, atB] = [0, 0];
  while (atA < a.length && atB < b.length) {
    merged.push(compare(textOf(a[atA]!), textOf(b[atB]!)) <= 0 ? a[atA++]! : b[atB++]!);
    if (turn.isOverSoon()) await turn.pass();
  }
  for (; atA < a.length; atA++) merged.push(a[atA]!);
  for (; atB < b.length; atB++) merged.push(b[atB]!);
  return merged;
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
