import assert from 'node:assert/strict';
import { KafkaManagerError } from '../../../../src/contract/errors';
import type { FetchOptions } from '../../../../src/core/scan/recordSource';
import type { TopicLeaders } from '../../../../src/kafka/connection';
import { brokerError } from '../../../../src/kafka/errors';
import type { Api } from '../../../../src/kafka/protocol/api';
import { errorCode } from '../../../../src/kafka/protocol/errorCodes';
import { fetch } from '../../../../src/kafka/protocol/messages/fetch';
import type { FetchRequest, PartitionData } from '../../../../src/kafka/protocol/messages/fetch';
import type { ListOffsetsRequest } from '../../../../src/kafka/protocol/messages/listOffsets';
import { BatchBuilder } from '../../../../src/kafka/records/batchBuilder';
import { FetchSource } from '../../../../src/kafka/source/fetchSource';
import type { SourceConnection } from '../../../../src/kafka/source/listedOffsets';

const OPTIONS: FetchOptions = {
  isolation: 'read_committed',
  maxBytesPerPartition: 1000,
  maxWaitMs: 10,
  minBytes: 1,
};

function batchAt(offset: number, count = 1): Buffer {
  const builder = new BatchBuilder(10_000);
  for (let i = 0; i < count; i++)
    builder.add({ key: null, value: Buffer.from(String(offset + i)), timestamp: 1 });
  const bytes = builder.finish();
  bytes.writeBigInt64BE(BigInt(offset), 0);
  return bytes;
}

/** Brokers in memory, answering by script. */
class FakeConnection implements SourceConnection {
  leadersOf = new Map<number, number>([
    [0, 1],
    [1, 1],
    [2, 1],
  ]);
  topicId: string | undefined = 'id of t';
  readonly asked: { readonly leader: number; readonly partitions: number[]; readonly maxBytes: number }[] =
    [];
  /** How long the next answers to Fetch want to be left alone, in ms. */
  readonly throttles: number[] = [];
  invalidated = 0;
  disposed = false;
  answer: (partition: number, offset: number, leader: number) => Partial<PartitionData> | Error = () => ({});
  listed: (partition: number, timestamp: number) => number = () => 0;

  call<Request, Response>(leader: unknown, api: Api<Request, Response>, request: Request): Promise<Response> {
    return Promise.resolve().then(() =>
      api.key === fetch.key
        ? (this.#fetch(leader as number, request as FetchRequest) as Response)
        : (this.#list(request as ListOffsetsRequest) as Response),
    );
  }

  async leaders(topic: string): Promise<ReadonlyMap<number, number>> {
    return (await this.topicLeaders(topic)).byPartition;
  }

  topicLeaders(topic: string): Promise<TopicLeaders> {
    return topic === 't'
      ? Promise.resolve({ topicId: this.topicId, byPartition: this.leadersOf })
      : Promise.reject(brokerError(errorCode.UNKNOWN_TOPIC_OR_PARTITION, { api: 'Metadata', topic }));
  }

  invalidate(): void {
    this.invalidated++;
  }

  dispose(): void {
    this.disposed = true;
  }

  #fetch(leader: number, { topics, maxBytes }: FetchRequest): unknown {
    const { topic, partitions } = topics[0]!;
    this.asked.push({
      leader,
      partitions: partitions.map(({ partition }) => partition),
      maxBytes: maxBytes!,
    });
    const data = partitions.map(({ partition, fetchOffset }) => {
      const answer = this.answer(partition, fetchOffset, leader);
      if (answer instanceof Error) throw answer;
      const ends = { highWatermark: 100, lastStableOffset: 100, logStartOffset: 0 };
      return {
        partitionIndex: partition,
        errorCode: 0,
        ...ends,
        abortedTransactions: null,
        records: null,
        ...answer,
      };
    });
    return {
      errorCode: 0,
      throttleTimeMs: this.throttles.shift() ?? 0,
      responses: [{ topic, partitions: data }],
    };
  }

  #list({ topics }: ListOffsetsRequest): unknown {
    const partitions = topics[0]!.partitions.map(({ partitionIndex, timestamp }) => ({
      partitionIndex,
      errorCode: 0,
      offset: this.listed(partitionIndex, timestamp),
    }));
    return { topics: [{ name: topics[0]!.name, partitions }] };
  }
}

