import assert from 'node:assert/strict';
import { BatchReader } from '../../../../src/core/scan/batchReader';
import type { CompiledFilter } from '../../../../src/core/scan/filter/compiledFilter';
import type { ScanDirection } from '../../../../src/core/scan/query';
import type { RecordBatch } from '../../../../src/core/scan/recordSource';
import { rowsOf } from '../../../support/rowsOf';

const rows = rowsOf(
  0,
  Array.from({ length: 10 }, (_, i) => ({ offset: i, timestamp: 100 + i, value: `v${i}` })),
);
const batch: RecordBatch = {
  partition: 0,
  baseOffset: 0,
  nextOffset: 10,
  count: 10,
  maxTimestamp: 109,
  sizeInBytes: rows.bytes.length,
  section: () => rows.bytes,
  rows: () => rows,
};

/** Lets every third row through, and decides about `most` rows in one call. */
function thirds(most: number): CompiledFilter {
  return {
    mayMatch: () => true,
    select: (_rows, from, to, direction) => {
      const run =
        direction === 'oldest'
          ? { from, to: Math.min(to, from + most) }
          : { from: Math.max(from, to - most), to };
      return { ...run, hits: [0, 3, 6, 9].filter((row) => row >= run.from && row < run.to) };
    },
    keep: (_rows, run) => run,
  };
}

/** Offsets of the records in reading order, and what is kept back as a negative count. */
function heads(direction: ScanDirection, filter: CompiledFilter): { seen: number[]; edges: number[] } {
  const reader = new BatchReader(batch, { next: 0, end: 10 }, direction, filter);
  const seen: number[] = [];
  const edges: number[] = [];
  while (reader.next()) {
    assert.ok(seen.length < 100, 'it goes on for ever');
    seen.push(reader.skipped > 0 ? -reader.skipped : reader.record().offset);
    edges.push(reader.edge());
  }
  return { seen, edges };
}

describe('batch reader', () => {
  it('reads on where the filter decided about a part of the slice only, both ways', () => {
    for (const most of [1, 2, 3, 4, 7, 10]) {
      for (const direction of ['oldest', 'newest'] as const) {
        const { seen, edges } = heads(direction, thirds(most));
        const hits = seen.filter((offset) => offset >= 0);
        assert.deepEqual(hits, direction === 'oldest' ? [0, 3, 6, 9] : [9, 6, 3, 0]);
        assert.equal(
          seen.reduce((sum, head) => sum + (head < 0 ? -head : 0), 0),
          6,
        );
        assert.equal(edges.at(-1), direction === 'oldest' ? 10 : 0);
      }
    }
  });

  it('refuses a filter that gives a row twice, or one that was not asked for', () => {
    for (const direction of ['oldest', 'newest'] as const) {
      const select: CompiledFilter['select'] = (_rows, from, to) => ({ from, to, hits: [4, 4] });
      assert.throws(() => heads(direction, { ...thirds(1), select }), /not one of those/);
    }
  });

  it('tells when it searched', () => {
    const reader = new BatchReader(batch, { next: 0, end: 10 }, 'oldest', thirds(7));
    const searched: boolean[] = [];
    while (reader.next()) searched.push(reader.hasSearched);
    // 0, two kept back, 3, two kept back, 6; then the second call: two kept back, 9.
    assert.deepEqual(searched, [true, false, false, false, false, true, false]);
  });
});
