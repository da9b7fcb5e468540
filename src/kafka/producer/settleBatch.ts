import { backoffMs } from '../../base/retry';
import { KafkaManagerError } from '../../contract/errors';
import { failureOf } from '../connectionErrors';
import { brokerCodeOf, brokerError, isConnectionLoss, isRetriable } from '../errors';
import { errorCode, errorName, isRetriableCode } from '../protocol/errorCodes';
import type { PartitionProduceResponse } from '../protocol/messages/produce';
import type { Lane } from './lane';
import type { ProducerIdentity } from './producerIdentity';
import { outcomeUnknown, tooLarge } from './recordErrors';
import type { BatchAnswer } from './sendBatches';

/** What the answer for a batch asks of the producer, beyond the batch itself. */
export type Aftermath = 'none' | 'refresh';

const backoff = { baseMs: 50, maxMs: 1_000 };

/**
 * The leader may have written the batch: it can't say that it will stay, or its disk has failed, before or after.
 */
const MAYBE_WRITTEN: readonly number[] = [
  errorCode.REQUEST_TIMED_OUT,
  errorCode.NOT_ENOUGH_REPLICAS_AFTER_APPEND,
  errorCode.KAFKA_STORAGE_ERROR,
];
/**
 * Under acks -1 a leader answers these before it has written the batch, or when it loses the partition while it waits for
 * its replicas (DelayedProduce of Apache Kafka): the next leader may have the batch then. Under acks 1 it answers right
 * after its own write, so that these mean none.
 */
const LEADERSHIP_LOST: readonly number[] = [
  errorCode.NOT_LEADER_OR_FOLLOWER,
  errorCode.UNKNOWN_TOPIC_OR_PARTITION,
];
const TOO_LARGE: readonly number[] = [errorCode.MESSAGE_TOO_LARGE, errorCode.RECORD_LIST_TOO_LARGE];
const INVALID: readonly number[] = [errorCode.INVALID_RECORD, errorCode.INVALID_TIMESTAMP];
/** The broker does not know the producer id any more, or counts otherwise than we do. */
const IDENTITY_LOST: readonly number[] = [
  errorCode.OUT_OF_ORDER_SEQUENCE_NUMBER,
  errorCode.UNKNOWN_PRODUCER_ID,
  errorCode.INVALID_PRODUCER_ID_MAPPING,
  errorCode.INVALID_PRODUCER_EPOCH,
];
/** Kinds of failure that come before anything was sent. */
const NOT_SENT: readonly (string | undefined)[] = ['refused', 'unresolved', 'unreachable'];

/** Whether an error of a question (Metadata, InitProducerId, finding a broker) may be gone on the next try. */
export function isPassing(error: unknown): boolean {
  // Java's client calls the second one final, but a single broker that restarts is just that for a moment.
  return (
    isRetriable(error) || brokerCodeOf(error) === errorCode.BROKER_NOT_AVAILABLE || isConnectionLoss(error)
  );
}

/** Settles the current batch of a lane: it is written, refused, or stays to be repeated. */
export function settle(lane: Lane, outcome: BatchAnswer, identity: ProducerIdentity): Aftermath {
  if ('answer' in outcome) return settleAnswer(lane, outcome.answer, identity);
  if ('lost' in outcome) return settleLoss(lane, outcome.lost, identity);
  lane.succeed(-1, -1);
  return 'none';
}

