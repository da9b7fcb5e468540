import { delay } from '../../base/async';
import { backoffMs } from '../../base/retry';
import { KafkaManagerError, toManagerError } from '../../contract/errors';
import type { GroupAnswers } from '../../core/groupTypes';
import { cancellable } from '../cancellable';
import type { KafkaConnection } from '../connection';
import { brokerCodeOf, brokerError, isConnectionLoss, isRetriable } from '../errors';
import { errorCode } from '../protocol/errorCodes';
import { findCoordinator } from '../protocol/messages/findCoordinator';
import { sliced } from '../sliced';
import { coordinatorKinds } from '../transactions/coordinator';

/** What asking coordinators needs of a connection. */
export type GroupConnection = Pick<KafkaConnection, 'call' | 'supports' | 'metadata'>;

/** Asks one coordinator for some of its groups. What the answer does not tell of is told to be missing. */
export type GroupQuestion<T> = (broker: number, ids: readonly string[]) => Promise<GroupAnswers<T>>;

/** Groups per request: more take longer to decode, and fewer more round trips. */
const perRequest = 100;
/** Keys per FindCoordinator. */
const keysPerRequest = 1_000;
/** First version that asks for several keys at once (KIP-699). */
const manyKeys = 4;
const attempts = 5;
const backoff = { baseMs: 50, maxMs: 1_000 };

/**
 * Asks the coordinators of many groups, in slices, again where one moved, loads or does not answer. Each group gets an
 * answer or an error.
 * @throws CANCELLED, TIMEOUT of the signal
 */
export async function askCoordinators<T>(
  connection: GroupConnection,
  ids: readonly string[],
  question: GroupQuestion<T>,
  signal: AbortSignal | undefined,
): Promise<Map<string, T | KafkaManagerError>> {
  const answers = new Map<string, T | KafkaManagerError>();
  let pending: readonly string[] = [...new Set(ids)];
  for (let attempt = 0; attempt < attempts && pending.length > 0; attempt++) {
    if (attempt > 0) await cancellable(delay(backoffMs(attempt - 1, backoff)), signal);
    const coordinators = await findCoordinators(connection, pending, signal);
    for (const [id, error] of coordinators.failed) answers.set(id, error);
    const byBroker = [...coordinators.byBroker].map(async ([broker, groups]) => {
      for (const slice of sliced(groups, perRequest)) {
        const answered = await settledAnswers(question(broker, slice), slice, signal);
        for (const [id, answer] of answered) answers.set(id, answer);
      }
    });
    await Promise.all(byBroker);
    pending = pending.filter((id) => isPassing(answers.get(id)));
  }
  return answers;
}

/** One answer or error per group, also where the request failed as a whole. */
async function settledAnswers<T>(
  asked: Promise<GroupAnswers<T>>,
  ids: readonly string[],
  signal: AbortSignal | undefined,
): Promise<GroupAnswers<T>> {
  try {
    const answers = await asked;
    const missing = (id: string): KafkaManagerError =>
      new KafkaManagerError('KAFKA_ERROR', `The coordinator's answer says nothing of group "${id}".`);
    return new Map(ids.map((id) => [id, answers.get(id) ?? missing(id)]));
  } catch (error) {
    if (signal?.aborted) throw error;
    const known = toManagerError(error);
    return new Map(ids.map((id) => [id, known]));
  }
}

interface Coordinators {
  readonly byBroker: ReadonlyMap<number, readonly string[]>;
  readonly failed: ReadonlyMap<string, KafkaManagerError>;
}

async function findCoordinators(
  connection: GroupConnection,
  ids: readonly string[],
  signal: AbortSignal | undefined,
): Promise<Coordinators> {
  const byBroker = new Map<number, string[]>();
  const failed = new Map<string, KafkaManagerError>();
  const keyType = coordinatorKinds.group;
  const take = (
    id: string,
    found: { errorCode: number; errorMessage: string | null; nodeId: number },
  ): void => {
    if (found.errorCode !== errorCode.NONE) {
      const context = { api: 'FindCoordinator', group: id, message: found.errorMessage };
      failed.set(id, brokerError(found.errorCode, context));
      return;
    }
    const groups = byBroker.get(found.nodeId);
    if (groups) groups.push(id);
    else byBroker.set(found.nodeId, [id]);
  };
  const ask = async (keys: readonly string[]): Promise<void> => {
    const options = { minVersion: manyKeys, signal };
    const request = { keyType, coordinatorKeys: keys };
    const answer = await connection.call('any', findCoordinator, request, options);
    for (const one of answer.coordinators) take(one.key, one);
  };
  const askOne = async (key: string): Promise<void> => {
    const options = { maxVersion: manyKeys - 1, signal };
    take(key, await connection.call('any', findCoordinator, { keyType, key }, options));
  };
  const isBatched = connection.supports(findCoordinator, manyKeys);
  for (const keys of sliced(ids, isBatched ? keysPerRequest : 1)) {
    try {
      await (isBatched ? ask(keys) : askOne(keys[0]!));
    } catch (error) {
      if (signal?.aborted) throw error;
      for (const id of keys) failed.set(id, toManagerError(error));
    }
  }
  return { byBroker, failed };
}

/** Whether the answer is an error that may be gone on the next try. */
function isPassing(answer: unknown): boolean {
  // A coordinator that restarts is for a moment no broker of the cluster.
  const isGone = brokerCodeOf(answer) === errorCode.BROKER_NOT_AVAILABLE;
  return answer instanceof KafkaManagerError && (isGone || isRetriable(answer) || isConnectionLoss(answer));
}
