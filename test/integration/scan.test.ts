import assert from 'node:assert/strict';
import type { ConsumedRecord } from '../../src/core/kafkaTypes';
import type { ScanStart } from '../../src/core/scan/query';
import { javaDump, javaProduce } from '../support/real/javaRecords';
import type { JavaRecord } from '../support/real/javaRecords';
import { kcatConsume, kcatProduce } from '../support/real/tools';
import { scanBrokers, ScanStage } from '../support/scanStage';
import { beginning, directions, hourAgo, last, offset, range, text } from '../support/scanWords';
import { inOrder, lines, turned } from '../support/topicReads';

const headersOf = (records: readonly Pick<ConsumedRecord, 'headers'>[]): unknown[] =>
  records.map(({ headers }) =>
    headers.map(({ key, value }) => [key, value && Buffer.from(value).toString()]),
  );
/** As limits count them: headers with their lengths, which take a byte each where they are short. */
const sizeOf = ({ key, value, headers }: JavaRecord): number =>
  (key?.length ?? 0) +
  (value?.length ?? 0) +
  headers.reduce((sum, header) => sum + 2 + text(header.key).length + (header.value?.length ?? 0), 0);

for (const [name, start] of scanBrokers) {
  describe(`reading a filled topic of ${name}`, function () {
    this.timeout(60_000);
    let stage: ScanStage;
    /** What Kafka's own consumer sees of the topic `main`, in the order of a scan. */
    let expected: JavaRecord[];

    async function fillMain(): Promise<void> {
      await stage.create('main', 3);
      const byJava = range(1500).map((i) => ({
        partition: i % 3,
        timestamp: hourAgo + Math.floor(i / 2),
        key: i % 11 === 0 ? null : text(`java ${i}`),
        value: i % 13 === 0 ? null : text(`${i % 100 === 0 ? 'a needle ' : ''}${'x'.repeat(i % 200)}`),
        headers: i % 5 === 0 ? [{ key: 'h', value: text(`${i}`) }] : [],
      }));
      const properties = { 'batch.size': '3000', 'linger.ms': '20' };
      await javaProduce(stage.broker.target, 'main', byJava, { compression: 'gzip', properties });
      let sent = 1000;
      for (const size of [1, 2, 7, 50, 300]) {
        for (const partition of [0, 1, 2]) await stage.send('main', partition, range(size, sent));
        sent += size;
      }
      const byKcat = range(250).map((i) => ({ key: text(`kcat ${i}`), value: text(`needle? ${i % 2}`) }));
      for (const partition of [2, 0]) {
        await kcatProduce(stage.bootstrap, 'main', byKcat, { partition, compression: 'lz4' });
      }
      expected = inOrder(await javaDump(stage.broker.target, 'main'));
      assert.equal(expected.length, 1500 + 3 * 360 + 500);
    }

    before(async function () {
      this.timeout(900_000);
      stage = await ScanStage.open(start);
      await fillMain();
    });

    after(() => stage.dispose());

    it("reads what Kafka's own consumer reads, merged by time", async () => {
      await stage.reads.bothWays({ topic: 'main', from: beginning }, expected);
      await stage.reads.bothWays({ topic: 'main', from: beginning, isolation: 'read_uncommitted' }, expected);
      const { records, summary } = await stage.reads.once({ topic: 'main', from: beginning });
      assert.deepEqual(headersOf(records), headersOf(expected));
      assert.equal(summary.scanned, expected.length);
    });

    it('begins and ends where it is told', async () => {
      const topic = 'main';
      const each = new Map([17, 400, 0].entries());
      const timestamp = hourAgo + 300;
      const time = { at: 'time', timestamp } as const;
      const those = (wanted: (record: JavaRecord) => boolean): JavaRecord[] => expected.filter(wanted);
      await stage.reads.bothWays({ topic, from: { at: 'end' } }, []);
      await stage.reads.bothWays(
        { topic, from: offset(500) },
        those((r) => r.offset >= 500),
      );
      await stage.reads.bothWays(
        { topic, from: offset(each) },
        those((r) => r.offset >= each.get(r.partition)!),
      );
      await stage.reads.bothWays(
        { topic, from: time },
        those((r) => r.timestamp >= timestamp),
      );
      await stage.reads.bothWays({ topic, from: { at: 'time', timestamp: Date.now() + 60_000 } }, []);
      await stage.reads.bothWays(
        { topic, from: beginning, to: offset(33) },
        those((r) => r.offset < 33),
      );
      await stage.reads.bothWays(
        { topic, from: offset(10), to: offset(11) },
        those((r) => r.offset === 10),
      );
      const ends = those((r) => r.offset < each.get(r.partition)!);
      await stage.reads.bothWays({ topic, from: beginning, to: offset(each) }, ends);
      await stage.reads.bothWays(
        { topic, from: beginning, to: time },
        those((r) => r.timestamp < timestamp),
      );
      const some = those((r) => r.partition !== 1);
      await stage.reads.bothWays({ topic, from: beginning, partitions: [2, 0] }, some);
      await stage.reads.bothWays({ topic, from: last(9), partitions: [0, 2] }, some.slice(-9));
      for (const count of [1, 10, 777, 10_000]) {
        await stage.reads.bothWays({ topic, from: last(count) }, expected.slice(-count));
      }
    });

    it('refuses a start that is not there', async () => {
      const rejects = (topic: string, from: ScanStart, partition: number, code: string): Promise<void> =>
        assert.rejects(stage.reads.once({ topic, from, partitions: [partition] }), { code });
      await rejects('main', offset(100_000), 0, 'OFFSET_OUT_OF_RANGE');
      await rejects('main', beginning, 3, 'PARTITION_NOT_FOUND');
      await rejects('nowhere', beginning, 0, 'TOPIC_NOT_FOUND');
    });

    it('stops at limits of records and bytes', async () => {
      for (const direction of directions) {
        const all = turned(expected, direction);
        const query = { topic: 'main', from: beginning, direction } as const;
        for (const limit of [1, 500, 501]) {
          const { records, summary } = await stage.reads.once({ ...query, limit });
          assert.deepEqual(lines(records), lines(all.slice(0, limit)));
          assert.equal(summary.stopReason, 'limit');
        }
        for (const maxBytes of [1, 1234, 20_000]) {
          let sum = 0;
          const fitting = all.findIndex((record) => (sum += sizeOf(record)) > maxBytes);
          const { records, summary } = await stage.reads.once({ ...query, maxBytes });
          assert.deepEqual(lines(records), lines(all.slice(0, Math.max(1, fitting))));
          assert.equal(summary.stopReason, 'max-bytes');
        }
      }
    });

    it('filters, and turns pages without a miss or a double', async () => {
      const topic = 'main';
      const filter = { kind: 'contains', bytes: text('needle') } as const;
      const matching = expected.filter(({ value }) => value?.includes('needle'));
      assert.ok(matching.length > 500 && matching.length < 600, `${matching.length}`);
      await stage.reads.bothWays({ topic, from: beginning, filter }, matching);
      for (const direction of directions) {
        const query = { topic, direction, from: beginning } as const;
        const all = lines(turned(expected, direction));
        assert.deepEqual(lines(await stage.reads.paged({ ...query, limit: 97 })), all);
        assert.deepEqual(lines(await stage.reads.paged({ ...query, maxBytes: 9_999 })), all);
        const filtered = await stage.reads.paged({ ...query, filter, limit: 31 });
        assert.deepEqual(lines(filtered), lines(turned(matching, direction)));
        const lastOnes = await stage.reads.paged({ ...query, filter, limit: 33, from: last(100) });
        assert.deepEqual(lines(lastOnes), lines(turned(matching.slice(-100), direction)));
      }
    });

    it('reads an empty topic, and one of 100 partitions', async () => {
      await stage.create('empty', 2);
      for (const from of [beginning, last(10)]) await stage.reads.bothWays({ topic: 'empty', from }, []);
      await stage.create('wide', 100);
      await Promise.all(range(100).map((partition) => stage.send('wide', partition, [1, 2, 3])));
      const wide = inOrder(await kcatConsume(stage.bootstrap, 'wide'));
      assert.equal(wide.length, 300);
      await stage.reads.bothWays({ topic: 'wide', from: beginning }, wide);
      await stage.reads.bothWays({ topic: 'wide', from: last(101) }, wide.slice(-101));
      assert.deepEqual(
        lines(await stage.reads.paged({ topic: 'wide', from: beginning, limit: 41 })),
        lines(wide),
      );
    });

    it('leaves no consumer group behind', () => stage.assertNoGroupLeft());
  });
}
