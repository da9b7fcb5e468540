import { type KafkaManagerError, toManagerError } from '../../../contract/errors';

/** A topic that is still there, and why. */
export interface DeleteFailure {
  readonly topic: string;
  readonly error: KafkaManagerError;
}

/** What became of topics that were to be deleted. */
export interface DeleteResult {
  readonly deleted: number;
  readonly failures: readonly DeleteFailure[];
  /** Those that nothing was done to, since it was cancelled before their turn. */
  readonly notTried: number;
}

/** Deletes topics one after the other. One that fails does not stop the others; after a cancellation none is tried. */
export async function deleteEach(
  names: readonly string[],
  remove: (topic: string) => Promise<void>,
  signal: AbortSignal,
): Promise<DeleteResult> {
  const failures: DeleteFailure[] = [];
  let tried = 0;
  for (const topic of names) {
    if (signal.aborted) break;
    tried++;
    await remove(topic).catch((error: unknown) => {
      failures.push({ topic, error: toManagerError(error) });
    });
  }
  return { deleted: tried - failures.length, failures, notTried: names.length - tried };
}
