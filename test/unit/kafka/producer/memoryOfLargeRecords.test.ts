import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { createLogger } from '../../../../src/base/logger';
import type { ProduceRecord } from '../../../../src/core/kafkaTypes';
import { Fifo } from '../../../../src/kafka/producer/fifo';
import { RecordProducer } from '../../../../src/kafka/producer/recordProducer';
import type { Api } from '../../../../src/kafka/protocol/api';
import type { ProduceRequest } from '../../../../src/kafka/protocol/messages/produce';
import { FakeConnection } from './support/fakeConnection';

const MIB = 1024 * 1024;

/** Writes everything, and keeps none of it. */
class ForgetfulConnection extends FakeConnection {
  override call<Request, Response>(
    leader: unknown,
    api: Api<Request, Response>,
    request: Request,
  ): Promise<Response> {
    if (api.name !== 'Produce') return super.call(leader, api, request);
    const answer = { errorCode: 0, baseOffset: 0, logAppendTimeMs: -1, recordErrors: [] };
    const responses = (request as ProduceRequest).topicData.map(({ name, partitionData }) => ({
      name,
      partitionResponses: partitionData.map(({ index }) => ({ index, ...answer })),
    }));
    return Promise.resolve({ responses } as Response);
  }
}

describe('memory of large records', function () {
  this.timeout(30_000);
  let collectGarbage: () => void;

  before(() => {
    setFlagsFromString('--expose-gc');
    collectGarbage = runInNewContext('gc') as () => void;
  });

  it('a queue does not keep what has left it', async () => {
    const queue = new Fifo<object>();
    for (let i = 0; i < 10; i++) queue.push({ i });
    const left = new WeakRef(queue.shift()!);
    await new Promise(setImmediate);
    collectGarbage();
    assert.equal(left.deref(), undefined);
    assert.equal(queue.length, 9);
  });

  it('is free again once they are written, compressed as they are', async () => {
    const value = randomBytes(900_000);
    const records = Array.from({ length: 200 }, (_, i): ProduceRecord => ({
      ...{ topic: 't', key: null, value, partition: i % 2 },
    }));
    const producer = new RecordProducer(
      new ForgetfulConnection(),
      createLogger(() => {}),
    );
    collectGarbage();
    const before = process.memoryUsage().arrayBuffers;
    let [written, most] = [0, 0];
    for await (const run of producer.produceAll(records, { compression: 'lz4', batchBytes: MIB })) {
      written += run.length;
      if (written % 20 !== 0) continue;
      collectGarbage();
      most = Math.max(most, process.memoryUsage().arrayBuffers - before);
    }
    producer.dispose();
    assert.equal(written, 200);
    assert.ok(most < 100 * MIB, `${Math.round(most / MIB)} MiB`);
  });
});
