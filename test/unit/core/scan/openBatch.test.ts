import assert from 'node:assert/strict';
import { isSkip } from '../../../../src/core/scan/entry';
import { type OpenOptions, openBatch } from '../../../../src/core/scan/openBatch';
import type { RecordBatch } from '../../../../src/core/scan/recordSource';

/** A batch of two records, whose values are views of these lengths into a section of 1,000 bytes. */
function batchOf(first: number, second: number): RecordBatch {
  const section = new Uint8Array(1000);
  section[0] = 7;
  const record = { partition: 0, timestamp: 0, key: null, headers: [] };
  return {
    partition: 0,
    baseOffset: 0,
    nextOffset: 2,
    count: 2,
    sizeInBytes: 20,
    maxTimestamp: 0,
    section: () => section,
    records: () => [
      { ...record, offset: 0, value: section.subarray(0, first) },
      { ...record, offset: 1, value: section.subarray(first, first + second) },
    ],
  };
}

describe('openBatch', () => {
  const range = { next: 0, end: 2 };

  /** Bytes that the values of the entries hold, each of them. */
  function held(batch: RecordBatch, filter?: Uint8Array): (number | undefined)[] {
    const open: OpenOptions = {
      direction: 'oldest',
      filter: filter && { kind: 'contains', bytes: filter },
      report: () => {},
    };
    return openBatch(batch, range, open).flatMap((entry) =>
      isSkip(entry) ? [] : [entry.value?.buffer.byteLength],
    );
  }

  it('copies a few hits, so that they do not hold all that the batch unpacked to', () => {
    assert.deepEqual(held(batchOf(10, 900), Uint8Array.of(7)), [10]);
  });

  it('leaves views where most of the batch is wanted', () => {
    assert.deepEqual(held(batchOf(100, 900)), [1000, 1000]);
  });
});
