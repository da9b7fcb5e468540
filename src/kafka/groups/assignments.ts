import { metadata } from '../protocol/messages/metadata';
import type { GroupConnection } from './coordinators';

/** Partitions of a topic that is named by its id, and not by all brokers by its name too. */
export interface IdentifiedPartitions {
  readonly topicId: string;
  readonly topicName: string;
  readonly partitions: readonly number[];
}

/** First version of Metadata that is asked by topic ids, and has them all right (KIP-516, KAFKA-13264). */
const byId = 12;

/**
 * Reads assignments as partitions per topic. Topics that the answer left without a name are looked up by their ids, all
 * at once; those that are gone stay with their ids.
 */
export async function assignmentReader(
  connection: GroupConnection,
  all: readonly IdentifiedPartitions[],
  signal: AbortSignal | undefined,
): Promise<(assigned: readonly IdentifiedPartitions[]) => ReadonlyMap<string, readonly number[]>> {
  const names = new Map<string, string>();
  const ids = new Set(all.filter(({ topicName }) => topicName === '').map(({ topicId }) => topicId));
  if (ids.size > 0) {
    const topics = [...ids].map((topicId) => ({ topicId, name: null }));
    const request = { topics, allowAutoTopicCreation: false };
    const answer = await connection.call('any', metadata, request, { signal, minVersion: byId });
    for (const { topicId, name } of answer.topics) if (name) names.set(topicId, name);
  }
  return (assigned) =>
    new Map(
      assigned.map(({ topicId, topicName, partitions }) => [
        topicName || (names.get(topicId) ?? topicId),
        partitions,
      ]),
    );
}
