import assert from 'node:assert/strict';
import { createLogger } from '../../../src/base/logger';
import { KafkaManagerError } from '../../../src/contract/errors';
import { ClusterManager } from '../../../src/core/clusterManager';
import type { KafkaGateway } from '../../../src/core/ports';
import { MessageManager } from '../../../src/core/messageManager';
import { FakeConnector, FakeRuntime, fakeProfile } from '../../support/fakeCluster';
import { FakeRecordSource } from '../../support/fakeRecordSource';

async function setUp(gateway: Partial<KafkaGateway> = {}) {
  const source = new FakeRecordSource();
  source.addPartition(0, []);
  const append = (value: string): void => source.append(0, [{ timestamp: 0, value }]);
  const opened = { count: 0, disposed: 0 };
  const runtime = new FakeRuntime();
  const clusters = new ClusterManager({
    profiles: [fakeProfile],
    runtimes: [runtime],
    connector: new FakeConnector({
      openSource: async () => {
        opened.count++;
        return Object.assign(Object.create(source) as FakeRecordSource, {
          partitions: source.partitions.bind(source),
          offsets: source.offsets.bind(source),
          fetch: (...asked: Parameters<FakeRecordSource['fetch']>) => source.fetch(...asked),
          dispose: () => opened.disposed++,
        });
      },
      ...gateway,
    }),
    logger: createLogger(() => {}),
  });
  await clusters.start();
  return { clusters, messages: new MessageManager(clusters), source, append, opened, runtime };
}

const query = { topic: 'orders', from: { at: 'beginning' }, limit: 10 } as const;
const textOf = (value: Uint8Array | null): string => Buffer.from(value ?? []).toString();

describe('MessageManager', () => {
  it('tells the outcome of each record of a batch, the failing ones too', async () => {
    const { messages } = await setUp({
      produce: async (record) => {
        if (record.partition === 7) throw new KafkaManagerError('PARTITION_NOT_FOUND');
        return { topic: record.topic, partition: 0, offset: 5, timestamp: 1 };
      },
    });
    const record = { topic: 'orders', key: null, value: null };
    const outcomes = await messages.produceBatch(undefined, [record, { ...record, partition: 7 }]);
    assert.deepEqual(
      outcomes.map((outcome) => (outcome.ok ? outcome.produced.offset : outcome.error.code)),
      [5, 'PARTITION_NOT_FOUND'],
    );
    await assert.rejects(messages.produceBatch(undefined, [record, { ...record, topic: 'a b' }]), {
      code: 'INVALID_TOPIC_NAME',
    });
  });

  it('keeps one idle source for the next read, and lets it go with the connection', async () => {
    const { messages, append, opened, runtime } = await setUp();
    append('a');
    await messages.read(undefined, query);
    await messages.read(undefined, query);
    assert.deepEqual(opened, { count: 1, disposed: 0 });
    runtime.brokers[0]?.exit();
    assert.deepEqual(opened, { count: 1, disposed: 1 });
  });

  it('does not keep a source that failed', async () => {
    const { messages, source, append, opened } = await setUp();
    append('a');
    source.failing.set(0, new KafkaManagerError('KAFKA_CONNECTION_ERROR'));
    await assert.rejects(messages.read(undefined, query));
    assert.deepEqual(opened, { count: 1, disposed: 1 });
  });

  it('does not keep a source whose read was ended from outside', async () => {
    const { messages, source, append, opened } = await setUp();
    append('a');
    const log = source.log.get(0)!;
    log.highWatermark = log.lastStable = 10;
    const late = await messages.read(undefined, query, { deadlineMs: 30 });
    assert.equal(late.summary.stopReason, 'deadline');
    assert.deepEqual(opened, { count: 1, disposed: 1 });
    const abort = new AbortController();
    source.beforeFetch = () => abort.abort();
    const cancelled = await messages.read(undefined, query, { signal: abort.signal });
    assert.equal(cancelled.summary.stopReason, 'cancelled');
    assert.deepEqual(opened, { count: 2, disposed: 2 });
  });

  it('collects copies, so that a few hits do not hold whole Fetch answers', async () => {
    const { messages, source, append } = await setUp();
    append('a');
    const fetch = source.fetch.bind(source);
    const view = Buffer.alloc(1_000_000).subarray(10, 12);
    const headers = [{ key: 'h', value: view }];
    source.fetch = async (...asked) =>
      (await fetch(...asked)).map((part) => ({
        ...part,
        batches: part.batches.map((batch) => ({
          ...batch,
          rows: () =>
            Object.assign(batch.rows(), { key: () => view, value: () => view, headers: () => headers }),
        })),
      }));
    const { records } = await messages.read(undefined, query);
    const [record] = records;
    for (const bytes of [record?.key, record?.value, record?.headers[0]?.value]) {
      assert.deepEqual([bytes?.byteLength, bytes?.buffer.byteLength], [2, 2]);
    }
  });

  it('waits for missing records and stops at its limit, with a position behind just those', async () => {
    const { messages, append } = await setUp();
    append('a');
    const reading = messages.read(undefined, { ...query, limit: 2 }, { waitMs: 10_000 });
    append('b');
    append('c');
    const { records, summary } = await reading;
    assert.deepEqual(
      records.map((record) => textOf(record.value)),
      ['a', 'b'],
    );
    assert.equal(summary.stopReason, 'limit');
    const next = await messages.read(undefined, {
      ...query,
      from: { at: 'position', position: summary.position },
    });
    assert.deepEqual(
      next.records.map((record) => textOf(record.value)),
      ['c'],
    );
  });

  it('answers what there is when the wait is over: that is the end, not a failure', async () => {
    const { messages, append } = await setUp();
    append('a');
    const { records, summary } = await messages.read(undefined, query, { waitMs: 30 });
    assert.equal(records.length, 1);
    assert.equal(summary.stopReason, 'end');
    assert.equal(summary.position.partitions.get(0)?.next, 1);
  });

  it('a stream disposes its source, also when its reader leaves early', async () => {
    const { messages, append, opened } = await setUp();
    append('a');
    const pages = messages.scan(undefined, query);
    await pages.next();
    await pages.return({} as never);
    assert.deepEqual(opened, { count: 1, disposed: 1 });
  });
});
