import { KafkaManagerError } from '../contract/errors';
import { change } from './calls';
import type { KafkaConnection } from './connection';
import { brokerError } from './errors';
import { byLeader, partitionOffsets } from './offsets';
import { errorCode } from './protocol/errorCodes';
import { deleteRecords as deleteRecordsApi } from './protocol/messages/deleteRecords';

const brokerMs = 20_000;
const answerMs = brokerMs + 5_000;

/** Stands for the end of the partition. */
const toTheEnd = -1;

/**
 * Deletes the records before an offset of each partition, -1 for all of them. Answers the new beginnings.
 * @throws OFFSET_OUT_OF_RANGE, PARTITION_NOT_FOUND before anything is deleted; POLICY_VIOLATION on compacted topics
 */
export async function deleteRecords(
  connection: KafkaConnection,
  topic: string,
  before: ReadonlyMap<number, number>,
  signal?: AbortSignal,
): Promise<ReadonlyMap<number, number>> {
  const current = await partitionOffsets(connection, topic, [...before.keys()], signal);
  for (const { partition, beginning, end } of current) {
    const offset = before.get(partition)!;
    if (offset === toTheEnd || (Number.isSafeInteger(offset) && offset >= 0 && offset <= end)) continue;
    throw new KafkaManagerError(
      'OFFSET_OUT_OF_RANGE',
      `Partition ${partition} of topic "${topic}" goes from ${beginning} to ${end}; there is no offset ${offset} in it.`,
      { details: { topic, partition, beginning, end, offset } },
    );
  }
  const beginnings = new Map(current.map(({ partition, beginning }) => [partition, beginning]));
  // What begins there already needs no asking: Kafka does nothing then, the playground broker would refuse it.
  const wanted = [...before]
    .filter(([p, at]) => at === toTheEnd || at > (beginnings.get(p) ?? 0))
    .map(([p]) => p);
  await change(async () => {
    const leaders = await connection.leaders(topic, signal);
    for (const [leader, partitions] of byLeader(topic, leaders, wanted)) {
      const asked = partitions.map((partitionIndex) => ({
        partitionIndex,
        offset: before.get(partitionIndex)!,
      }));
      const answer = await connection.call(
        leader,
        deleteRecordsApi,
        { topics: [{ name: topic, partitions: asked }], timeoutMs: brokerMs },
        { timeoutMs: answerMs, signal },
      );
      for (const p of answer.topics[0]?.partitions ?? []) {
        if (p.errorCode === errorCode.NONE) {
          beginnings.set(p.partitionIndex, p.lowWatermark);
          continue;
        }
        connection.invalidate(topic);
        throw refused(p.errorCode, topic, p.partitionIndex);
      }
    }
  }, signal);
  return beginnings;
}

function refused(code: number, topic: string, partition: number): KafkaManagerError {
  const message =
    code === errorCode.POLICY_VIOLATION
      ? 'records can be deleted only where cleanup.policy contains "delete", and this topic is compacted'
      : null;
  return brokerError(code, { api: 'DeleteRecords', topic, partition, message });
}
