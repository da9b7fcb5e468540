import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { ConsumedRecord } from '../../../../src/core/kafkaTypes';
import { BatchBuilder, type RecordToWrite } from '../../../../src/kafka/records/batchBuilder';
import { canCompress } from '../../../../src/kafka/records/codecs';
import { readBatches } from '../../../../src/kafka/records/readBatches';
import { sealed } from '../../../support/hostile/storedBatch';
import { recordsOf } from '../../../support/rowsOf';

const bytes = fc.oneof(fc.constant(null), fc.uint8Array({ maxLength: 300 }));
const header = fc.record({ key: fc.string({ maxLength: 20, unit: 'grapheme' }), value: bytes });
const record: fc.Arbitrary<RecordToWrite> = fc.record({
  key: bytes,
  value: bytes,
  headers: fc.array(header, { maxLength: 5 }),
  // Deltas stay exact where both ends do: up to 2^51 either way.
  timestamp: fc.integer({ min: -1, max: 2 ** 51 }),
});
const compression = fc.constantFrom(
  ...(['none', 'gzip', 'snappy', 'lz4'] as const),
  ...(canCompress('zstd') ? (['zstd'] as const) : []),
);

/** As written and read, in plain values that compare. */
function plain(records: readonly (RecordToWrite | ConsumedRecord)[]): unknown[] {
  const hex = (value: Uint8Array | null): string | null =>
    value === null ? null : Buffer.from(value).toString('hex');
  return records.map(({ key, value, headers = [], timestamp }) => ({
    key: hex(key),
    value: hex(value),
    timestamp,
    headers: headers.map((h) => [h.key, hex(h.value)]),
  }));
}

function build(records: readonly RecordToWrite[]): BatchBuilder {
  const builder = new BatchBuilder(65_536);
  for (const one of records) builder.add(one);
  return builder;
}

/** Sets the base offset, as a broker does. */
function at(batch: Buffer, offset: number): Buffer {
  const copy = Buffer.from(batch);
  copy.writeBigInt64BE(BigInt(offset), 0);
  return copy;
}

describe('record batches', () => {
  it('come back as they were written, with every codec', () => {
    fc.assert(
      fc.property(fc.array(record, { minLength: 1, maxLength: 30 }), compression, (records, codec) => {
        const batch = at(build(records).finish(undefined, codec), 1000);
        const { batches, nextOffset } = readBatches(3, batch, 1000, undefined, { checkCrc: true });
        assert.equal(nextOffset, 1000 + records.length);
        const read = recordsOf(batches[0]!);
        assert.deepEqual(plain(read), plain(records));
        assert.deepEqual(
          read.map((one) => [one.partition, one.offset]),
          records.map((_, i) => [3, 1000 + i]),
        );
        assert.equal(batches[0]!.maxTimestamp, Math.max(...records.map((one) => one.timestamp)));
      }),
      { numRuns: 300 },
    );
  });

  it('compress large values that repeat and large ones that do not', () => {
    const noise = Buffer.from(
      Array.from({ length: 300_000 }, (_, i) => (Math.imul(i, 2654435761) >>> 13) & 255),
    );
    const text = Buffer.from('{"name":"local kafka manager","n":12345},'.repeat(20_000));
    const codecs = ['gzip', 'snappy', 'lz4', ...(canCompress('zstd') ? (['zstd'] as const) : [])] as const;
    for (const codec of codecs) {
      const records = [noise, text, Buffer.alloc(500_000)].map((value) => ({
        key: null,
        value,
        timestamp: 5,
      }));
      const batch = build(records).finish(undefined, codec);
      assert.ok(batch.length < 0.5 * (noise.length + text.length + 500_000), codec);
      const read = recordsOf(readBatches(0, batch, 0, undefined).batches[0]!);
      assert.deepEqual(plain(read), plain(records), codec);
    }
  });

  it('take a record beyond their limit when it is the first, and refuse a second', () => {
    const builder = new BatchBuilder(1000);
    const large = { key: null, value: Buffer.alloc(5000, 7), timestamp: 1 };
    assert.ok(builder.fits(large));
    builder.add(large);
    assert.ok(!builder.fits({ key: null, value: null, timestamp: 1 }));
    const [batch] = readBatches(0, builder.finish(), 0, undefined).batches;
    assert.deepEqual(plain(recordsOf(batch!)), plain([large]));
  });

  it('come without those that lie wholly below the asked offset', () => {
    const records = Array.from({ length: 10 }, (_, i) => ({
      key: null,
      value: Buffer.from([i]),
      timestamp: i,
    }));
    const two = Buffer.concat([at(build(records).finish(), 90), at(build(records).finish(), 100)]);
    const { batches, nextOffset } = readBatches(0, two, 104, undefined);
    assert.equal(nextOffset, 110);
    assert.equal(batches.length, 1);
    assert.deepEqual(
      recordsOf(batches[0]!).map((one) => one.offset),
      records.map((_, i) => 100 + i),
    );
  });

  it('leave out a last batch that is cut off, at any byte', () => {
    const whole = build([{ key: null, value: Buffer.from('one'), timestamp: 1 }]).finish();
    for (let cut = 0; cut < whole.length; cut++) {
      const answer = Buffer.concat([at(whole, 7), at(whole, 8).subarray(0, cut)]);
      const { batches, nextOffset } = readBatches(0, answer, 7, undefined);
      assert.equal(batches.length, 1);
      assert.equal(nextOffset, 8);
    }
  });

  it('go on behind offsets that compaction has taken, also where a batch is empty', () => {
    const batch = at(build([{ key: null, value: null, timestamp: 1 }]).finish(), 50);
    batch.writeInt32BE(19, 23); // last offset delta
    assert.equal(readBatches(0, sealed(batch), 50, undefined).nextOffset, 70);
    const empty = batch.subarray(0, 61);
    empty.writeInt32BE(49, 8);
    empty.writeInt32BE(0, 57);
    for (const attributes of [0, 32, 3]) {
      empty.writeInt16BE(attributes, 21);
      assert.deepEqual(readBatches(0, sealed(empty), 50, [{ producerId: -1n, firstOffset: 0 }]), {
        batches: [],
        nextOffset: 70,
      });
    }
  });

  it("use the broker's clock where the topic does (LogAppendTime)", () => {
    const batch = build([
      { key: null, value: null, timestamp: 1 },
      { key: null, value: null, timestamp: 2 },
    ]).finish();
    batch.writeInt16BE(8, 21);
    batch.writeBigInt64BE(1_700_000_000_123n, 35);
    const [read] = readBatches(0, batch, 0, undefined).batches;
    assert.deepEqual(
      recordsOf(read!).map((one) => one.timestamp),
      [1_700_000_000_123, 1_700_000_000_123],
    );
  });
});
