import { setMaxListeners } from 'node:events';
import { KafkaManagerError } from '../../contract/errors';

/** Most lookups on their way at once. */
const mostLookups = 8;

/**
 * Runs the work on all items, at most 8 at a time. Where one fails the others are ended, and its error is thrown.
 * @throws CANCELLED where the signal is aborted
 */
export async function runLimited<T>(
  items: readonly T[],
  signal: AbortSignal | undefined,
  work: (item: T, signal: AbortSignal) => Promise<void>,
): Promise<void> {
  const failed = new AbortController();
  const own = signal ? AbortSignal.any([signal, failed.signal]) : failed.signal;
  setMaxListeners(0, own);
  let next = 0;
  const errors: unknown[] = [];
  const worker = async (): Promise<void> => {
    try {
      for (let item = items[next++]; item !== undefined && !own.aborted; item = items[next++]) {
        await work(item, own);
      }
    } catch (error) {
      errors.push(error);
      failed.abort();
    }
  };
  await Promise.all(Array.from({ length: Math.min(mostLookups, items.length) }, worker));
  if (signal?.aborted) throw new KafkaManagerError('CANCELLED', undefined, { cause: signal.reason });
  if (errors.length > 0) throw errors[0];
}
