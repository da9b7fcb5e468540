import type { KafkaManagerError } from '../../contract/errors';
import type { CommittedOffsets, GroupAnswers, GroupRef } from '../../core/groupTypes';
import { Turn } from '../../core/turn';
import { brokerError } from '../errors';
import { errorCode } from '../protocol/errorCodes';
import { describeShareGroupOffsets } from '../protocol/messages/describeShareGroupOffsets';
import { offsetFetch } from '../protocol/messages/offsetFetch';
import { askCoordinators } from './coordinators';
import type { GroupConnection, GroupQuestion } from './coordinators';

/** First version that asks for several groups at once (KIP-709). */
const manyGroups = 8;
/** First version that answers for all topics of a group. */
const allTopics = 2;

/**
 * Committed offsets of groups, and start offsets of share groups, in slices by coordinator. Partitions without one are
 * absent. Each group answers, or tells why not.
 */
export async function groupOffsets(
  connection: GroupConnection,
  groups: readonly GroupRef[],
  signal?: AbortSignal,
): Promise<GroupAnswers<CommittedOffsets>> {
  const isShare = ({ type }: GroupRef): boolean => type === 'share';
  const idsOf = (refs: readonly GroupRef[]): string[] => refs.map(({ id }) => id);
  const isBatched = connection.supports(offsetFetch, manyGroups);
  const committed = (isBatched ? offsetsOfMany : offsetsOfEach)(connection, signal);
  const [others, shares] = await Promise.all([
    askCoordinators(connection, idsOf(groups.filter((group) => !isShare(group))), committed, signal),
    askCoordinators(connection, idsOf(groups.filter(isShare)), startOffsets(connection, signal), signal),
  ]);
  return new Map([...others, ...shares]);
}

function offsetsOfMany(
  connection: GroupConnection,
  signal: AbortSignal | undefined,
): GroupQuestion<CommittedOffsets> {
  return async (broker, ids) => {
    const request = { groupId: '', topics: [], groups: ids.map((groupId) => ({ groupId, topics: null })) };
    const answer = await connection.call(broker, offsetFetch, request, { signal, minVersion: manyGroups });
    const answers = new Map<string, CommittedOffsets | KafkaManagerError>();
    const turn = new Turn();
    for (const { groupId, errorCode: code, topics } of answer.groups) {
      answers.set(
        groupId,
        code === errorCode.NONE
          ? offsetsByTopic(topics)
          : brokerError(code, { api: 'OffsetFetch', group: groupId }),
      );
      if (turn.isOver) await turn.pass();
    }
    return answers;
  };
}

/** For brokers before Kafka 3.0, which answer for one group at a time. */
function offsetsOfEach(
  connection: GroupConnection,
  signal: AbortSignal | undefined,
): GroupQuestion<CommittedOffsets> {
  return async (broker, ids) => {
    const answers = new Map<string, CommittedOffsets | KafkaManagerError>();
    const options = { signal, minVersion: allTopics, maxVersion: manyGroups - 1 };
    for (const groupId of ids) {
      const request = { groupId, topics: null, groups: [] };
      const { errorCode: code, topics } = await connection.call(broker, offsetFetch, request, options);
      answers.set(
        groupId,
        code === errorCode.NONE
          ? offsetsByTopic(topics)
          : brokerError(code, { api: 'OffsetFetch', group: groupId }),
      );
    }
    return answers;
  };
}

/** Share groups commit nothing: what is before the start offset is done (KIP-932). */
function startOffsets(
  connection: GroupConnection,
  signal: AbortSignal | undefined,
): GroupQuestion<CommittedOffsets> {
  return async (broker, ids) => {
    const request = { groups: ids.map((groupId) => ({ groupId, topics: null })) };
    const answer = await connection.call(broker, describeShareGroupOffsets, request, { signal });
    return new Map(
      answer.groups.map(({ groupId, errorCode: code, errorMessage: message, topics }) => [
        groupId,
        code === errorCode.NONE
          ? offsetsByTopic(
              topics.map(({ topicName, partitions }) => ({
                name: topicName,
                partitions: partitions.map((p) => ({ ...p, committedOffset: p.startOffset })),
              })),
            )
          : brokerError(code, { api: 'DescribeShareGroupOffsets', group: groupId, message }),
      ]),
    );
  };
}

interface AnsweredTopic {
  readonly name: string;
  readonly partitions: readonly {
    readonly partitionIndex: number;
    readonly committedOffset: number;
    readonly errorCode: number;
  }[];
}

/** -1 stands for no offset. */
function offsetsByTopic(topics: readonly AnsweredTopic[]): CommittedOffsets {
  const offsets = new Map<string, Map<number, number>>();
  for (const { name, partitions } of topics) {
    const known = new Map<number, number>();
    for (const one of partitions) {
      if (one.errorCode === errorCode.NONE && one.committedOffset >= 0)
        known.set(one.partitionIndex, one.committedOffset);
    }
    if (known.size > 0) offsets.set(name, known);
  }
  return offsets;
}