function settleAnswer(lane: Lane, answer: PartitionProduceResponse, identity: ProducerIdentity): Aftermath {
  const batch = lane.current!;
  const { errorCode: code } = answer;
  if (code === errorCode.NONE || code === errorCode.DUPLICATE_SEQUENCE_NUMBER) {
    lane.succeed(answer.baseOffset, answer.logAppendTimeMs);
    return 'none';
  }
  const { topic, partition } = lane;
  const error = brokerError(code, { api: 'Produce', topic, partition, message: answer.errorMessage });
  if (TOO_LARGE.includes(code) && !batch.uncertain) {
    if (batch.count > 1) lane.reopen(2);
    else lane.fail(tooLarge(topic, batch.bytes.length, error), false);
    return 'none';
  }
  if (INVALID.includes(code) && !batch.uncertain && batch.count > 1) {
    const records = batch.members.flatMap((member) => member.apart());
    // One bad record must not fail those of other callers that happen to share its batch (KIP-467).
    const invalid = answer.recordErrors.filter(({ batchIndex }) => batchIndex in records);
    for (const { batchIndex, batchIndexErrorMessage } of invalid) {
      const message = batchIndexErrorMessage ?? answer.errorMessage;
      records[batchIndex]!.fail(brokerError(code, { api: 'Produce', topic, partition, message }), false);
    }
    lane.reopen(invalid.length > 0 ? 1 : 2);
    return 'none';
  }
  if (lane.idempotent && IDENTITY_LOST.includes(code)) {
    identity.lose(batch.identity, error);
    if (batch.uncertain || lane.renewals >= 3) abandon(lane, errorName(code), error, identity);
    else lane.renew();
    return 'none';
  }
  if (MAYBE_WRITTEN.includes(code) || (lane.acks === -1 && LEADERSHIP_LOST.includes(code)))
    return repeatUncertain(lane, errorName(code), error, identity);
  if (isRetriableCode(code)) return repeat(lane, error);
  if (batch.uncertain) abandon(lane, errorName(code), error, identity);
  else lane.fail(error, false);
  return 'none';
}

/** No answer came: was it sent, and may it be repeated? */
function settleLoss(lane: Lane, error: unknown, identity: ProducerIdentity): Aftermath {
  // A broker's code in an error is not the answer to Produce, but to the Metadata before it.
  if (NOT_SENT.includes(failureOf(error)) || (brokerCodeOf(error) !== undefined && isPassing(error))) {
    return repeat(lane, error as Error);
  }
  const failure = error instanceof Error ? error : new Error(String(error));
  lane.current!.isAstray = true;
  if (isConnectionLoss(error)) return repeatUncertain(lane, 'The connection broke', failure, identity);
  if (failure instanceof KafkaManagerError && failure.code === 'KAFKA_ERROR') {
    return repeatUncertain(lane, 'The answer could not be read', failure, identity);
  }
  // TLS, login, a version that the broker lacks: nothing was sent.
  if (lane.current!.uncertain) abandon(lane, failure.message, failure, identity);
  else lane.fail(failure, false);
  return 'none';
}

/** Nobody waits for the current batch any more: it is not sent again. */
export function letGo(lane: Lane, identity: ProducerIdentity): void {
  abandon(lane, 'Given up', lane.current!.refusal, identity);
}

/** Ends everything on a lane that has no batch in flight. */
export function endLane(lane: Lane, error: Error, identity: ProducerIdentity): void {
  const batch = lane.current;
  if (batch && isGone(error) && !batch.isAstray) {
    // Should it have been written, it has gone with its log.
    if (batch.uncertain) identity.lose(batch.identity, error);
    lane.fail(error, false);
  } else if (batch) {
    abandon(lane, error.message.replace(/\.$/, ''), error, identity);
  }
  lane.failQueue(error);
}

function isGone(error: Error): boolean {
  return (
    error instanceof KafkaManagerError &&
    (error.code === 'TOPIC_NOT_FOUND' || error.code === 'PARTITION_NOT_FOUND')
  );
}

function repeat(lane: Lane, refusal: Error): Aftermath {
  lane.current!.refusal = refusal;
  lane.notBefore = performance.now() + backoffMs(lane.attempts++, backoff);
  lane.obstruct(refusal);
  return 'refresh';
}

/**
 * Only the sequence number of an idempotent batch lets the broker see that it has it already: any other ends here, also
 * where a leader has merely moved.
 */
function repeatUncertain(lane: Lane, what: string, error: Error, identity: ProducerIdentity): Aftermath {
  lane.current!.uncertain = true;
  if (lane.idempotent) return repeat(lane, error);
  abandon(lane, what, error, identity);
  return 'refresh';
}

/**
 * Ends a batch that may or may not be written. Its sequence numbers may be used or not, so the next batch of the lane
 * must come under another producer id.
 */
function abandon(lane: Lane, what: string, error: Error | undefined, identity: ProducerIdentity): void {
  const batch = lane.current!;
  if (lane.idempotent && batch.uncertain) identity.lose(batch.identity, error);
  if (batch.uncertain) lane.fail(outcomeUnknown(what, lane.topic, error), true);
  else lane.fail(error ?? new Error(what), false);
}
