import assert from 'node:assert/strict';
import type { ScanProgress, ScanQuery } from '../../../../src/core/scan/query';
import { readOn } from '../../../../src/core/scan/readOn';
import { FakeRecordSource } from '../../../support/fakeRecordSource';
import { until } from '../../../support/until';
import { names, readAll } from './readAll';

const query = { topic: 'orders', from: { at: 'beginning' } } as const;

function sourceWith(...values: string[]): FakeRecordSource {
  const source = new FakeRecordSource();
  source.addPartition(0, []);
  for (const value of values) source.append(0, [{ timestamp: 0, value }]);
  return source;
}

/** A read that waits by now; wrapped, so that awaiting this does not await the read. */
async function waiting(source: FakeRecordSource, more: Partial<ScanQuery>, options: object = {}) {
  const before = source.fetches.length;
  const reading = readAll(readOn(source, { ...query, ...more }, { waitMs: 10_000, ...options }));
  await until(() => source.fetches.length >= before + 2, { deadlineMs: 2000, what: 'the waiting fetch' });
  return { reading };
}

describe('readOn', () => {
  it('does not wait, nor read on, behind an end that was asked for', async () => {
    for (const to of [
      { at: 'offset', offset: 1 },
      { at: 'time', timestamp: 5 },
    ] as const) {
      const source = sourceWith('a');
      const startedAt = performance.now();
      const reading = readAll(readOn(source, { ...query, to }, { waitMs: 3000 }));
      source.append(0, [{ timestamp: 9, value: 'beyond' }]);
      const { records, summary } = await reading;
      assert.deepEqual(names(records), ['0:0']);
      assert.equal(summary.stopReason, 'end');
      assert.ok(performance.now() - startedAt < 2000);
    }
    const source = sourceWith('a');
    const { records } = await readAll(readOn(source, { ...query, to: { at: 'end' } }, { waitMs: 30 }));
    assert.equal(records.length, 1);
    assert.ok(source.fetches.length > 1);
  });

  it('does not wait where a position reads newest first', async () => {
    const source = sourceWith('a', 'b', 'c');
    const first = await readAll(readOn(source, { ...query, direction: 'newest', limit: 2 }, {}));
    const from = { at: 'position', position: first.summary.position } as const;
    const { records, summary } = await readAll(readOn(source, { ...query, from }, { waitMs: 5000 }));
    assert.deepEqual(names(records), ['0:0']);
    assert.equal(summary.stopReason, 'end');
  });

  it('stops at its byte bound while it waits, with an exact position', async () => {
    const source = sourceWith('12345');
    const { reading } = await waiting(source, { maxBytes: 10 });
    source.append(0, [
      { timestamp: 1, value: '1234' },
      { timestamp: 2, value: '12' },
    ]);
    const { records, summary } = await reading;
    assert.deepEqual(names(records), ['0:0', '0:1']);
    assert.equal(summary.stopReason, 'max-bytes');
    assert.equal(summary.position.partitions.get(0)?.next, 2);
  });

  it('hands out one record larger than the byte bound that it waited for', async () => {
    const source = sourceWith();
    const reading = readAll(readOn(source, { ...query, maxBytes: 3 }, { waitMs: 5000 }));
    await until(() => source.fetches.length > 0, { deadlineMs: 2000, what: 'the waiting fetch' });
    source.append(0, [
      { timestamp: 1, value: 'much too long' },
      { timestamp: 2, value: 'x' },
    ]);
    const { records, summary } = await reading;
    assert.deepEqual(names(records), ['0:0']);
    assert.equal(summary.stopReason, 'max-bytes');
  });

  it('counts both parts and tells of their problems and progress, also where the limit ends it', async () => {
    const source = sourceWith('a');
    const problems: string[] = [];
    const seen: ScanProgress[] = [];
    const options = {
      onProblem: (problem: { message: string }) => problems.push(problem.message),
      onProgress: (progress: ScanProgress) => seen.push(progress),
    };
    const { reading } = await waiting(source, { limit: 2 }, options);
    source.log.get(0)!.batches.push({ baseOffset: 1, nextOffset: 2, records: [], corrupt: true });
    source.log.get(0)!.highWatermark = 2;
    source.append(0, [
      { timestamp: 2, value: 'b' },
      { timestamp: 3, value: 'c' },
    ]);
    const { records, summary } = await reading;
    assert.deepEqual(names(records), ['0:0', '0:2']);
    assert.deepEqual([summary.stopReason, summary.scanned, summary.matched], ['limit', 2, 2]);
    assert.ok(summary.bytes > 81, `${summary.bytes} bytes`);
    assert.equal(summary.problems.length, 1);
    assert.match(problems[0] ?? '', /left out/);
    assert.ok(seen.some((progress) => progress.bytes === summary.bytes));
    assert.equal(summary.position.partitions.get(0)?.next, 3);
  });

  it('answers at its limit at once', async () => {
    const source = sourceWith('a');
    const startedAt = performance.now();
    const { reading } = await waiting(source, { limit: 2 });
    source.append(0, [{ timestamp: 1, value: 'b' }]);
    const { summary } = await reading;
    assert.equal(summary.stopReason, 'limit');
    assert.ok(performance.now() - startedAt < 3000);
  });
});
