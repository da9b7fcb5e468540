import assert from 'node:assert/strict';
import { createLogger } from '../../../../src/base/logger';
import { KafkaManagerError } from '../../../../src/contract/errors';
import { BulkManager } from '../../../../src/core/bulk/bulkManager';
import { ClusterManager } from '../../../../src/core/clusterManager';
import type { ProduceOutcome, ProduceRecord } from '../../../../src/core/kafkaTypes';
import { MessageManager } from '../../../../src/core/messageManager';
import { FakeConnector, FakeRuntime, fakeProfile } from '../../../support/fakeCluster';
import { FakeRecordSource } from '../../../support/fakeRecordSource';

/** What a fake broker does to a record: undefined writes it. */
type Refuse = (record: ProduceRecord) => Extract<ProduceOutcome, { ok: false }> | undefined;

async function setUp(refuse: Refuse = () => undefined, begin = () => {}) {
  const source = new FakeRecordSource();
  source.addPartition(0, []);
  source.append(0, [
    { timestamp: 1, value: 'one' },
    { timestamp: 2, value: 'two' },
  ]);
  const written: ProduceRecord[] = [];
  const clusters = new ClusterManager({
    profiles: [fakeProfile],
    runtimes: [new FakeRuntime()],
    connector: new FakeConnector({
      openSource: async () => source,
      // Fake of produceAll: takes up to three records before it hands out their outcomes, as its contract has it.
      async *produceAll(records) {
        begin();
        let run: ProduceOutcome[] = [];
        try {
          for await (const record of records) {
            const refused = refuse(record);
            if (!refused) written.push(record);
            run.push(
              refused ?? {
                ok: true,
                produced: { topic: record.topic, partition: 0, offset: 1, timestamp: 1 },
              },
            );
            if (run.length === 3) {
              yield run;
              run = [];
            }
          }
        } catch (error) {
          if (run.length > 0) yield run;
          throw error;
        }
        if (run.length > 0) yield run;
      },
    }),
    logger: createLogger(() => {}),
  });
  await clusters.start();
  return { clusters, written, bulk: new BulkManager(clusters, new MessageManager(clusters)) };
}

const file = (...lines: string[]): Uint8Array[] => [Buffer.from(lines.map((line) => `${line}\n`).join(''))];
const line = (value: string): string => JSON.stringify({ value });
const valuesOf = (records: readonly ProduceRecord[]): string[] =>
  records.map(({ value }) => Buffer.from(value ?? []).toString());

