import assert from 'node:assert/strict';
import * as zlib from 'node:zlib';
import { KafkaManagerError } from '../../../../src/contract/errors';
import type { RecordBatch } from '../../../../src/core/scan/recordSource';
import { readBatches } from '../../../../src/kafka/records/readBatches';
import { batchCorpus } from '../../../support/hostile/batchCorpus';
import { mutations } from '../../../support/hostile/mutateBatch';
import { SeededRandom } from '../../../support/hostile/seededRandom';

const PARTITION = 4;
/** Far more than any batch of the corpus unpacks to. */
const CAP = 4 * 1024 * 1024;
/** Generous: a damaged batch of a few hundred bytes takes microseconds, an endless loop never ends. */
const DEADLINE_MS = 2000;
/** Cases of one kind of damage; FUZZ_CASES for a longer run. */
const CASES = Number(process.env['FUZZ_CASES'] ?? 1100);
/** Set FUZZ_SEED to the seed that a failure tells, to run that case again. */
const SEED = Number(process.env['FUZZ_SEED'] ?? Date.now() % 2 ** 31);

/** Records that could be read, after everything that must hold of a batch, readable or not, was checked. */
function readOne(batch: RecordBatch): number {
  assert.equal(batch.partition, PARTITION);
  assert.ok(Number.isSafeInteger(batch.baseOffset) && batch.baseOffset >= 0, `base ${batch.baseOffset}`);
  assert.ok(batch.nextOffset > batch.baseOffset, `${batch.baseOffset} to ${batch.nextOffset}`);
  try {
    const rows = batch.rows();
    assert.ok(batch.section().length <= CAP, `${batch.section().length} bytes came out`);
    assert.equal(rows.length, batch.count);
    let before = batch.baseOffset - 1;
    for (let row = 0; row < rows.length; row++) {
      const offset = rows.offset(row);
      assert.ok(offset > before && offset < batch.nextOffset, `offset ${offset} behind ${before}`);
      before = offset;
      assert.ok(Number.isFinite(rows.timestamp(row)), `timestamp ${rows.timestamp(row)}`);
      // What is handed out lies inside of the records, whatever they claim.
      const parts = [rows.key(row), rows.value(row), ...rows.headers(row).map(({ value }) => value)];
      const bytes = parts.reduce((sum, part) => sum + (part?.length ?? 0), 0);
      assert.ok(bytes <= batch.section().length, `${bytes} bytes of fields`);
      assert.ok(rows.size(row) >= 0 && rows.size(row) <= batch.section().length, `size ${rows.size(row)}`);
    }
    return rows.length;
  } catch (error) {
    if (error instanceof assert.AssertionError) throw error;
    assert.ok(error instanceof KafkaManagerError, `not our error: ${String(error)}`);
    assert.equal(error.code, 'CORRUPT_RECORDS');
    assert.deepEqual(error.details, { partition: PARTITION, offset: batch.baseOffset });
    assert.throws(() => batch.rows(), { code: 'CORRUPT_RECORDS' }, 'the second look gives another answer');
    return 0;
  }
}

/** Reads an answer whose first batch is the damaged one. */
function readAnswer(bytes: Buffer, from: number): number {
  const started = performance.now();
  const aborted = [{ producerId: -1n, firstOffset: 0 }];
  const { batches, nextOffset } = readBatches(PARTITION, bytes, from, aborted, { maxDecompressedBytes: CAP });
  assert.ok(Number.isSafeInteger(nextOffset) && nextOffset >= from, `goes on at ${nextOffset}`);
  let records = 0;
  for (const batch of batches) {
    assert.ok(batch.nextOffset <= nextOffset, `a batch to ${batch.nextOffset}, but on at ${nextOffset}`);
    records += readOne(batch);
  }
  const took = performance.now() - started;
  assert.ok(took < DEADLINE_MS, `took ${took} ms`);
  return records;
}

describe('fuzzed record batches', function () {
  this.timeout(120_000);
  const corpus = batchCorpus();
  // With a right checksum even damaged bytes get to the decoder, and fzstd, for a Node without zstd, can be busy with a
  // few of them for a minute.
  const damageable = corpus.filter(({ name }) => !name.endsWith('-zstd') || 'zstdDecompressSync' in zlib);
  const aside = damageable.length < corpus.length ? ' (zstd only on a Node that has it)' : '';

  it('start from batches of every codec and writer that can be read', () => {
    const readable = corpus.filter(({ bytes }) => readAnswer(bytes, 0) > 0).map(({ name }) => name);
    for (const codec of ['none', 'gzip', 'snappy', 'lz4', 'zstd']) {
      for (const writer of ['own', 'java', 'kcat'])
        assert.ok(readable.includes(`${writer}-${codec}`), `${writer}-${codec}`);
    }
  });

  for (const [kind, mutate] of Object.entries(mutations)) {
    it(`give records inside of their bounds or an error that tells the place: ${kind}${aside}`, () => {
      const rssBefore = process.memoryUsage().rss;
      let unreadable = 0;
      for (let i = 0; i < CASES; i++) {
        const seed = SEED + i;
        const random = new SeededRandom(seed);
        const { name, bytes } = random.pick(damageable);
        const damaged = mutate(bytes, random);
        const from = random.below(3) * 4;
        try {
          // Alone, or with a good batch behind it, whose bytes a wrong length leads into.
          if (i % 2 === 1) readAnswer(Buffer.concat([damaged, bytes]), from);
          else if (readAnswer(damaged, from) === 0) unreadable++;
        } catch (cause) {
          const again = `FUZZ_SEED=${seed} FUZZ_CASES=1`;
          throw new Error(
            `${name}, ${kind} (${again}): ${(cause as Error).message}\n${damaged.toString('hex')}`,
            { cause },
          );
        }
      }
      assert.ok(unreadable > 0 || CASES < 100, 'no damage was done at all');
      const grown = process.memoryUsage().rss - rssBefore;
      assert.ok(grown < 200 * 1024 * 1024, `${grown} bytes more of memory`);
    });
  }

  it('are found by their checksum, wherever in what it covers a bit is flipped', () => {
    let flips = 0;
    for (const { name, bytes } of corpus) {
      // Every bit of the header, one of each byte behind it.
      for (let bit = 8 * 17; bit < 8 * bytes.length; bit += bit < 8 * 61 ? 1 : 9) {
        const damaged = Buffer.from(bytes);
        const at = bit >> 3;
        damaged[at]! ^= 1 << (bit & 7);
        const { batches } = readBatches(PARTITION, damaged, 0, undefined, { checkCrc: true });
        flips++;
        assert.equal(
          batches.length,
          1,
          `${name}: a flip of bit ${bit & 7} of byte ${at} makes the batch vanish`,
        );
        assert.throws(
          () => batches[0]!.rows(),
          { code: 'CORRUPT_RECORDS' },
          `${name}: a flip of bit ${bit & 7} of byte ${at}`,
        );
      }
    }
    assert.ok(flips > 3000, `${flips}`);
  });
});
