import assert from 'node:assert/strict';
import fc from 'fast-check';
import { decodePosition, encodePosition } from '../../../../src/core/scan/position';
import type { ScanPosition, ScanQuery } from '../../../../src/core/scan/query';
import { scan } from '../../../../src/core/scan/scan';
import { type FakeBatch, FakeRecordSource } from '../../../support/fakeRecordSource';
import { names, readAll } from './readAll';
import { naiveScan } from './scanModel';

const needle = 'needle';

interface BatchSeed {
  readonly kind: 'data' | 'aborted' | 'control';
  readonly gapBefore: number;
  readonly gapAfter: number;
  readonly sizeInBytes: number;
  readonly records: readonly { gap: number; step: number; untimed: boolean; hit: boolean }[];
}

const recordSeed = fc.record({
  gap: fc.constantFrom(0, 0, 0, 1, 7),
  step: fc.integer({ min: -20, max: 60 }),
  untimed: fc.integer({ min: 0, max: 9 }).map((n) => n === 0),
  hit: fc.integer({ min: 0, max: 4 }).map((n) => n === 0),
});

const batchSeed: fc.Arbitrary<BatchSeed> = fc.record({
  kind: fc.constantFrom('data', 'data', 'data', 'data', 'aborted', 'control'),
  gapBefore: fc.constantFrom(0, 0, 0, 3, 500, 100_000),
  gapAfter: fc.constantFrom(0, 0, 0, 5),
  sizeInBytes: fc.constantFrom(100, 5000, 40_000, 70_000, 600_000, 3_000_000),
  records: fc.array(recordSeed, { maxLength: 8 }),
});

const topicSeed = fc.record({
  sorted: fc.boolean(),
  partitions: fc.array(
    fc.record({
      batches: fc.array(batchSeed, { maxLength: 12 }),
      deleted: fc.constantFrom(0, 0, 0.3, 1),
      tail: fc.constantFrom(0, 0, 4),
    }),
    { minLength: 1, maxLength: 4 },
  ),
});

type TopicSeed = typeof topicSeed extends fc.Arbitrary<infer T> ? T : never;

function build(seed: TopicSeed): FakeRecordSource {
  const source = new FakeRecordSource();
  for (const [partition, { batches, deleted, tail }] of seed.partitions.entries()) {
    let offset = 0;
    let timestamp = 1000;
    const log: FakeBatch[] = batches.map(({ kind, gapBefore, gapAfter, sizeInBytes, records }) => {
      const baseOffset = (offset += gapBefore);
      const made = records.map(({ gap, step, untimed, hit }) => {
        offset += gap;
        timestamp += seed.sorted ? Math.abs(step) : step;
        const value = hit ? `a ${needle} in hay` : 'hay';
        return { offset: offset++, timestamp: untimed && !seed.sorted ? -1 : timestamp, key: 'k', value };
      });
      // A batch whose records were all compacted away still spans offsets.
      offset += gapAfter + (records.length === 0 ? 1 : 0);
      return { baseOffset, nextOffset: offset, records: made, kind, sizeInBytes };
    });
    const lastStable = offset;
    const open = { baseOffset: offset, nextOffset: offset + tail, records: [], kind: 'control' as const };
    const all = tail > 0 ? [...log, open] : log;
    const logStart = Math.floor(lastStable * deleted);
    const kept = all.filter((batch) => batch.nextOffset > logStart);
    source.addPartition(partition, kept, { logStart, lastStable, highWatermark: offset + tail });
  }
  return source;
}

/** A part of the log from where a scan begins or ends: 0 is the log start, 1 the end. */
const share = fc.integer({ min: 0, max: 20 }).map((twentieths) => twentieths / 20);

const querySeed = fc.record({
  direction: fc.constantFrom('oldest', 'newest'),
  filtered: fc.boolean(),
  from: share.map((part) => part / 2),
  to: share.map((part) => 1 - part / 2),
  startTime: fc.option(fc.integer({ min: 900, max: 2000 }), { nil: undefined }),
  pageLimit: fc.integer({ min: 1, max: 9 }),
  last: fc.integer({ min: 1, max: 30 }),
});

function offsetAt(source: FakeRecordSource, partition: number, part: number): number {
  const log = source.log.get(partition)!;
  return log.logStart + Math.floor((log.lastStable - log.logStart) * part);
}

