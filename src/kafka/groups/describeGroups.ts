import { KafkaManagerError } from '../../contract/errors';
import type { GroupAnswers, GroupDescription, GroupRef, GroupType } from '../../core/groupTypes';
import { brokerError } from '../errors';
import type { Api } from '../protocol/api';
import { errorCode } from '../protocol/errorCodes';
import { consumerGroupDescribe } from '../protocol/messages/consumerGroupDescribe';
import type { ConsumerGroupDescribeResponse } from '../protocol/messages/consumerGroupDescribe';
import { describeGroups as describeGroupsApi } from '../protocol/messages/describeGroups';
import { shareGroupDescribe } from '../protocol/messages/shareGroupDescribe';
import type {
  ShareGroupDescribeRequest,
  ShareGroupDescribeResponse,
} from '../protocol/messages/shareGroupDescribe';
import { assignmentReader } from './assignments';
import type { IdentifiedPartitions } from './assignments';
import { classicAssignment } from './classicAssignment';
import { askCoordinators } from './coordinators';
import type { GroupConnection, GroupQuestion } from './coordinators';

type GroupAnswer = readonly [id: string, answer: GroupDescription | KafkaManagerError];

/** A group that was asked for with another type's API: Kafka answers classic ones so with version 5 and before. */
const DEAD = 'Dead';

/**
 * Members and coordinators of groups. Each type has an API of its own: one of another type answers that there is no such
 * group, or that it is dead. Each group answers, or tells why not.
 */
export async function describeGroups(
  connection: GroupConnection,
  groups: readonly GroupRef[],
  signal?: AbortSignal,
): Promise<GroupAnswers<GroupDescription>> {
  const questions: Record<GroupType, GroupQuestion<GroupDescription>> = {
    classic: describeClassic(connection, signal),
    consumer: describeNewer(connection, 'consumer', signal),
    share: describeNewer(connection, 'share', signal),
    streams: notDescribed,
    unknown: notDescribed,
  };
  const answered = await Promise.all(
    Object.entries(questions).map(([type, question]) => {
      const ids = groups.filter((group) => group.type === type).map(({ id }) => id);
      return askCoordinators(connection, ids, question, signal);
    }),
  );
  return new Map(answered.flatMap((answers) => [...answers]));
}

function describeClassic(
  connection: GroupConnection,
  signal: AbortSignal | undefined,
): GroupQuestion<GroupDescription> {
  return async (coordinator, ids) => {
    const answer = await connection.call(coordinator, describeGroupsApi, { groups: ids }, { signal });
    return new Map(
      answer.groups.map((group): GroupAnswer => {
        const { groupId: id, groupState: state, protocolType, protocolData, errorMessage: message } = group;
        const code =
          group.errorCode === errorCode.NONE && state === DEAD
            ? errorCode.GROUP_ID_NOT_FOUND
            : group.errorCode;
        if (code !== errorCode.NONE)
          return [id, brokerError(code, { api: 'DescribeGroups', group: id, message })];
        const members = group.members.map((member) => ({
          id: member.memberId,
          instanceId: member.groupInstanceId,
          clientId: member.clientId,
          host: member.clientHost,
          assignment: protocolType === 'consumer' ? classicAssignment(member.memberAssignment) : undefined,
        }));
        return [
          id,
          { id, state, type: 'classic', protocolType, coordinator, assignor: protocolData, members },
        ];
      }),
    );
  };
}

/** Consumer groups of KIP-848 and share groups are described alike. */
function describeNewer(
  connection: GroupConnection,
  type: 'consumer' | 'share',
  signal: AbortSignal | undefined,
): GroupQuestion<GroupDescription> {
  const api: Api<ShareGroupDescribeRequest, ConsumerGroupDescribeResponse | ShareGroupDescribeResponse> =
    type === 'consumer' ? consumerGroupDescribe : shareGroupDescribe;
  return async (coordinator, ids) => {
    const answer = await connection.call(
      coordinator,
      api,
      { groupIds: ids, includeAuthorizedOperations: false },
      { signal },
    );
    const assigned = answer.groups.flatMap(({ members }): readonly IdentifiedPartitions[] =>
      members.flatMap(({ assignment }) => assignment.topicPartitions),
    );
    const read = await assignmentReader(connection, assigned, signal);
    return new Map(
      answer.groups.map((group): GroupAnswer => {
        const { groupId: id, groupState: state, assignorName: assignor, errorMessage: message } = group;
        if (group.errorCode !== errorCode.NONE)
          return [id, brokerError(group.errorCode, { api: api.name, group: id, message })];
        const members = group.members.map((member) => ({
          id: member.memberId,
          instanceId: 'instanceId' in member ? member.instanceId : null,
          clientId: member.clientId,
          host: member.clientHost,
          assignment: read(member.assignment.topicPartitions),
        }));
        return [id, { id, state, type, protocolType: type, coordinator, assignor, members }];
      }),
    );
  };
}

const notDescribed: GroupQuestion<GroupDescription> = (_broker, ids) =>
  Promise.resolve(
    new Map(
      ids.map((id) => [
        id,
        new KafkaManagerError('UNSUPPORTED_BY_BROKER', `Members of group "${id}" can not be shown.`, {
          remedy: 'Only members of classic, consumer and share groups can be shown.',
        }),
      ]),
    ),
  );
