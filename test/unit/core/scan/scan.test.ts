import assert from 'node:assert/strict';
import { KafkaManagerError } from '../../../../src/contract/errors';
import type { ScanPosition, ScanProgress, ScanQuery } from '../../../../src/core/scan/query';
import { scan } from '../../../../src/core/scan/scan';
import { type FakeBatch, type FakeRecord, FakeRecordSource } from '../../../support/fakeRecordSource';
import { names, readAll } from './readAll';

/** A batch of records one after another, a timestamp apart each. */
function batch(baseOffset: number, count: number, more: Partial<FakeBatch> = {}): FakeBatch {
  const records: FakeRecord[] = Array.from({ length: count }, (_, index) => ({
    offset: baseOffset + index,
    timestamp: 1000 + baseOffset + index,
    value: `v${baseOffset + index}`,
  }));
  return { baseOffset, nextOffset: baseOffset + count, records, ...more };
}

const everything: ScanQuery = { topic: 'orders', from: { at: 'beginning' } };

function withCode(code: string, words: RegExp): (error: unknown) => boolean {
  return (error) => error instanceof KafkaManagerError && error.code === code && words.test(error.message);
}

describe('scan', () => {
  it('merges partitions by timestamp and keeps the order inside a partition', async () => {
    const source = new FakeRecordSource();
    const at = (offset: number, timestamp: number): FakeRecord => ({ offset, timestamp });
    source.addPartition(0, [{ baseOffset: 0, nextOffset: 3, records: [at(0, 10), at(1, 5), at(2, 30)] }]);
    source.addPartition(1, [{ baseOffset: 0, nextOffset: 3, records: [at(0, 10), at(1, -1), at(2, 20)] }]);
    const oldest = await readAll(scan(source, everything));
    assert.deepEqual(names(oldest.records), ['0:0', '0:1', '1:0', '1:1', '1:2', '0:2']);
    const newest = await readAll(scan(source, { ...everything, direction: 'newest' }));
    assert.deepEqual(names(newest.records), ['0:2', '1:2', '1:1', '1:0', '0:1', '0:0']);
  });

  it('finds bytes in keys and values but not in headers, and decodes no batch without a hit', async () => {
    const source = new FakeRecordSource();
    const headers = [{ key: 'h', value: Buffer.from('gold') }];
    source.addPartition(0, [
      {
        baseOffset: 0,
        nextOffset: 2,
        records: [
          { offset: 0, timestamp: 1, value: 'x', headers },
          { offset: 1, timestamp: 1, key: 'gold' },
        ],
      },
      {
        baseOffset: 2,
        nextOffset: 4,
        records: [
          { offset: 2, timestamp: 1, value: null },
          { offset: 3, timestamp: 1, value: 'marigold' },
        ],
      },
      batch(4, 5),
    ]);
    const filter = { kind: 'contains', bytes: Buffer.from('gold') } as const;
    const { records, summary } = await readAll(scan(source, { ...everything, filter }));
    assert.deepEqual(names(records), ['0:1', '0:3']);
    assert.equal(summary.scanned, 9);
    assert.equal(summary.matched, 2);
    assert.deepEqual(source.decoded, [0, 2]);
  });

  it('is bounded by the end at its start, the last stable offset under read_committed', async () => {
    const source = new FakeRecordSource();
    source.addPartition(0, [batch(0, 4), batch(4, 2, { kind: 'aborted' }), batch(6, 4)], { lastStable: 6 });
    source.beforeFetch = () => source.append(0, [{ timestamp: 1 }]);
    const committed = await readAll(scan(source, everything));
    assert.deepEqual(names(committed.records), ['0:0', '0:1', '0:2', '0:3']);
    source.beforeFetch = () => {};
    const all = await readAll(scan(source, { ...everything, isolation: 'read_uncommitted' }));
    assert.equal(all.records.length, 11);
  });

  it('stops at limits and tells how to go on', async () => {
    const source = new FakeRecordSource();
    source.addPartition(0, [batch(0, 10)]);
    const limited = await readAll(scan(source, { ...everything, limit: 4 }));
    assert.equal(limited.summary.stopReason, 'limit');
    assert.deepEqual(limited.summary.position.partitions.get(0), { next: 4, end: 10 });
    const bytes = await readAll(scan(source, { ...everything, maxBytes: 5 }));
    assert.equal(bytes.summary.stopReason, 'max-bytes');
    assert.deepEqual(names(bytes.records), ['0:0', '0:1']);
    const tiny = await readAll(scan(source, { ...everything, maxBytes: 1 }));
    assert.deepEqual(names(tiny.records), ['0:0']);
    const exact = await readAll(scan(source, { ...everything, limit: 10 }));
    assert.equal(exact.summary.stopReason, 'end');
    assert.deepEqual(exact.summary.position.partitions.get(0), { next: 10, end: 10 });
  });

  it('hands out pages of a bounded size', async () => {
    const source = new FakeRecordSource();
    source.addPartition(0, [batch(0, 1200)]);
    const { pages } = await readAll(scan(source, everything));
    assert.deepEqual(pages, [500, 500, 200]);
  });

  it('reads the newest 100 of a large topic with one fetch', async () => {
    const source = new FakeRecordSource();
    const batches = Array.from({ length: 1000 }, (_, i) => batch(i * 100, 100));
    for (let p = 0; p < 3; p++) source.addPartition(p, batches);
    const { records } = await readAll(scan(source, { ...everything, direction: 'newest', limit: 100 }));
    assert.equal(records.length, 100);
    assert.equal(source.fetches.length, 1);
  });

  it('fetches a large batch at most twice while reading newest first', async () => {
    const source = new FakeRecordSource();
    for (let p = 0; p < 64; p++) source.addPartition(p, [batch(0, 5000, { sizeInBytes: 1_000_000 })]);
    const { records, summary } = await readAll(scan(source, { ...everything, direction: 'newest' }));
    assert.equal(records.length, 64 * 5000);
    assert.equal(summary.bytes, 2 * 64 * 1_000_000);
  });

  it('gets over wide gaps in few fetches', async () => {
    const source = new FakeRecordSource();
    source.addPartition(0, [batch(0, 3), { ...batch(10_000_000_000, 3), baseOffset: 10_000_000_000 }]);
    for (const direction of ['oldest', 'newest'] as const) {
      source.fetches.length = 0;
      const { records } = await readAll(scan(source, { ...everything, direction }));
      assert.equal(records.length, 6);
      assert.ok(source.fetches.length < 20, `${direction}: ${source.fetches.length} fetches`);
    }
  });

  it('begins at the log start where the offset is gone, and refuses one behind the end', async () => {
    const source = new FakeRecordSource();
    source.addPartition(0, [batch(5, 5)], { logStart: 5 });
    source.addPartition(1, [batch(0, 2)]);
    const { records, summary } = await readAll(
      scan(source, { ...everything, from: { at: 'offset', offset: 3 } }),
    );
    assert.equal(records.length, 5);
    assert.deepEqual(
      summary.problems.map((p) => [p.partition, p.offset]),
      [[0, 3]],
    );
    const behind = scan(source, { ...everything, from: { at: 'offset', offset: new Map([[1, 3]]) } });
    await assert.rejects(readAll(behind), withCode('OFFSET_OUT_OF_RANGE', /3.*partition 1.*0 to 2/));
    const unknown = scan(source, { ...everything, partitions: [0, 7] });
    await assert.rejects(readAll(unknown), withCode('PARTITION_NOT_FOUND', /orders.*7/));
    await assert.rejects(
      readAll(scan(source, { ...everything, topic: 'nope' })),
      withCode('TOPIC_NOT_FOUND', /./),
    );
    await assert.rejects(
      readAll(scan(source, { ...everything, limit: 0 })),
      withCode('VALIDATION_ERROR', /limit/),
    );
  });

  it('reads between two times', async () => {
    const source = new FakeRecordSource();
    source.addPartition(0, [batch(0, 10)]);
    source.addPartition(1, [batch(0, 2)]);
    const between = {
      ...everything,
      from: { at: 'time', timestamp: 1002 },
      to: { at: 'time', timestamp: 1005 },
    } as const;
    const { records } = await readAll(scan(source, between));
    assert.deepEqual(names(records), ['0:2', '0:3', '0:4']);
  });

  for (const direction of ['oldest', 'newest'] as const) {
    it(`goes on at the new log start when retention moves it (${direction} first)`, async () => {
      const source = new FakeRecordSource();
      const log = source.addPartition(
        0,
        Array.from({ length: 6 }, (_, i) => batch(i * 50, 50, { sizeInBytes: 70_000 })),
      );
      source.beforeFetch = (count) => {
        if (count !== 2) return;
        log.logStart = 200;
        log.batches = log.batches.slice(4);
      };
      const { records, summary } = await readAll(scan(source, { ...everything, direction }));
      const offsets = records.map((r) => r.offset).sort((a, b) => a - b);
      assert.ok(offsets.includes(200) && offsets.includes(299));
      assert.equal(new Set(offsets).size, offsets.length);
      assert.equal(summary.stopReason, 'end');
      assert.equal(summary.problems.length, 1);
      assert.match(summary.problems[0]!.message, /begins at 200/);
    });

    it(`stops a partition whose topic was made anew, not the others (${direction} first)`, async () => {
      const source = new FakeRecordSource();
      const big = { sizeInBytes: 70_000 };
      const log = source.addPartition(0, [batch(0, 300, big), batch(300, 300, big), batch(600, 300, big)]);
      source.addPartition(1, [batch(0, 3)]);
      source.beforeFetch = (count) => {
        if (count === 2) Object.assign(log, { batches: [batch(0, 2)], highWatermark: 2, lastStable: 2 });
      };
      const { records, summary } = await readAll(scan(source, { ...everything, direction }));
      assert.equal(records.filter((r) => r.partition === 1).length, 3);
      assert.match(summary.problems[0]!.message, /made anew/);
      assert.equal(summary.stopReason, 'end');
    });

    it(`stops it also where the new topic has as many records (${direction} first)`, async () => {
      const source = new FakeRecordSource();
      const big = { sizeInBytes: 70_000 };
      source.addPartition(0, [batch(0, 300, big), batch(300, 300, big), batch(600, 300, big)]);
      source.addPartition(1, [batch(0, 3)]);
      source.beforeFetch = (count) => {
        if (count === 2) source.recreated.add(0);
      };
      const { records, summary } = await readAll(scan(source, { ...everything, direction }));
      assert.ok(records.length < 903, `${records.length} records`);
      assert.equal(records.filter((r) => r.partition === 1).length, 3);
      assert.match(summary.problems[0]!.message, /deleted and made anew while partition 0/);
      assert.equal(summary.problems.length, 1);
      assert.equal(summary.stopReason, 'end');
    });

    it(`leaves out a corrupt batch and goes on behind it (${direction} first)`, async () => {
      const source = new FakeRecordSource();
      source.addPartition(0, [batch(0, 2), batch(2, 2, { corrupt: true }), batch(4, 2)]);
      const { records, summary } = await readAll(scan(source, { ...everything, direction }));
      assert.deepEqual(records.map((r) => r.offset).sort(), [0, 1, 4, 5]);
      assert.deepEqual(
        summary.problems.map((p) => [p.partition, p.offset]),
        [[0, 2]],
      );
    });
  }

  it('reads the others when one partition can not be fetched, and fails when none can', async () => {
    const source = new FakeRecordSource();
    for (let p = 0; p < 3; p++) source.addPartition(p, [batch(0, 2)]);
    source.failing.set(1, new Error('no leader'));
    const { records, summary } = await readAll(scan(source, everything));
    assert.deepEqual(names(records), ['0:0', '2:0', '0:1', '2:1']);
    assert.match(summary.problems[0]!.message, /Partition 1 .*no leader/);
    assert.deepEqual(summary.position.partitions.get(1), { next: 0, end: 2 });
    for (let p = 0; p < 3; p++) source.failing.set(p, new Error('gone'));
    await assert.rejects(readAll(scan(source, everything)), /gone/);
  });

  it('ends without an error when cancelled, and goes on from there without a miss', async () => {
    const source = new FakeRecordSource();
    source.addPartition(
      0,
      Array.from({ length: 10 }, (_, i) => batch(i * 300, 300, { sizeInBytes: 70_000 })),
    );
    const abort = new AbortController();
    const first = [];
    const pages = scan(source, everything, { signal: abort.signal });
    let step = await pages.next();
    while (!step.done) {
      first.push(...step.value);
      if (first.length >= 900) abort.abort();
      step = await pages.next();
    }
    assert.equal(step.value.stopReason, 'cancelled');
    const rest = await readAll(
      scan(source, { ...everything, from: { at: 'position', position: step.value.position } }),
    );
    assert.deepEqual(
      [...first, ...rest.records].map((r) => r.offset),
      Array.from({ length: 3000 }, (_, i) => i),
    );
  });

  it('goes on from an oldest-first position to the present end, or to `to`; newest first keeps its range', async () => {
    const source = new FakeRecordSource();
    source.addPartition(0, [batch(0, 4)]);
    const first = await readAll(scan(source, { ...everything, limit: 2 }));
    const newest = await readAll(scan(source, { ...everything, direction: 'newest', limit: 2 }));
    const last = await readAll(scan(source, { ...everything, from: { at: 'last', count: 3 }, limit: 2 }));
    source.append(0, [{ timestamp: 9000 }, { timestamp: 9001 }]);
    const goOn = (position: ScanPosition, more: Partial<ScanQuery> = {}) =>
      readAll(scan(source, { topic: 'orders', ...more, from: { at: 'position', position } }));
    const rest = await goOn(first.summary.position);
    assert.deepEqual(names(rest.records), ['0:2', '0:3', '0:4', '0:5']);
    assert.deepEqual(names((await goOn(newest.summary.position)).records), ['0:1', '0:0']);
    assert.deepEqual(names((await goOn(last.summary.position)).records), ['0:3', '0:4', '0:5']);
    const to = { at: 'offset', offset: 3 } as const;
    assert.deepEqual(names((await goOn(first.summary.position, { to })).records), ['0:2']);
    const early = await goOn(first.summary.position, { to: { at: 'offset', offset: 1 } });
    assert.deepEqual([early.records.length, early.summary.position.partitions.get(0)?.next], [0, 2]);
  });

  it('refuses a position beside something else', async () => {
    const source = new FakeRecordSource();
    for (let p = 0; p < 2; p++) source.addPartition(p, [batch(0, 4)]);
    const { position } = (await readAll(scan(source, { ...everything, limit: 2 }))).summary;
    const from = { at: 'position', position } as const;
    const same = { topic: 'orders', from, partitions: [1, 0], direction: 'oldest' } as const;
    assert.equal((await readAll(scan(source, same))).records.length, 6);
    for (const [more, what] of [
      [{ topic: 'other' }, /topic orders/],
      [{ direction: 'newest' }, /newest/],
      [{ partitions: [0] }, /partition 1/],
      [{ partitions: [0, 1, 2] }, /partition 2/],
    ] as const) {
      await assert.rejects(readAll(scan(source, { ...same, ...more })), withCode('VALIDATION_ERROR', what));
    }
  });

  it('ends at the deadline while nothing comes', async () => {
    const source = new FakeRecordSource();
    source.addPartition(0, [batch(0, 2)], { highWatermark: 10 });
    const { records, summary } = await readAll(scan(source, everything, { deadlineMs: 50 }));
    assert.equal(records.length, 2);
    assert.equal(summary.stopReason, 'deadline');
    assert.deepEqual(summary.position.partitions.get(0), { next: 2, end: 10 });
  });

  it('gives up on a partition of which nothing ever comes', async () => {
    const source = new FakeRecordSource();
    source.impatient = true;
    source.addPartition(0, [batch(0, 2)], { highWatermark: 10 });
    const { summary } = await readAll(scan(source, everything));
    assert.equal(summary.stopReason, 'end');
    assert.match(summary.problems[0]!.message, /Nothing came of partition 0 from offset 2/);
  });

  it('tells its progress', async () => {
    const source = new FakeRecordSource();
    source.addPartition(
      0,
      Array.from({ length: 4 }, (_, i) => batch(i * 10, 10, { sizeInBytes: 70_000 })),
    );
    const seen: ScanProgress[] = [];
    let now = 0;
    const options = { onProgress: (p: ScanProgress) => seen.push(p), clock: () => (now += 5) };
    const { summary } = await readAll(scan(source, everything, options));
    assert.equal(summary.bytes, 280_000);
    assert.ok(summary.elapsedMs > 0);
    assert.ok(seen.length >= 2);
    for (const [i, p] of seen.slice(1).entries())
      assert.ok(p.bytes >= seen[i]!.bytes && p.elapsedMs > seen[i]!.elapsedMs);
  });

  it('holds no more than 32 MB, and begins each fetch with another partition', async () => {
    const source = new FakeRecordSource();
    const batches = Array.from({ length: 20 }, (_, i) => batch(i * 10, 10, { sizeInBytes: 500_000 }));
    for (let p = 0; p < 40; p++) source.addPartition(p, batches);
    const { records } = await readAll(scan(source, everything));
    assert.equal(records.length, 40 * 200);
    for (const { positions, options } of source.fetches) {
      assert.ok(positions.length * options.maxBytesPerPartition <= 32 * 1024 * 1024);
    }
    assert.ok(new Set(source.fetches.map((f) => f.positions[0]!.partition)).size > 3);
  });
});