async function readPages(
  source: FakeRecordSource,
  query: ScanQuery,
): Promise<{ names: string[]; scanned: number }> {
  const all: string[] = [];
  let scanned = 0;
  let from = query.from;
  for (let page = 0; page < 1000; page++) {
    const { records, summary } = await readAll(scan(source, { ...query, from }));
    all.push(...names(records));
    scanned += summary.scanned;
    if (summary.stopReason === 'end') return { names: all, scanned };
    const position: ScanPosition = decodePosition(encodePosition(summary.position));
    from = { at: 'position', position };
  }
  throw new Error('the pages do not come to an end');
}

describe('scan against a naive model', function () {
  this.timeout(60_000);

  it('gives the same records in the same order, whole and in pages', async () => {
    await fc.assert(
      fc.asyncProperty(topicSeed, querySeed, async (topic, q) => {
        const source = build(topic);
        const partitions = [...source.log.keys()];
        const offset = new Map(partitions.map((p) => [p, offsetAt(source, p, q.from)]));
        const until = new Map(partitions.map((p) => [p, offsetAt(source, p, q.to)]));
        const times =
          q.startTime === undefined
            ? undefined
            : await source.offsets('orders', partitions, { timestamp: q.startTime }, 'read_committed');
        const query: ScanQuery = {
          topic: 'orders',
          from: q.startTime === undefined ? { at: 'offset', offset } : { at: 'time', timestamp: q.startTime },
          to: { at: 'offset', offset: until },
          direction: q.direction,
          ...(q.filtered ? { filter: { kind: 'contains', bytes: Buffer.from(needle) } } : {}),
        };
        const range = {
          from: (p: number) => (times ?? offset).get(p)!,
          to: (p: number) => until.get(p)!,
        };
        const model = { ...range, direction: q.direction, text: q.filtered ? needle : undefined };
        const expected = names(naiveScan(source, model));
        const whole = await readAll(scan(source, query));
        const paged = await readPages(source, { ...query, limit: q.pageLimit });
        const visible = naiveScan(source, { ...range, direction: q.direction }).length;
        assert.equal(whole.summary.stopReason, 'end');
        assert.equal(whole.summary.scanned, visible);
        assert.equal(paged.scanned, visible);
        assert.equal(whole.summary.matched, expected.length);
        assert.deepEqual(whole.summary.problems, []);
        if (isExact(topic, q)) {
          assert.deepEqual(names(whole.records), expected);
          assert.deepEqual(paged.names, expected);
        } else {
          // Batches without a hit count with their largest timestamp, see Merge: nothing missed, nothing twice.
          for (const p of partitions) {
            const ofPartition = (name: string): boolean => name.startsWith(`${p}:`);
            assert.deepEqual(names(whole.records).filter(ofPartition), expected.filter(ofPartition));
            assert.deepEqual(paged.names.filter(ofPartition), expected.filter(ofPartition));
          }
        }
      }),
      { numRuns: 400 },
    );
  });

  it('finds the newest N of the selection in both directions, whole and in pages', async () => {
    await fc.assert(
      fc.asyncProperty(topicSeed, querySeed, async (topic, q) => {
        if (!isExact(topic, { ...q, direction: 'newest' })) return;
        const source = build(topic);
        const query: ScanQuery = {
          topic: 'orders',
          from: { at: 'last', count: q.last },
          direction: q.direction,
          ...(q.filtered ? { filter: { kind: 'contains', bytes: Buffer.from(needle) } } : {}),
        };
        const text = q.filtered ? needle : undefined;
        const newest = names(naiveScan(source, { direction: 'newest', text })).slice(0, q.last);
        const chosen = new Set(newest);
        const whole = await readAll(scan(source, query));
        const paged = await readPages(source, { ...query, limit: q.pageLimit });
        const expected =
          q.direction === 'newest'
            ? newest
            : names(naiveScan(source, { direction: 'oldest', text, from: lowest(newest) })).filter((n) =>
                chosen.has(n),
              );
        assert.equal(whole.summary.stopReason, 'end');
        assert.deepEqual(names(whole.records), expected);
        assert.deepEqual(paged.names, expected);
      }),
      { numRuns: 400 },
    );
  });
});

/** Whether the order is fixed by the definition alone, see Merge. */
function isExact(topic: TopicSeed, q: { direction: string; filtered: boolean }): boolean {
  return topic.sorted || !q.filtered || q.direction === 'oldest' || topic.partitions.length === 1;
}

/** Smallest chosen offset of a partition; a partition of which none was chosen begins behind everything. */
function lowest(chosen: readonly string[]): (partition: number) => number {
  return (partition) =>
    Math.min(
      ...chosen
        .map((name) => name.split(':').map(Number))
        .flatMap(([p, offset]) => (p === partition ? [offset!] : [])),
    );
}
