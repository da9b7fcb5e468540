import assert from 'node:assert/strict';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { KafkaManagerError } from '../../../../src/contract/errors';
import type { CompressionName } from '../../../../src/core/kafkaTypes';
import { BatchBuilder } from '../../../../src/kafka/records/batchBuilder';
import { decompress } from '../../../../src/kafka/records/codecs';
import { readBatches } from '../../../../src/kafka/records/readBatches';
import { sealed } from '../../../support/hostile/storedBatch';
import { recordsOf } from '../../../support/rowsOf';

// Written by zstd 1.5 (level 3) from 'kafka ' x 100: a frame with a checksum.
const ZSTD = Buffer.from('28b52ffd04586d0000306b61666b612001004f529522c37a3b69', 'hex');

function batch(codec: CompressionName, count = 20): Buffer {
  const builder = new BatchBuilder(1 << 20);
  for (let i = 0; i < count; i++) {
    const headers = [{ key: 'trace', value: Buffer.from(`t${i}`) }];
    builder.add({
      key: Buffer.from(`key-${i}`),
      value: Buffer.from(`value ${i} `.repeat(9)),
      headers,
      timestamp: i,
    });
  }
  return builder.finish(undefined, codec);
}

/** Reads all that can be read; anything but a result or an error that names the place is a failure. */
function readAll(
  bytes: Buffer,
  checkCrc = false,
  aborted = [{ producerId: -1n, firstOffset: 0 }],
): { records: number; errors: KafkaManagerError[] } {
  let records = 0;
  const errors: KafkaManagerError[] = [];
  const { batches, nextOffset } = readBatches(4, bytes, 0, aborted, {
    checkCrc,
    maxDecompressedBytes: 10_000_000,
  });
  assert.ok(Number.isSafeInteger(nextOffset) && nextOffset >= 0);
  for (const one of batches) {
    assert.ok(one.nextOffset <= nextOffset);
    try {
      records += one.rows().length;
    } catch (error) {
      assert.ok(error instanceof KafkaManagerError, String(error));
      assert.equal(error.code, 'CORRUPT_RECORDS');
      assert.match(error.message, /at offset \d+ of partition 4/);
      errors.push(error);
    }
  }
  return { records, errors };
}

describe('hostile record batches', function () {
  this.timeout(30_000);

  for (const codec of ['none', 'gzip', 'snappy', 'lz4'] as const) {
    const good = batch(codec);
    const three = Buffer.concat([good, good, good]);

    it(`never crash the reader when bits are flipped (${codec})`, () => {
      const flip = fc.tuple(fc.nat({ max: three.length - 1 }), fc.nat({ max: 7 }));
      fc.assert(
        fc.property(fc.array(flip, { minLength: 1, maxLength: 4 }), (flips) => {
          const bytes = Buffer.from(three);
          for (const [at, bit] of flips) bytes[at]! ^= 1 << bit;
          readAll(bytes);
        }),
        { numRuns: 800 },
      );
    });

    it(`are found by their checksum when it is asked for (${codec})`, () => {
      for (let at = 21; at < good.length; at += 3) {
        const bytes = Buffer.from(good);
        bytes[at]! ^= 4;
        const { records, errors } = readAll(bytes, true);
        // A flip may also make a control batch of it, or one behind the end of the answer: then nothing is shown.
        assert.ok(records === 0 || errors.length > 0, `byte ${at}`);
      }
    });

    it(`never crash the reader when bytes are inserted, removed or cut (${codec})`, () => {
      const noise = fc.uint8Array({ maxLength: 40 });
      fc.assert(
        fc.property(fc.nat({ max: three.length }), fc.nat({ max: 50 }), noise, (at, removed, inserted) => {
          readAll(Buffer.concat([three.subarray(0, at), inserted, three.subarray(at + removed)]));
          readAll(three.subarray(0, at));
        }),
        { numRuns: 800 },
      );
    });

    it(`with noise in place of their records give an error (${codec})`, () => {
      fc.assert(
        fc.property(fc.uint8Array({ maxLength: 400 }), (noise) => {
          const bytes = Buffer.concat([good.subarray(0, 61), noise]);
          bytes.writeInt32BE(bytes.length - 12, 8);
          assert.deepEqual(readAll(bytes).records, 0);
        }),
        { numRuns: 500 },
      );
    });
  }

  it('of one broken batch leave the others readable', () => {
    const first = batch('none');
    const broken = Buffer.from(first);
    broken.writeBigInt64BE(20n, 0);
    broken.writeInt32BE(2 ** 31 - 1, 57);
    const last = Buffer.from(first);
    last.writeBigInt64BE(40n, 0);
    const { records, errors } = readAll(Buffer.concat([first, broken, last]), false, []);
    assert.equal(records, 40);
    assert.match(errors[0]!.message, /at offset 20 of partition 4 .*claims 2147483647 records/);
  });

  it('that claim fewer records than they hold are refused: something in them is wrong', () => {
    const bytes = batch('none');
    bytes.writeInt32BE(19, 57);
    assert.match(readAll(sealed(bytes)).errors[0]!.message, /there is more behind its 19 records/);
  });

  it('in message format 0 or 1 are named as such, and stepped over', () => {
    for (const magic of [0, 1]) {
      const old = batch('none');
      old[16] = magic;
      const next = batch('none');
      next.writeBigInt64BE(20n, 0);
      const { errors } = readAll(Buffer.concat([old, next]));
      assert.match(errors[0]!.message, new RegExp(`message format ${magic} is older than Kafka 0.11`));
    }
  });

  it('of every length below a header let a scan get past them', () => {
    for (const length of [-2147483648, -1, 0, 4, 5, 48]) {
      const bytes = Buffer.concat([batch('none'), Buffer.alloc(64)]);
      bytes.writeInt32BE(length, 8);
      const { batches, nextOffset } = readBatches(0, bytes, 17, undefined);
      assert.equal(nextOffset, 18);
      assert.throws(() => batches[0]!.rows(), { code: 'CORRUPT_RECORDS' });
    }
  });

  it('that would decompress to more than is allowed are refused', () => {
    const zeros = Buffer.alloc(3_000_000);
    const builder = new BatchBuilder(1000);
    builder.add({ key: null, value: zeros, timestamp: 1 });
    const plain = builder.finish();
    for (const codec of ['gzip', 'snappy', 'lz4'] as const) {
      const small = new BatchBuilder(1000);
      small.add({ key: null, value: zeros, timestamp: 1 });
      const bytes = small.finish(undefined, codec);
      assert.ok(bytes.length < plain.length / 10);
      const [bomb] = readBatches(0, bytes, 0, undefined, { maxDecompressedBytes: 1_000_000 }).batches;
      assert.throws(() => bomb!.rows(), { code: 'CORRUPT_RECORDS' }, codec);
      const [fine] = readBatches(0, bytes, 0, undefined, { maxDecompressedBytes: 3_100_000 }).batches;
      assert.equal(recordsOf(fine!)[0]!.value!.length, 3_000_000);
    }
  });
});

