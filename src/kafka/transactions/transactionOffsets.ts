import { KafkaManagerError } from '../../contract/errors';
import { brokerError, isRetriable } from '../errors';
import type { ProducerId } from '../producer/producerIdentity';
import { errorCode } from '../protocol/errorCodes';
import type { TxnOffsetCommitRequest, TxnOffsetCommitResponse } from '../protocol/messages/txnOffsetCommit';

/** Partition to next offset, per topic. */
export type GroupOffsets = ReadonlyMap<string, ReadonlyMap<number, number>>;

/**
 * Brokers store any number without a word: -5 and numbers beyond the end as well.
 * @throws KafkaManagerError VALIDATION_ERROR for what no group, partition or offset can be
 */
export function checkOffsets(groupId: string, offsets: GroupOffsets): void {
  if (groupId === '') throw invalid('groupId', 'The consumer group must have a name.');
  for (const [topic, partitions] of offsets) {
    for (const [partition, offset] of partitions) {
      if (!Number.isSafeInteger(partition) || partition < 0) {
        throw invalid('partition', `${partition} is no partition of topic "${topic}".`);
      }
      if (!Number.isSafeInteger(offset) || offset < 0) {
        throw invalid('offset', `${offset} is no offset of topic "${topic}", partition ${partition}.`);
      }
    }
  }
}

/** The request for offsets of somebody who is no member of the group: generation -1. */
export function offsetsRequest(
  transactionalId: string,
  { producerId, producerEpoch }: ProducerId,
  groupId: string,
  offsets: GroupOffsets,
): TxnOffsetCommitRequest {
  const topics = [...offsets].map(([name, partitions]) => ({
    name,
    partitions: [...partitions].map(([partitionIndex, committedOffset]) => ({
      partitionIndex,
      committedOffset,
      committedMetadata: '',
    })),
  }));
  return { transactionalId, groupId, producerId, producerEpoch, topics };
}

/** What an answer refuses: what no repetition will mend goes first. */
export function offsetsError(answer: TxnOffsetCommitResponse): KafkaManagerError | undefined {
  const errors = answer.topics.flatMap(({ name: topic, partitions }) =>
    partitions
      .filter(({ errorCode: code }) => code !== errorCode.NONE)
      .map(({ partitionIndex: partition, errorCode: code }) =>
        brokerError(code, { api: 'TxnOffsetCommit', topic, partition }),
      ),
  );
  return errors.find((error) => !isRetriable(error)) ?? errors[0];
}

function invalid(field: string, message: string): KafkaManagerError {
  return new KafkaManagerError('VALIDATION_ERROR', message, { details: { field } });
}
