import assert from 'node:assert/strict';
import fc from 'fast-check';
import { KafkaManagerError } from '../../../../src/contract/errors';
import { type Histogram, histogram, type HistogramQuery } from '../../../../src/core/scan/histogram';
import type { OffsetSpec } from '../../../../src/core/scan/recordSource';
import { type FakeBatch, FakeRecordSource } from '../../../support/fakeRecordSource';

/** One batch for each timestamp. */
function batches(timestamps: readonly number[], first = 0): FakeBatch[] {
  return timestamps.map((timestamp, i) => ({
    baseOffset: first + i,
    nextOffset: first + i + 1,
    records: [{ offset: first + i, timestamp, value: 'v' }],
  }));
}

/** A source that counts its lookups, and refuses what a broker refuses. */
class CountingSource extends FakeRecordSource {
  lookups = 0;
  atOnce = 0;
  mostAtOnce = 0;
  failAt = Infinity;

  override async offsets(
    ...args: Parameters<FakeRecordSource['offsets']>
  ): Promise<ReadonlyMap<number, number>> {
    const [, partitions, spec] = args;
    assert.equal(new Set(partitions).size, partitions.length, 'a partition is named twice');
    if (isTime(spec)) {
      this.lookups += 1;
      this.mostAtOnce = Math.max(this.mostAtOnce, (this.atOnce += 1));
      await new Promise((resolve) => setImmediate(resolve));
      this.atOnce -= 1;
      if (this.lookups >= this.failAt) throw new KafkaManagerError('KAFKA_CONNECTION_ERROR');
    }
    return super.offsets(...args);
  }
}

const isTime = (spec: OffsetSpec): boolean => typeof spec === 'object';

async function all(source: FakeRecordSource, query: Partial<HistogramQuery> = {}): Promise<Histogram[]> {
  const steps: Histogram[] = [];
  for await (const step of histogram(source, { topic: 'orders', ...query })) steps.push(step);
  return steps;
}

const sum = (numbers: readonly number[]): number => numbers.reduce((a, b) => a + b, 0);

