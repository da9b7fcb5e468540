import assert from 'node:assert/strict';
import { KafkaManagerError } from '../../../../src/contract/errors';
import { BatchBuilder } from '../../../../src/kafka/records/batchBuilder';
import { decompress } from '../../../../src/kafka/records/codecs';
import { readBatches } from '../../../../src/kafka/records/readBatches';
import { type Bomb, bombs } from '../../../support/hostile/bombs';
import { batchFields, withStored } from '../../../support/hostile/storedBatch';

const MIB = 1024 * 1024;
/** What may come out of a batch in these tests; every bomb gives or claims more. */
const CAP = 16 * MIB;
/** The output itself, the chunks that it is put together from, and what the allocator keeps. */
const SLACK = 4 * CAP;

/** A batch whose records are the bomb. */
function batchOf({ codec, stored }: Pick<Bomb, 'codec' | 'stored'>): Buffer {
  const builder = new BatchBuilder(1000);
  for (let i = 0; i < 5; i++) builder.add({ key: null, value: Buffer.from('fuse'), timestamp: 1 });
  const batch = builder.finish();
  batch[batchFields.attributes + 1] = codec;
  return withStored(batch, stored);
}

/** Highest resident memory of this process so far, in bytes. */
const peakRss = (): number => process.resourceUsage().maxRSS * 1024;

describe('decompression bombs', function () {
  this.timeout(60_000);
  const all = bombs();

  for (const bomb of all) {
    it(`are an error of their batch and take no memory beyond the cap: ${bomb.name}`, () => {
      const bytes = batchOf(bomb);
      const before = Math.max(peakRss(), process.memoryUsage().rss);
      const started = performance.now();
      for (let round = 0; round < 5; round++) {
        const [batch] = readBatches(4, bytes, 0, undefined, { maxDecompressedBytes: CAP }).batches;
        assert.throws(
          () => batch!.rows(),
          (error) =>
            error instanceof KafkaManagerError &&
            error.code === 'CORRUPT_RECORDS' &&
            error.details?.['partition'] === 4 &&
            error.details['offset'] === 0,
        );
      }
      assert.ok(performance.now() - started < 5000, `took ${performance.now() - started} ms`);
      const grown = peakRss() - before;
      assert.ok(grown < SLACK, `${Math.round(grown / MIB)} MiB more than before`);
    });
  }

  it('do bring out so much where that is allowed', () => {
    const real = all.filter(({ claims }) => claims > CAP && claims < 200 * MIB);
    assert.deepEqual([...new Set(real.map(({ codec }) => codec))].sort(), [1, 2, 3, 4]);
    for (const { codec, stored, claims, name } of real) {
      assert.equal(decompress(codec, stored, 200 * MIB).length, claims, name);
    }
  });

  it('are told from honest records of 10 MB, which every codec may bring in a few bytes', () => {
    for (const codec of ['gzip', 'snappy', 'lz4'] as const) {
      const builder = new BatchBuilder(1000);
      builder.add({ key: null, value: Buffer.alloc(10_485_760, 'x'), timestamp: 1 });
      const bytes = builder.finish(undefined, codec);
      const [batch] = readBatches(4, bytes, 0, undefined).batches;
      assert.equal(batch!.rows().value(0)!.length, 10_485_760, codec);
    }
  });

  it('do not get past the cap that holds where none is given', () => {
    for (const bomb of all.filter(({ claims }) => claims > 512 * MIB)) {
      const [batch] = readBatches(4, batchOf(bomb), 0, undefined).batches;
      assert.throws(() => batch!.rows(), { code: 'CORRUPT_RECORDS' }, bomb.name);
    }
  });
});
