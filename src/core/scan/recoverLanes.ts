import { anewMessage, goneMessage, shrunkMessage } from './bounds';
import type { Lane, Report } from './lane';
import type { Isolation } from './query';
import type { FetchPosition, RecordSource } from './recordSource';

/** A position that Kafka called out of range. */
export interface OutsidePosition extends FetchPosition {
  /** Whether it belongs to a topic that had the name before. */
  readonly recreated: boolean;
}

export interface RecoverOptions {
  readonly source: RecordSource;
  readonly topic: string;
  readonly isolation: Isolation;
  readonly report: Report;
  readonly signal: AbortSignal;
}

/**
 * Deals with positions that Kafka called out of range. Before the log start: the lane goes on at the log start. Behind
 * the end, or in a topic that is no more: it was made anew under the reader, and the lane stops. An answer of
 * OFFSET_OUT_OF_RANGE does not carry the offsets (the log start in it is -1), so they are asked for.
 * @returns whether a lane was moved or stopped; false where all positions are in range by now
 */
export async function recoverLanes(
  options: RecoverOptions,
  lanes: ReadonlyMap<number, Lane>,
  outside: readonly OutsidePosition[],
): Promise<boolean> {
  const { source, topic, isolation, report, signal } = options;
  const partitions = outside.map((position) => position.partition);
  const [beginnings, ends] = await Promise.all([
    source.offsets(topic, partitions, 'beginning', isolation, signal),
    source.offsets(topic, partitions, 'end', isolation, signal),
  ]);
  let changed = false;
  for (const { partition, offset, recreated } of outside) {
    const beginning = beginnings.get(partition) ?? 0;
    const end = ends.get(partition) ?? 0;
    if (recreated) {
      report(partition, offset, anewMessage(partition, offset));
      lanes.get(partition)?.stop();
    } else if (offset < beginning) {
      report(partition, offset, goneMessage(partition, offset, beginning));
      lanes.get(partition)?.moveStart(beginning);
    } else if (offset > end) {
      report(partition, offset, shrunkMessage(partition, end, offset));
      lanes.get(partition)?.stop();
    } else {
      continue;
    }
    changed = true;
  }
  return changed;
}
