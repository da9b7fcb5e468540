import { createLogger } from '../../../src/base/logger';
import { KafkaManagerError } from '../../../src/contract/errors';
import type { CommittedOffsets } from '../../../src/core/groupTypes';
import { KafkaConnection } from '../../../src/kafka/connection';
import { brokerError } from '../../../src/kafka/errors';
import { askCoordinators } from '../../../src/kafka/groups/coordinators';
import { createTopics } from '../../../src/kafka/protocol/messages/createTopics';
import { describeLogDirs } from '../../../src/kafka/protocol/messages/describeLogDirs';
import { offsetCommit } from '../../../src/kafka/protocol/messages/offsetCommit';
import { until } from '../until';

/** For a broker of many small topics: its index files would be 10 MB each, sparse but mapped. */
export const manyTopicsProperties: Readonly<Record<string, string>> = {
  'log.index.size.max.bytes': '4096',
  'log.segment.bytes': '1048576',
  'log.cleaner.dedupe.buffer.size': '4194304',
  'offsets.topic.num.partitions': '1',
};

/** KRaft takes 10,000 records at most for one operation. */
const perRequest = 1_000;

/**
 * Creates topics, 1,000 by a request, and waits until all their logs are there: the broker answers before. One node can
 * hold about 19,000 partitions with 20,000 open files.
 */
export async function createManyTopics(
  bootstrap: string,
  names: readonly string[],
  { partitions = 1 }: { readonly partitions?: number } = {},
): Promise<void> {
  const connection = await open(bootstrap);
  try {
    for (let first = 0; first < names.length; first += perRequest) {
      const topics = names.slice(first, first + perRequest).map((name) => ({
        name,
        numPartitions: partitions,
        replicationFactor: 1,
        assignments: [],
        configs: [],
      }));
      const answer = await connection.call(
        'controller',
        createTopics,
        { topics, timeoutMs: 60_000 },
        { timeoutMs: 90_000 },
      );
      const refused = answer.topics.find(({ errorCode }) => errorCode !== 0);
      if (refused) throw new Error(`${refused.name} was refused with code ${refused.errorCode}`);
    }
    const wanted = new Set(names);
    const logs = async (): Promise<number> => {
      const options = { timeoutMs: 60_000 };
      const { results } = await connection.call('any', describeLogDirs, { topics: null }, options);
      const there = results.flatMap(({ topics }) => topics).filter(({ name }) => wanted.has(name));
      return there.reduce((sum, topic) => sum + topic.partitions.length, 0);
    };
    await until(async () => (await logs()) >= names.length * partitions, {
      deadlineMs: 180_000,
      what: 'the logs of all topics',
      everyMs: 500,
    });
  } finally {
    connection.dispose();
  }
}

/** Makes groups without members by committing offsets for them, as an admin tool does (generation -1). */
export async function commitGroups(
  bootstrap: string,
  groups: ReadonlyMap<string, CommittedOffsets>,
): Promise<void> {
  const connection = await open(bootstrap);
  const commit = async (broker: number, groupId: string): Promise<KafkaManagerError | 'done'> => {
    const topics = [...groups.get(groupId)!].map(([name, offsets]) => ({
      name,
      partitions: [...offsets].map(([partitionIndex, committedOffset]) => ({
        partitionIndex,
        committedOffset,
        committedMetadata: '',
      })),
    }));
    const answer = await connection.call(broker, offsetCommit, { groupId, memberId: '', topics });
    const codes = answer.topics.flatMap(({ partitions }) => partitions.map(({ errorCode }) => errorCode));
    const refused = codes.find((code) => code !== 0);
    return refused === undefined ? 'done' : brokerError(refused, { api: 'OffsetCommit', group: groupId });
  };
  try {
    const question = async (broker: number, ids: readonly string[]) =>
      new Map(await Promise.all(ids.map(async (id) => [id, await commit(broker, id)] as const)));
    const answers = await askCoordinators(connection, [...groups.keys()], question, undefined);
    for (const answer of answers.values()) if (answer instanceof KafkaManagerError) throw answer;
  } finally {
    connection.dispose();
  }
}

function open(bootstrap: string): Promise<KafkaConnection> {
  return KafkaConnection.open({ bootstrap: [bootstrap] }, { logger: createLogger(() => {}) });
}