describe('histogram', () => {
  let source: CountingSource;

  beforeEach(() => {
    source = new CountingSource();
  });

  it('is drawn coarse to fine and counts each record once', async () => {
    source.addPartition(0, batches(Array.from({ length: 960 }, (_, i) => 1000 + i)));
    source.addPartition(1, batches(Array.from({ length: 96 }, (_, i) => 1000 + 10 * i + 5)));
    const steps = await all(source);
    assert.deepEqual(
      steps.map(({ counts }) => counts.length),
      [2, 4, 8, 16, 32, 64, 96],
    );
    for (const { counts, total } of steps) assert.equal(sum(counts), total);
    const last = steps.at(-1)!;
    assert.equal(last.total, 1056);
    assert.deepEqual(new Set(last.counts), new Set([11]));
    assert.deepEqual(
      steps.map(({ done }) => done),
      [false, false, false, false, false, false, true],
    );
    assert.ok(source.mostAtOnce <= 8 && source.mostAtOnce > 1, `${source.mostAtOnce} at once`);
    assert.equal(source.lookups, 95);
    assert.equal(last.borders.length, 97);
    assert.deepEqual([last.borders[0], last.borders.at(-1)], [1000, 1960]);
    assert.deepEqual(last.offsets.get(1)!.slice(0, 3), [0, 1, 2]);
  });

  it('asks nothing about times in which nothing happened', async () => {
    source.addPartition(0, batches([...Array<number>(50).fill(0), ...Array<number>(50).fill(1_000_000)]));
    const last = (await all(source)).at(-1)!;
    assert.deepEqual([last.counts[0], last.counts.at(-1), last.total], [50, 50, 100]);
    assert.ok(source.lookups <= 14, `${source.lookups} lookups`);
  });

  it('counts within the times that are asked for', async () => {
    source.addPartition(0, batches(Array.from({ length: 100 }, (_, i) => i)));
    const last = (await all(source, { from: 20, to: 60, buckets: 4 })).at(-1)!;
    assert.deepEqual(last.borders, [20, 30, 40, 50, 60]);
    assert.deepEqual(last.counts, [10, 10, 10, 10]);
    assert.deepEqual((await all(source, { from: 95 })).at(-1)!.counts, [1, 1, 1, 1, 1]);
    assert.equal((await all(source, { from: 500 })).at(-1)!.total, 0);
    assert.equal((await all(source, { to: 10, buckets: 3 })).at(-1)!.total, 10);
    assert.deepEqual(
      (await all(source, { from: 7, to: 8 })).map(({ counts }) => counts),
      [[1]],
    );
  });

  it('selects partitions, and refuses one that is not there', async () => {
    source.addPartition(0, batches([1, 2]));
    source.addPartition(1, batches([1, 2, 3]));
    assert.equal((await all(source, { partitions: [1, 1] })).at(-1)!.total, 3);
    await assert.rejects(all(source, { partitions: [0, 7] }), { code: 'PARTITION_NOT_FOUND' });
  });

  it('has no buckets where there are no times', async () => {
    source.addPartition(0, []);
    assert.deepEqual(
      (await all(source)).map(({ counts, total, done }) => [counts, total, done]),
      [[[], 0, true]],
    );
    source.addPartition(1, batches([-1, -1]));
    assert.deepEqual(
      (await all(source)).map(({ counts, total }) => [counts, total]),
      [[[], 2]],
    );
  });

  it('says where its counts are about right only', async () => {
    source.addPartition(0, batches([1, 2, 3]));
    const doubts = async (query: Partial<HistogramQuery>) => (await all(source, query)).at(-1)!.doubts;
    assert.deepEqual(await doubts({}), ['clocks']);
    assert.deepEqual(await doubts({ timestampType: 'LogAppendTime' }), []);
    assert.deepEqual(await doubts({ timestampType: 'LogAppendTime', compacted: true, transactional: true }), [
      'compaction',
      'transactions',
    ]);
  });

  it('ends with the error of a lookup, and where it is cancelled', async () => {
    source.addPartition(0, batches(Array.from({ length: 1000 }, (_, i) => i)));
    source.failAt = 20;
    await assert.rejects(all(source), { code: 'KAFKA_CONNECTION_ERROR' });
    assert.ok(source.lookups < 40);
    source.failAt = Infinity;
    const cancel = new AbortController();
    const running = histogram(source, { topic: 'orders' }, { signal: cancel.signal });
    await running.next();
    cancel.abort();
    await assert.rejects(running.next(), { code: 'CANCELLED' });
  });

  it('refuses what makes no sense', async () => {
    source.addPartition(0, []);
    for (const query of [{ buckets: 0 }, { from: 5, to: 5 }, { from: -1 }, { to: 1.5 }]) {
      await assert.rejects(all(source, query), { code: 'VALIDATION_ERROR' });
    }
  });

  it('never counts below zero nor loses a record, whatever the clocks said', async () => {
    const timestamps = fc.array(fc.array(fc.integer({ min: -1, max: 500 }), { maxLength: 40 }), {
      minLength: 1,
      maxLength: 4,
    });
    await fc.assert(
      fc.asyncProperty(timestamps, fc.integer({ min: 1, max: 40 }), async (partitions, buckets) => {
        const any = new CountingSource();
        partitions.forEach((times, partition) => any.addPartition(partition, batches(times)));
        const sorted = new CountingSource();
        partitions.forEach((times, partition) =>
          sorted.addPartition(partition, batches(times.map((t) => Math.max(0, t)).sort((a, b) => a - b))),
        );
        const count = sum(partitions.map(({ length }) => length));
        for (const step of await all(any, { buckets })) {
          assert.ok(step.counts.every((n) => n >= 0));
          assert.equal(step.total, count);
          if (step.counts.length > 0) assert.equal(sum(step.counts), count);
        }
        for (const { borders, counts } of await all(sorted, { buckets })) {
          const times = partitions.flat().map((t) => Math.max(0, t));
          counts.forEach((n, i) => {
            assert.equal(n, times.filter((t) => t >= borders[i]! && t < borders[i + 1]!).length);
          });
        }
      }),
      { numRuns: 200 },
    );
  });
});
