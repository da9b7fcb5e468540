import assert from 'node:assert/strict';
import { noise, readsExactly } from '../support/exactReads';
import { javaDump, javaProduce } from '../support/real/javaRecords';
import { kcatConsume } from '../support/real/tools';
import { scanBrokers, ScanStage } from '../support/scanStage';
import { hourAgo, range, text } from '../support/scanWords';

const MANY = 1000;

for (const [name, start] of scanBrokers) {
  describe(`large records and many partitions, read exactly (${name})`, function () {
    this.timeout(120_000);
    let stage: ScanStage;

    before(async function () {
      this.timeout(900_000);
      stage = await ScanStage.open(start);
    });

    after(() => stage.dispose());

    it('records of 10 MB, in two partitions and beside small ones, by Java and by us', async () => {
      const topic = 'huge';
      await stage.create(topic, 3, { 'max.message.bytes': String(11 << 20) });
      const record = (partition: number, size: number) => ({
        ...{ partition, timestamp: hourAgo, key: text(`${partition} ${size}`) },
        value: noise(size, partition),
      });
      const records = [
        record(0, 10),
        record(0, 10_000_000),
        record(1, 10_000_000),
        record(0, 11),
        record(2, 12),
      ];
      const properties = { 'max.request.size': String(11 << 20), 'buffer.memory': String(64 << 20) };
      await javaProduce(stage.broker.target, topic, records, { properties });
      await stage.gateway.produce({ topic, ...record(1, 9_999_999) });
      await stage.gateway.produce({ topic, ...record(1, 13) });
      const dump = (await javaDump(stage.broker.target, topic)).sort((a, b) => a.partition - b.partition);
      assert.deepEqual(dump.map(({ value }) => value?.length), [10, 10_000_000, 11, 10_000_000, 9_999_999, 13, 12]); // prettier-ignore
      await readsExactly(stage.source, { topic }, dump);
    });

    it('1,000 partitions, one of them far larger than the others', async () => {
      const topic = 'wide';
      await stage.create(topic, MANY);
      await Promise.all(
        range(MANY)
          .filter((partition) => partition % 10 !== 3)
          .map((partition) => stage.send(topic, partition, range(1 + (partition % 3), partition))),
      );
      for (const first of range(6)) await stage.send(topic, 500, range(2500, first * 2500), '.'.repeat(100));
      const dump = await kcatConsume(stage.bootstrap, topic);
      const expected = dump
        .map((record) => ({ ...record, headers: [] }))
        .sort((a, b) => a.partition - b.partition || a.offset - b.offset);
      assert.ok(expected.length > 16_000, `${expected.length} records`);
      const reads = await readsExactly(stage.source, { topic }, expected);
      for (const { counts } of reads) assert.ok(counts.rounds < MANY, `${counts.rounds} answers`);
    });
  });
}
