import { KafkaManagerError, toManagerError } from '../contract/errors';
import type { Logger } from '../base/logger';
import { Turn } from '../core/turn';
import { ask } from './calls';
import type { KafkaConnection } from './connection';
import { brokerError } from './errors';
import { errorCode } from './protocol/errorCodes';
import { describeLogDirs } from './protocol/messages/describeLogDirs';
import type { DescribeLogDirsResult } from './protocol/messages/describeLogDirs';

/**
 * Bytes on disk per topic, counted at the leaders only. Brokers that do not answer are left out, so that one that is
 * down does not hide the sizes of all; it fails where none answers.
 */
export async function topicSizes(
  connection: KafkaConnection,
  logger: Logger,
  signal?: AbortSignal,
): Promise<ReadonlyMap<string, number>> {
  const { brokers } = await ask(() => connection.metadata([], { signal }), signal);
  // One broker leads all that it has.
  const leaders = brokers.length > 1 ? await leadersByTopic(connection, signal) : undefined;
  const turn = new Turn();
  const asked = await Promise.allSettled(brokers.map(({ nodeId }) => askBroker(connection, nodeId, signal)));
  const sizes = new Map<string, number>();
  let failure: unknown;
  for (const [i, outcome] of asked.entries()) {
    const broker = brokers[i]!.nodeId;
    if (outcome.status === 'rejected') {
      failure = outcome.reason;
      logger.warn(`log directories of broker ${broker} are not known`);
      continue;
    }
    for (const directory of outcome.value) {
      for (const { name, partitions } of directory.topics) {
        const led = partitions.filter(
          (p) => !p.isFutureKey && (!leaders || leaders.get(name)?.get(p.partitionIndex) === broker),
        );
        const size = led.reduce((sum, p) => sum + p.partitionSize, 0);
        if (led.length > 0) sizes.set(name, (sizes.get(name) ?? 0) + size);
        if (turn.isOverSoon()) await turn.pass();
      }
    }
  }
  if (failure !== undefined && asked.every(({ status }) => status === 'rejected')) {
    throw toManagerError(failure);
  }
  return sizes;
}

async function leadersByTopic(
  connection: KafkaConnection,
  signal: AbortSignal | undefined,
): Promise<ReadonlyMap<string, ReadonlyMap<number, number>>> {
  const { topics } = await ask(() => connection.metadata(null, { signal }), signal);
  const leaders = new Map<string, ReadonlyMap<number, number>>();
  const turn = new Turn();
  for (const { name, partitions } of topics) {
    if (name !== null) leaders.set(name, new Map(partitions.map((p) => [p.partitionIndex, p.leaderId])));
    if (turn.isOverSoon()) await turn.pass();
  }
  return leaders;
}

async function askBroker(
  connection: KafkaConnection,
  broker: number,
  signal: AbortSignal | undefined,
): Promise<readonly DescribeLogDirsResult[]> {
  const answer = await connection.call(broker, describeLogDirs, { topics: null }, { signal });
  if (answer.errorCode !== errorCode.NONE) throw brokerError(answer.errorCode, { api: 'DescribeLogDirs' });
  // Before version 3 there was no error for the whole: a user without the right got no directories at all.
  if (answer.results.length === 0) {
    throw new KafkaManagerError(
      'KAFKA_AUTHORIZATION_FAILED',
      `Broker ${broker} told none of its log directories.`,
    );
  }
  return answer.results;
}