describe('BulkManager', () => {
  it('exports what a query selects, and its summary', async () => {
    const { bulk } = await setUp();
    const exported = bulk.exportRecords(undefined, { topic: 'orders', from: { at: 'offset', offset: 1 } });
    const first = await exported.next();
    assert.ok(!first.done);
    assert.match(Buffer.from(first.value).toString(), /^\{"partition":0,"offset":1,.*"value":"two".*\}\n$/);
    const end = await exported.next();
    assert.ok(end.done);
    assert.deepEqual([end.value.stopReason, end.value.matched], ['end', 1]);
  });

  it('writes every line', async () => {
    const { bulk, written } = await setUp();
    const report = await bulk.importRecords(
      undefined,
      'copy',
      file(...['a', 'b', 'c', 'd', 'e', 'f', 'g'].map(line)),
    );
    assert.deepEqual(report, { written: 7, failed: 0, failures: [], ended: undefined });
    assert.deepEqual(valuesOf(written), ['a', 'b', 'c', 'd', 'e', 'f', 'g']);
    assert.ok(written.every(({ topic }) => topic === 'copy'));
  });

  it('names the lines that failed, by their number in the file, and goes on', async () => {
    const tooLarge = new KafkaManagerError('MESSAGE_TOO_LARGE');
    const { bulk } = await setUp(({ value }) =>
      value?.length === 2 ? { ok: false, error: tooLarge, mayBeWritten: value[0] === 0x64 } : undefined,
    );
    const report = await bulk.importRecords(
      undefined,
      'copy',
      file(line('a'), '', line('bb'), line('c'), '', line('dd'), line('e')),
    );
    assert.deepEqual(report, {
      written: 3,
      failed: 2,
      failures: [
        { line: 3, error: tooLarge, mayBeWritten: false },
        { line: 6, error: tooLarge, mayBeWritten: true },
      ],
      ended: undefined,
    });
  });

  it('ends at a line that it can not read, and says what was written before', async () => {
    const { bulk, written } = await setUp();
    const report = await bulk.importRecords(
      undefined,
      'copy',
      file(line('a'), line('b'), line('c'), line('d'), '{"vaule":"e"}', line('f')),
    );
    assert.deepEqual([report.written, report.failed, report.ended?.code], [4, 0, 'VALIDATION_ERROR']);
    assert.deepEqual(report.ended?.details, { line: 5, field: 'vaule' });
    assert.deepEqual(valuesOf(written), ['a', 'b', 'c', 'd']);
  });

  it('reads no further when a hundred lines have failed', async () => {
    const gone = new KafkaManagerError('TOPIC_NOT_FOUND', 'There is no topic "copy".');
    let tried = 0;
    const { bulk } = await setUp(() => {
      tried += 1;
      return { ok: false, error: gone, mayBeWritten: false };
    });
    const report = await bulk.importRecords(
      undefined,
      'copy',
      file(...Array<string>(20_000).fill(line('a'))),
    );
    assert.ok(tried >= 100 && tried <= 103, `${tried} were tried`);
    assert.deepEqual([report.written, report.failed, report.failures.length], [0, tried, 100]);
    assert.equal(report.ended?.code, 'TOPIC_NOT_FOUND');
    assert.match(report.ended.message, /the first was line 1: There is no topic "copy"/);
  });

  it('keeps the numbers of lines right over many of them', async () => {
    const refused = new KafkaManagerError('INVALID_RECORD');
    const { bulk } = await setUp(({ value }) =>
      value?.length === 0 ? { ok: false, error: refused, mayBeWritten: false } : undefined,
    );
    const lines = Array.from({ length: 30_000 }, (_, i) => line(i % 7_000 === 6_999 ? '' : 'x'));
    const report = await bulk.importRecords(undefined, 'copy', file(...lines));
    assert.deepEqual(
      report.failures.map((failure) => failure.line),
      [7_000, 14_000, 21_000, 28_000],
    );
    assert.equal(report.written, 30_000 - 4);
  });

  it('lets the cluster know where the broker could not be reached, and when it is there again', async () => {
    let isGone = true;
    const gone = new KafkaManagerError('KAFKA_CONNECTION_ERROR', 'Nothing listens there.');
    const { bulk, clusters } = await setUp(() =>
      isGone ? { ok: false, error: gone, mayBeWritten: false } : undefined,
    );
    const report = await bulk.importRecords(undefined, 'copy', file(line('a')));
    assert.deepEqual([report.failed, clusters.status().state], [1, 'degraded']);
    isGone = false;
    await bulk.importRecords(undefined, 'copy', file(line('a')));
    assert.equal(clusters.status().state, 'running');
  });

  it('lets the cluster know of a connection that ends in the middle of records', async () => {
    const messages = async (error?: Error): Promise<string> => {
      const { clusters } = await setUp(undefined, () => {
        if (error) throw error;
      });
      const manager = new MessageManager(clusters);
      const records = [{ topic: 't', key: null, value: null }];
      try {
        for await (const run of manager.produceAll(undefined, records)) assert.equal(run.length, 1);
      } catch (caught) {
        assert.equal(caught, error);
      }
      await new Promise(setImmediate);
      return clusters.status().state;
    };
    assert.equal(await messages(), 'running');
    assert.equal(await messages(new KafkaManagerError('KAFKA_CONNECTION_ERROR')), 'degraded');
    assert.equal(await messages(new KafkaManagerError('VALIDATION_ERROR')), 'running');
  });

  it('throws where nothing was tried', async () => {
    const options = new KafkaManagerError('VALIDATION_ERROR');
    const refusing = await setUp(undefined, () => {
      throw options;
    });
    await assert.rejects(refusing.bulk.importRecords(undefined, 'copy', file(line('a'))), options);
    const { bulk, clusters } = await setUp();
    await assert.rejects(bulk.importRecords(undefined, 'a b', file(line('a'))), {
      code: 'INVALID_TOPIC_NAME',
    });
    await clusters.stop();
    await assert.rejects(bulk.importRecords(undefined, 'copy', file(line('a'))), {
      code: 'CLUSTER_NOT_RUNNING',
    });
  });
});
