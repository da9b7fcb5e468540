import { type KafkaManagerError, toManagerError } from '../../contract/errors';
import type { GroupListing, GroupSummary, GroupType } from '../../core/groupTypes';
import { sortedInTurns } from '../../core/sortedInTurns';
import { Turn } from '../../core/turn';
import { ask } from '../calls';
import type { KafkaConnection } from '../connection';
import { brokerError } from '../errors';
import { errorCode } from '../protocol/errorCodes';
import { listGroups as listGroupsApi } from '../protocol/messages/listGroups';

/** What listing needs of a connection. */
type ListConnection = Pick<KafkaConnection, 'call' | 'metadata'>;

const types: readonly string[] = ['classic', 'consumer', 'share', 'streams'] satisfies GroupType[];

/**
 * The groups of all brokers, sorted by id: each broker lists those that it coordinates. A broker that does not answer is
 * told of beside the groups of the others; it fails where none answers.
 */
export async function listGroups(connection: ListConnection, signal?: AbortSignal): Promise<GroupListing> {
  const { brokers } = await ask(() => connection.metadata([], { signal }), signal);
  const groups: GroupSummary[] = [];
  const failures = new Map<number, KafkaManagerError>();
  await Promise.all(
    brokers.map(async ({ nodeId }) => {
      try {
        for (const group of await groupsOf(connection, nodeId, signal)) groups.push(group);
      } catch (error) {
        signal?.throwIfAborted();
        failures.set(nodeId, toManagerError(error));
      }
    }),
  );
  const [failure] = failures.values();
  if (failure && failures.size === brokers.length) throw failure;
  await new Turn().pass();
  return { groups: await sortedInTurns(groups, ({ id }) => id), failures };
}

function groupsOf(
  connection: ListConnection,
  broker: number,
  signal: AbortSignal | undefined,
): Promise<readonly GroupSummary[]> {
  return ask(async () => {
    const answer = await connection.call(broker, listGroupsApi, {}, { signal });
    if (answer.errorCode !== errorCode.NONE) throw brokerError(answer.errorCode, { api: 'ListGroups' });
    const groups: GroupSummary[] = [];
    const turn = new Turn();
    for (const { groupId, groupState, groupType, protocolType } of answer.groups) {
      groups.push({ id: groupId, state: groupState || 'Unknown', type: typeOf(groupType), protocolType });
      if (turn.isOverSoon()) await turn.pass();
    }
    return groups;
  }, signal);
}

/** Brokers write types as they like: "Classic" or "classic". Those before Kafka 3.8 have classic groups only. */
function typeOf(text: string): GroupType {
  const lower = text.toLowerCase();
  if (lower === '') return 'classic';
  return types.includes(lower) ? (lower as GroupType) : 'unknown';
}
