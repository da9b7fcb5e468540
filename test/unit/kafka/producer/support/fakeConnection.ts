import assert from 'node:assert/strict';
import { KafkaManagerError } from '../../../../../src/contract/errors';
import type { ErrorCode } from '../../../../../src/contract/errorTable';
import { connectionFailure } from '../../../../../src/kafka/connectionErrors';
import { brokerError } from '../../../../../src/kafka/errors';
import type { ProducerConnection } from '../../../../../src/kafka/producer/producerConnection';
import type { Api } from '../../../../../src/kafka/protocol/api';
import { errorCode } from '../../../../../src/kafka/protocol/errorCodes';
import { initProducerId } from '../../../../../src/kafka/protocol/messages/initProducerId';
import type {
  PartitionProduceResponse,
  ProduceRequest,
} from '../../../../../src/kafka/protocol/messages/produce';
import { FakeLog, seeBatch } from './fakeLog';
import type { SeenBatch } from './fakeLog';

/**
 * What becomes of a batch: an answer, a request that never arrives, an answer that gets lost, or the code of a leader that
 * has written it and then loses the partition or its disk.
 */
export type Reply =
  Partial<PartitionProduceResponse> | Error | 'lose answer' | { readonly writtenBut: number };

/** A cluster in memory: keeps logs as a broker does, answers by script, and remembers every request. */
export class FakeConnection implements ProducerConnection {
  readonly requests: {
    readonly leader: number;
    readonly acks: number;
    readonly batches: readonly SeenBatch[];
  }[] = [];
  /** Leader of each partition of each topic. */
  topics = new Map([['t', leaders(2)]]);
  /** Per batch; an error fails the whole request. Without an error code the batch goes to its log. */
  reply: (batch: SeenBatch, request: number) => Reply = () => ({});
  hold: Promise<void> | undefined;
  metadataErrors: Error[] = [];
  metadataHold: Promise<void> | undefined;
  metadataCalls = 0;
  ids = 0n;
  readonly #logs = new Map<string, FakeLog>();

  get batches(): SeenBatch[] {
    return this.requests.flatMap(({ batches }) => batches);
  }

  log(topic: string, partition: number): FakeLog {
    const key = `${topic}/${partition}`;
    const log = this.#logs.get(key) ?? new FakeLog();
    this.#logs.set(key, log);
    return log;
  }

  /** With its logs, and so with what they know of producers. */
  deleteTopic(topic: string): void {
    this.topics.delete(topic);
    for (const key of [...this.#logs.keys()]) if (key.startsWith(`${topic}/`)) this.#logs.delete(key);
  }

  async call<Request, Response>(
    leader: unknown,
    api: Api<Request, Response>,
    request: Request,
  ): Promise<Response> {
    if (api.key === initProducerId.key) {
      return { throttleTimeMs: 0, errorCode: 0, producerId: ++this.ids, producerEpoch: 0 } as Response;
    }
    const seen = this.#see(leader as number, request as ProduceRequest);
    const number = this.requests.length;
    await this.hold;
    const replies = seen.map((batch) => {
      const reply = this.reply(batch, number);
      if (reply instanceof Error) throw reply;
      return reply;
    });
    const answers = seen.map((batch, i) => this.#answer(batch, replies[i]!));
    if (replies.includes('lose answer')) throw lost();
    // One entry per topic, as a broker answers.
    const responses = [...new Set(seen.map(({ topic }) => topic))].map((name) => ({
      name,
      partitionResponses: answers.filter((_, i) => seen[i]!.topic === name),
    }));
    return { responses } as Response;
  }

  send<Request>(leader: unknown, _api: Api<Request, unknown>, request: Request): Promise<void> {
    this.#see(leader as number, request as ProduceRequest);
    return Promise.resolve();
  }

  async leaders(topic: string): Promise<ReadonlyMap<number, number>> {
    this.metadataCalls++;
    const error = this.metadataErrors.shift();
    const found = this.topics.get(topic);
    await this.metadataHold;
    if (error) throw error;
    if (!found) throw brokerError(errorCode.UNKNOWN_TOPIC_OR_PARTITION, { api: 'Metadata', topic });
    return new Map(found);
  }

  invalidate(): void {}

  #answer(batch: SeenBatch, reply: Exclude<Reply, Error>): PartitionProduceResponse {
    const log = this.log(batch.topic, batch.partition);
    if (reply !== 'lose answer' && 'writtenBut' in reply) {
      const { errorCode: refusal } = log.append(batch);
      return this.#answer(batch, { errorCode: refusal === errorCode.NONE ? reply.writtenBut : refusal });
    }
    const given = reply === 'lose answer' ? {} : reply;
    const written = (given.errorCode ?? 0) === 0 ? log.append(batch) : { errorCode: 0, baseOffset: -1 };
    const rest = { index: batch.partition, logAppendTimeMs: -1, recordErrors: [] };
    return { ...rest, ...written, ...given } as PartitionProduceResponse;
  }

  #see(leader: number, { acks, topicData }: ProduceRequest): SeenBatch[] {
    const batches = topicData.flatMap(({ name, partitionData }) =>
      partitionData.map(({ index, records }) => seeBatch(name, index, Buffer.from(records!))),
    );
    this.requests.push({ leader, acks, batches });
    return batches;
  }
}

/** Partitions from 0 on that broker 1 leads. */
export function leaders(partitions: number): Map<number, number> {
  return new Map(Array.from({ length: partitions }, (_, i) => [i, 1]));
}

export const lost = (): Error => connectionFailure('closed', { host: 'h', port: 1 }, 'The connection broke.');

export const refused = (): Error => connectionFailure('refused', { host: 'h', port: 1 }, 'Refused.');

/** What no later try will mend. */
export const forbidden = (topic = 't'): Error =>
  brokerError(errorCode.TOPIC_AUTHORIZATION_FAILED, { api: 'Metadata', topic });

export async function rejectsWith(promise: Promise<unknown>, code: ErrorCode): Promise<void> {
  await assert.rejects(promise, (error) => {
    assert.ok(error instanceof KafkaManagerError, String(error));
    assert.equal(error.code, code, error.message);
    return true;
  });
}
