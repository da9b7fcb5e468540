import assert from 'node:assert/strict';
import { histogram, type Histogram, type HistogramQuery } from '../../src/core/scan/histogram';
import { scan } from '../../src/core/scan/scan';
import { scanBrokers, ScanStage } from '../support/scanStage';
import { beginning, hourAgo, range, text } from '../support/scanWords';

const sum = (numbers: readonly number[]): number => numbers.reduce((a, b) => a + b, 0);

for (const [name, start] of scanBrokers) {
  describe(`the histogram of a topic of ${name}`, function () {
    this.timeout(60_000);
    let stage: ScanStage;

    before(async function () {
      this.timeout(300_000);
      stage = await ScanStage.open(start);
      await stage.create('bars', 12);
      // Two bursts and a quiet time between them.
      for (const first of [0, 1_000_000]) {
        await Promise.all(
          range(12).map((partition) => stage.send('bars', partition, range(500 + partition, first))),
        );
      }
    });

    after(() => stage.dispose());

    async function all(query: Partial<HistogramQuery> = {}, topic = 'bars'): Promise<Histogram[]> {
      const steps: Histogram[] = [];
      for await (const step of histogram(stage.source, { topic, ...query })) steps.push(step);
      return steps;
    }

    it('is what one gets by reading, coarse to fine', async () => {
      const times: number[] = [];
      for await (const page of scan(stage.source, { topic: 'bars', from: beginning })) {
        for (const { timestamp } of page) times.push(timestamp);
      }
      const steps = await all();
      assert.ok(steps.length >= 6);
      assert.equal(steps.at(-1)!.counts.length, 96);
      for (const { borders, counts, total } of steps) {
        assert.equal(total, times.length);
        counts.forEach((count, i) => {
          assert.equal(count, times.filter((t) => t >= borders[i]! && t < borders[i + 1]!).length);
        });
      }
      const { borders } = steps.at(-1)!;
      assert.deepEqual([borders[0], borders.at(-1)], [hourAgo, hourAgo + 1_000_000 + 511]);
      const [part] = (await all({ from: hourAgo + 100, to: hourAgo + 200, buckets: 10 })).slice(-1);
      assert.deepEqual(part!.counts, Array<number>(10).fill(120));
    });

    it('knows an empty topic, and what no longer is there', async () => {
      await stage.create('nothing', 2);
      assert.deepEqual(
        (await all({}, 'nothing')).map(({ counts, total }) => [counts, total]),
        [[[], 0]],
      );
      await stage.create('cut');
      await stage.send('cut', 0, range(100));
      await stage.gateway.deleteRecords('cut', new Map([[0, 40]]));
      const { borders, counts, total } = (await all({}, 'cut')).at(-1)!;
      assert.deepEqual([borders[0], sum(counts), total], [hourAgo + 40, 60, 60]);
    });

    it('counts a topic whose largest timestamp belongs to an open transaction', async () => {
      await stage.create('open');
      await stage.send('open', 0, range(50));
      const producer = stage.kafka.producer({ transactionalId: 'open', idempotent: true });
      await producer.connect();
      try {
        const transaction = await producer.transaction();
        const messages = [{ value: text('unseen'), timestamp: `${hourAgo + 500}` }];
        await transaction.send({ topic: 'open', messages });
        assert.equal((await all({}, 'open')).at(-1)!.total, 50);
        assert.equal((await all({ isolation: 'read_uncommitted' }, 'open')).at(-1)!.total, 51);
        await transaction.abort();
      } finally {
        await producer.disconnect();
      }
    });
  });
}
