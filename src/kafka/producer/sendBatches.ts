import { KafkaManagerError } from '../../contract/errors';
import type { KafkaConnection } from '../connection';
import { produce } from '../protocol/messages/produce';
import type { PartitionProduceResponse, ProduceRequest } from '../protocol/messages/produce';
import type { Lane } from './lane';
import type { ProducerIdentity } from './producerIdentity';

/** How long the broker may wait for its replicas, and we for its answer, before the request is repeated, in ms. */
const ACK_TIMEOUT_MS = 10_000;
const ANSWER_TIMEOUT_MS = 15_000;

/** What became of the batch of one lane. */
export type BatchAnswer =
  | { readonly answer: PartitionProduceResponse }
  | { readonly lost: unknown }
  /** It went out, and no answer is wanted (acks 0). */
  | { readonly unacknowledged: true };

/** Sends the current batches of lanes in one Produce request to the broker that leads them. Never rejects. */
export async function sendBatches(
  connection: Pick<KafkaConnection, 'call' | 'send'>,
  leader: number,
  lanes: readonly Lane[],
  { transactionalId, maxProduceVersion }: ProducerIdentity,
): Promise<(lane: Lane) => BatchAnswer> {
  const { acks } = lanes[0]!;
  const request: ProduceRequest = {
    transactionalId,
    acks,
    timeoutMs: ACK_TIMEOUT_MS,
    topicData: topicData(lanes),
  };
  const options = {
    timeoutMs: ANSWER_TIMEOUT_MS,
    ...(maxProduceVersion === undefined ? {} : { maxVersion: maxProduceVersion }),
  };
  try {
    if (acks === 0) {
      await connection.send(leader, produce, request, options);
      return () => ({ unacknowledged: true });
    }
    const { responses } = await connection.call(leader, produce, request, options);
    const topics = new Map(
      responses.map(({ name, partitionResponses }) => [
        name,
        new Map(partitionResponses.map((one) => [one.index, one] as const)),
      ]),
    );
    return (lane) => {
      const answer = topics.get(lane.topic)?.get(lane.partition);
      return answer ? { answer } : { lost: leftOut(lane) };
    };
  } catch (error) {
    return () => ({ lost: error });
  }
}

function topicData(lanes: readonly Lane[]): ProduceRequest['topicData'] {
  const topics = new Map<string, { index: number; records: Buffer }[]>();
  for (const { topic, partition, current } of lanes) {
    const partitions = topics.get(topic) ?? [];
    partitions.push({ index: partition, records: current!.bytes });
    topics.set(topic, partitions);
  }
  return [...topics].map(([name, partitionData]) => ({ name, partitionData }));
}

function leftOut({ topic, partition }: Lane): KafkaManagerError {
  return new KafkaManagerError(
    'KAFKA_ERROR',
    `The answer leaves out partition ${partition} of topic "${topic}".`,
  );
}
