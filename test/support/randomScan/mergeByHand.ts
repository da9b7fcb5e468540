import type { ScanDirection } from '../../../src/core/scan/query';

/** What the order of a merge depends on. */
export interface Timed {
  readonly partition: number;
  readonly timestamp: number;
}

/**
 * The order of a scan, as Merge (merge.ts) defines it, in the plainest way: of the first records of all partitions, again
 * and again the one that goes next.
 * @param queues the records of each partition, in reading order
 */
export function mergeByHand<T extends Timed>(
  queues: readonly (readonly T[])[],
  direction: ScanDirection,
): T[] {
  const next = queues.map(() => 0);
  const merged: T[] = [];
  for (;;) {
    let best = -1;
    for (const [i, queue] of queues.entries()) {
      const head = queue[next[i]!];
      if (head && (best < 0 || goesBefore(head, queues[best]![next[best]!]!, direction))) best = i;
    }
    if (best < 0) return merged;
    merged.push(queues[best]![next[best]!++]!);
  }
}

function goesBefore(a: Timed, b: Timed, direction: ScanDirection): boolean {
  const untimed = Number(b.timestamp < 0) - Number(a.timestamp < 0);
  if (untimed !== 0) return untimed < 0;
  const difference = a.timestamp - b.timestamp || a.partition - b.partition;
  return direction === 'oldest' ? difference < 0 : difference > 0;
}