describe('decompression', function () {
  this.timeout(30_000);

  it('reads zstd, and survives damage to it', () => {
    const text = 'kafka '.repeat(100);
    assert.equal(decompress(4, ZSTD).toString(), text);
    assert.throws(() => decompress(4, ZSTD, 100));
    fc.assert(
      fc.property(fc.nat({ max: ZSTD.length - 1 }), fc.integer({ min: 0, max: 255 }), (at, byte) => {
        const bytes = Buffer.from(ZSTD);
        bytes[at] = byte;
        try {
          assert.ok(decompress(4, bytes, 10_000).length <= 10_000);
        } catch (error) {
          assert.ok(error instanceof Error);
        }
      }),
      { numRuns: 600 },
    );
  });

  it('believes no size that a frame claims', () => {
    const huge = Buffer.from('28b52ffda0ffffff7f010000', 'hex'); // zstd: 2 GB in an empty raw block
    assert.throws(() => decompress(4, huge));
    const snappy = Buffer.from([0xff, 0xff, 0xff, 0x7f, 0]); // snappy: 268 MB in one byte
    assert.throws(() => decompress(2, snappy, 300_000_000), /lies about its length/);
    const lz4 = Buffer.from('04224d1868400000000000000080ff00000000', 'hex');
    assert.equal(decompress(3, lz4).length, 0);
  });

  it('reads LZ4 frames with block checksums, content size and dependent blocks', () => {
    // FLG 0x5c: dependent blocks, block checksums, content size, content checksum. Two blocks; the second one copies
    // from the first: "abcdabcd" + "abcdabcd-----".
    const frame = Buffer.concat([
      Buffer.from('04224d185c40', 'hex'),
      Buffer.from([21, 0, 0, 0, 0, 0, 0, 0, 0x99]),
      Buffer.from([8, 0, 0, 0x80]),
      Buffer.from('abcdabcd'),
      Buffer.from([1, 2, 3, 4]),
      Buffer.from([9, 0, 0, 0, 0x04, 8, 0, 0x50]),
      Buffer.from('-----'),
      Buffer.from([1, 2, 3, 4]),
      Buffer.from([0, 0, 0, 0, 9, 9, 9, 9]),
    ]);
    assert.equal(decompress(3, frame).toString(), 'abcdabcdabcdabcd-----');
  });

  it('reads snappy in the framing of Java, in several blocks', () => {
    const block = (text: string): Buffer => {
      const raw = Buffer.concat([Buffer.from([text.length, (text.length - 1) << 2]), Buffer.from(text)]);
      const length = Buffer.alloc(4);
      length.writeUInt32BE(raw.length);
      return Buffer.concat([length, raw]);
    };
    const magic = Buffer.from('82534e41505059000000000100000001', 'hex');
    assert.equal(decompress(2, Buffer.concat([magic, block('one '), block('two')])).toString(), 'one two');
    assert.throws(() => decompress(2, Buffer.concat([magic, block('one').subarray(0, 5)])), /ends early/);
  });

  it('refuses what is no frame of the codec, and codecs that do not exist', () => {
    for (const codec of [1, 2, 3, 4]) assert.throws(() => decompress(codec, Buffer.from('no frame at all')));
    assert.throws(() => decompress(5, Buffer.alloc(10)), /unknown compression 5/);
    assert.throws(() => decompress(1, gzipSync(Buffer.alloc(1000)).subarray(0, 15)));
  });
});
