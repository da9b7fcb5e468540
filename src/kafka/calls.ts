import { delay } from '../base/async';
import { retry } from '../base/retry';
import { KafkaManagerError } from '../contract/errors';
import { cancellable } from './cancellable';
import { brokerCodeOf, brokerError, isConnectionLoss, isRetriable } from './errors';
import { errorCode } from './protocol/errorCodes';

const backoff = { attempts: 4, baseMs: 100, maxMs: 1_000 };

/** Kafka calls these retriable too, but a topic that is unknown is the answer here, and a timeout leaves open what happened. */
const final: readonly (number | undefined)[] = [
  errorCode.UNKNOWN_TOPIC_OR_PARTITION,
  errorCode.UNKNOWN_TOPIC_ID,
  errorCode.REQUEST_TIMED_OUT,
];

const isPassing = (error: unknown): boolean => isRetriable(error) && !final.includes(brokerCodeOf(error));

/** Runs a question that changes nothing, again where the broker moves, restarts or is busy. */
export function ask<T>(work: () => Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  const again = (error: unknown): boolean => isPassing(error) || isConnectionLoss(error);
  return cancellable(retry(work, { ...backoff, signal, isRetriable: again }), signal);
}

/** Runs a change, again only where the broker said that it has not done it. */
export function change<T>(work: () => Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  return cancellable(retry(work, { ...backoff, signal, isRetriable: isPassing }), signal);
}

/**
 * Throws what a broker says about the one topic of a change, also where it says nothing.
 * @throws KAFKA_ERROR and what the code stands for
 */
export function throwRefused(
  api: string,
  topic: string,
  result: { readonly errorCode: number; readonly errorMessage: string | null } | undefined,
): void {
  if (result === undefined) {
    const message = `The broker's answer to ${api} says nothing of topic "${topic}".`;
    throw new KafkaManagerError('KAFKA_ERROR', message);
  }
  if (result.errorCode !== errorCode.NONE) {
    throw brokerError(result.errorCode, { api, topic, message: result.errorMessage });
  }
}

/** Longest wait in ms for the brokers to show what they have promised. */
const settleMs = 10_000;

/**
 * Waits until `isDone`: brokers answer a change before they have carried it out everywhere. The change itself stands,
 * so a wait that takes too long just ends.
 */
export async function settled(
  isDone: () => Promise<boolean>,
  signal: AbortSignal | undefined,
  withinMs = settleMs,
): Promise<void> {
  const end = Date.now() + withinMs;
  for (let pauseMs = 5; Date.now() < end; pauseMs = Math.min(pauseMs * 2, 200)) {
    if (await isDone()) return;
    await cancellable(delay(pauseMs), signal);
  }
}
