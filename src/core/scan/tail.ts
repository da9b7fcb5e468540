import { compileFilter } from './filter/compileFilter';
import { LiveReader } from './liveReader';
import type { TailQuery } from './query';
import type { RecordSource } from './recordSource';
import { type RecordPages, type ScanOptions, scanWith } from './scan';
import { ScanStop } from './scanStop';
import { Tally } from './tally';

export interface TailOptions extends ScanOptions {
  /** Ends it so many ms after what was there already has been read, as an end like any other; no end where left out. */
  readonly waitMs?: number | undefined;
  /** How long the broker may hold a fetch while nothing comes, in ms; 500 where left out. */
  readonly maxWaitMs?: number | undefined;
}

/**
 * Live records from `from` (by default the end) on, until a limit is reached, `waitMs` is over or the signal is aborted.
 * What is there already is read as by `scan`, oldest first, within `deadlineMs`; then records come as they arrive,
 * merged by timestamp within one answer. The limits are for both parts together.
 *
 * It is pulled: nothing is fetched while nobody asks for the next page, so the memory is bounded by one answer and a slow
 * reader falls behind instead of losing records. While nothing comes the broker holds the fetch; a source that answers
 * at once with nothing is asked less and less often, up to every `maxWaitMs`.
 *
 * Records that were deleted before they were read, and a topic that was made anew (it goes on at its new beginning), are
 * told of as problems. Partitions that are added later are not followed. The position of the summary is where the next
 * tail goes on without a gap.
 * @throws as `scan` does before the live part, and what the source throws
 */
export async function* tail(source: RecordSource, query: TailQuery, options: TailOptions = {}): RecordPages {
  const tally = new Tally(options);
  const filter = query.filter && (await compileFilter(query.filter));
  const history = yield* scanWith(
    source,
    { from: { at: 'end' }, ...query, direction: 'oldest' },
    options,
    tally,
    filter,
  );
  if (history.stopReason !== 'end' || tally.matched >= (query.limit ?? Infinity)) return history;
  const stop = new ScanStop(options.signal, options.waitMs);
  const live = new LiveReader({
    source,
    query,
    filter,
    position: history.position,
    tally,
    stop,
    maxWaitMs: options.maxWaitMs ?? 500,
  });
  try {
    while (!stop.reason && !live.reached) {
      await stop.guard(() => live.fetch());
      tally.tell();
      yield* live.drain();
    }
    const stopReason = live.reached ?? (stop.reason === 'deadline' ? 'end' : 'cancelled');
    const position = { ...history.position, partitions: live.positions() };
    return { ...tally.progress(), stopReason, position, problems: tally.problems };
  } finally {
    stop.dispose();
  }
}