const at = (...offsets: number[]) => offsets.map((offset, partition) => ({ partition, offset }));

describe('FetchSource', () => {
  let connection: FakeConnection;
  let source: FetchSource;

  beforeEach(() => {
    connection = new FakeConnection();
    source = new FetchSource(connection);
  });

  it('asks the leaders in parallel and gives only partitions that brought something', async () => {
    connection.leadersOf = new Map([
      [0, 1],
      [1, 2],
      [2, 1],
    ]);
    connection.answer = (partition, offset) => (partition === 2 ? {} : { records: batchAt(offset, 3) });
    const fetched = await source.fetch('t', at(5, 6, 7), OPTIONS);
    assert.deepEqual(
      connection.asked.map(({ leader, partitions }) => [leader, partitions]),
      [
        [1, [0, 2]],
        [2, [1]],
      ],
    );
    assert.deepEqual(
      fetched.map(({ partition, nextOffset }) => [partition, nextOffset]),
      [
        [0, 8],
        [1, 9],
      ],
    );
  });

  it('waits where a quota is used up, and then asks again', async () => {
    connection.throttles.push(30, 0);
    connection.answer = (_, offset) => (connection.asked.length > 1 ? { records: batchAt(offset) } : {});
    const fetched = await source.fetch('t', at(5), OPTIONS);
    assert.equal(connection.asked.length, 2);
    assert.equal(fetched[0]!.nextOffset, 6);
  });

  it('lets the partition that waited longest come first', async () => {
    connection.answer = (partition, offset) => {
      const first = connection.asked.at(-1)!.partitions[0];
      return partition === first ? { records: batchAt(offset) } : {};
    };
    for (let i = 0; i < 6; i++) await source.fetch('t', at(0, 0, 0), OPTIONS);
    assert.deepEqual(
      connection.asked.map(({ partitions }) => partitions[0]),
      [0, 1, 2, 0, 1, 2],
    );
  });

  it('finds a leader that moved again', async () => {
    connection.answer = (_, offset, leader) => {
      connection.leadersOf = new Map([[0, 7]]);
      return leader === 1 ? { errorCode: errorCode.NOT_LEADER_OR_FOLLOWER } : { records: batchAt(offset) };
    };
    const [fetched] = await source.fetch('t', at(3), OPTIONS);
    assert.equal(fetched!.nextOffset, 4);
    assert.deepEqual(
      connection.asked.map(({ leader }) => leader),
      [1, 7],
    );
    assert.equal(connection.invalidated, 1);
  });

  it('keeps what the others brought when one partition or broker fails', async () => {
    connection.leadersOf = new Map([
      [0, 1],
      [1, 2],
      [2, 1],
    ]);
    connection.answer = (partition, offset, leader) => {
      if (leader === 2) return new KafkaManagerError('KAFKA_CONNECTION_ERROR');
      return partition === 0 ? { errorCode: errorCode.UNKNOWN_SERVER_ERROR } : { records: batchAt(offset) };
    };
    const fetched = await source.fetch('t', at(0, 0, 0), OPTIONS);
    assert.deepEqual(
      fetched.map(({ partition }) => partition),
      [2],
    );
  });

  it('fails where nothing else came, and does not ask again for what will not pass', async () => {
    connection.answer = () => ({ errorCode: errorCode.TOPIC_AUTHORIZATION_FAILED });
    await assert.rejects(source.fetch('t', at(0), OPTIONS), { code: 'KAFKA_AUTHORIZATION_FAILED' });
    assert.equal(connection.asked.length, 1);
    await assert.rejects(source.fetch('unknown', at(0), OPTIONS), { code: 'TOPIC_NOT_FOUND' });
    await assert.rejects(source.fetch('t', [{ partition: 9, offset: 0 }], OPTIONS), {
      code: 'PARTITION_NOT_FOUND',
    });
  });

  it('asks where a partition begins and ends when the offset lies outside', async () => {
    connection.answer = () => ({ errorCode: errorCode.OFFSET_OUT_OF_RANGE, logStartOffset: -1 });
    connection.listed = (_, timestamp) => (timestamp === -2 ? 10 : 20);
    const [fetched] = await source.fetch('t', at(3), OPTIONS);
    assert.equal(fetched!.outOfRange, true);
    assert.deepEqual([fetched!.nextOffset, fetched!.logStartOffset, fetched!.highWatermark], [3, 10, 20]);
  });

  it('tells once of each partition that its topic was made anew, and reads on in the new one', async () => {
    connection.answer = (_, offset) => ({ records: batchAt(offset) });
    connection.listed = (_, timestamp) => (timestamp === -2 ? 0 : 20);
    await source.fetch('t', at(3, 3), OPTIONS);
    const known = connection.topicId;
    connection.answer = () => {
      connection.topicId = 'id of another t';
      connection.answer = (_, offset) => ({ records: batchAt(offset) });
      return { errorCode: errorCode.UNKNOWN_TOPIC_ID };
    };
    const first = await source.fetch('t', at(4), OPTIONS);
    assert.notEqual(connection.topicId, known);
    assert.deepEqual(
      first.map(({ partition, outOfRange, recreated, nextOffset, highWatermark }) => [
        ...[partition, outOfRange, recreated, nextOffset, highWatermark],
      ]),
      [[0, true, true, 4, 20]],
    );
    const second = await source.fetch('t', at(0, 4), OPTIONS);
    assert.deepEqual(
      second.map(({ partition, recreated }) => [partition, recreated]),
      [[1, true]],
    );
    const third = await source.fetch('t', at(0, 0), OPTIONS);
    assert.deepEqual(
      third.map(({ outOfRange, recreated, nextOffset }) => [outOfRange, recreated, nextOffset]),
      [
        [false, undefined, 1],
        [false, undefined, 1],
      ],
    );
  });

  it('takes the topic that is there when a reading begins as its own; without ids it can tell nothing', async () => {
    connection.answer = (_, offset) => ({ records: batchAt(offset) });
    for (const topicId of ['a', 'b', undefined, 'c']) {
      connection.topicId = topicId;
      if (topicId === 'b' || topicId === 'c') await source.partitions('t');
      const [fetched] = await source.fetch('t', at(3), OPTIONS);
      assert.equal(fetched!.outOfRange, false, topicId);
    }
  });

  it('gives the end where no record is as young as a timestamp', async () => {
    connection.listed = (partition, timestamp) =>
      timestamp === -1 ? 50 + partition : partition === 1 ? 7 : -1;
    const offsets = await source.offsets('t', [0, 1, 2], { timestamp: 1_000 }, 'read_committed');
    assert.deepEqual([...offsets].sort(), [
      [0, 50],
      [1, 7],
      [2, 52],
    ]);
  });

  it('leaves aborted transactions in for read_uncommitted only', async () => {
    const builder = new BatchBuilder(1000);
    builder.add({ key: null, value: Buffer.from('x'), timestamp: 1 });
    const records = builder.finish({ producerId: 5n, producerEpoch: 0, baseSequence: 0 });
    records.writeInt16BE(16, 21);
    connection.answer = () => ({ records, abortedTransactions: [{ producerId: 5n, firstOffset: 0 }] });
    const committed = await source.fetch('t', at(0), OPTIONS);
    assert.deepEqual(
      committed.map(({ batches, nextOffset }) => [batches.length, nextOffset]),
      [[0, 1]],
    );
    const all = await source.fetch('t', at(0), { ...OPTIONS, isolation: 'read_uncommitted' });
    assert.equal(all[0]!.batches.length, 1);
  });

  it('closes its connection with itself, and answers nothing after that', async () => {
    source.dispose();
    assert.ok(connection.disposed);
    await assert.rejects(source.partitions('t'), { code: 'CANCELLED' });
  });
});
