import assert from 'node:assert/strict';
import { BatchBuilder } from '../../../../src/kafka/records/batchBuilder';
import { isBroken, walkBatches } from '../../../../src/kafka/records/walkBatches';
import { sealed } from '../../../support/hostile/storedBatch';

/** A batch of `count` records at this offset that claims `offsets` offsets, as compaction leaves one. */
function batch(offset: number, count = 5, offsets = count): Buffer {
  const builder = new BatchBuilder(100_000);
  for (let i = 0; i < count; i++) builder.add({ key: null, value: Buffer.from(`value ${i}`), timestamp: 1 });
  const bytes = Buffer.from(builder.finish());
  bytes.writeBigInt64BE(BigInt(offset), 0);
  bytes.writeInt32BE(offsets - 1, 23);
  return sealed(bytes);
}

/** A message of format 1, as brokers wrote them before Kafka 0.11. */
function oldMessage(offset: number): Buffer {
  const bytes = Buffer.alloc(34);
  bytes.writeBigInt64BE(BigInt(offset), 0);
  bytes.writeInt32BE(22, 8);
  bytes[16] = 1;
  return bytes;
}

/** What the walk found, as `base-next` and, where it is broken, why. */
function walked(parts: readonly Buffer[], from: number, limits: object = {}): string[] {
  const highWatermark = 1_000_000;
  return walkBatches(Buffer.concat(parts), { from, highWatermark, isWhole: true, ...limits }).map(
    (piece) => `${piece.baseOffset}-${piece.nextOffset}${isBroken(piece) ? ` ${piece.reason}` : ''}`,
  );
}

describe('walkBatches', () => {
  it('believes what is odd and true: gaps, emptied batches, a first one that began earlier, a cut tail', () => {
    assert.deepEqual(walked([batch(0), batch(5)], 0), ['0-5', '5-10']);
    assert.deepEqual(walked([batch(0), batch(8), batch(100)], 0), ['0-5', '8-13', '100-105']);
    assert.deepEqual(walked([batch(0, 2, 20), batch(20, 1, 5)], 7), ['0-20', '20-25']);
    assert.deepEqual(walked([batch(0), batch(5)], 3), ['0-5', '5-10']);
    for (const gap of [0, 3]) {
      for (let cut = 1; cut < batch(5).length; cut++) {
        assert.deepEqual(walked([batch(0), batch(5 + gap).subarray(0, cut)], 0), ['0-5'], `${cut} bytes`);
      }
    }
  });

  it('finds the batch behind one whose length or offset lies', () => {
    for (const length of [-1, 0, 48, 49, 100, 200]) {
      const liar = batch(5);
      liar.writeInt32BE(length, 8);
      const found = walked([batch(0), liar, batch(10)], 0);
      assert.match(found[1]!, /^5-10 /, `length ${length}: ${found.join(', ')}`);
      assert.deepEqual([found[0], ...found.slice(2)], ['0-5', '10-15'], `length ${length}`);
    }
    // One that leads over the end looks like the cut off tail that it may be, until it is asked for alone.
    for (const length of [5000, 2 ** 31 - 1]) {
      const liar = batch(5);
      liar.writeInt32BE(length, 8);
      assert.deepEqual(walked([batch(0), liar, batch(10)], 0), ['0-5']);
      assert.deepEqual(walked([liar, batch(10)], 5), ['5-10 it is cut off', '10-15']);
    }
    for (const offset of [0, 3, 7, 9, 1_000, 2 ** 40]) {
      const liar = batch(5);
      liar.writeBigInt64BE(BigInt(offset), 0);
      const found = walked([batch(0), liar, batch(10)], 0);
      assert.match(found[1]!, /^\d+-10 /, `offset ${offset}: ${found.join(', ')}`);
      assert.deepEqual([found[0], ...found.slice(2)], ['0-5', '10-15'], `offset ${offset}`);
    }
  });

  it('takes a first batch that is cut off for broken only where it must have come whole', () => {
    const cut = batch(5).subarray(0, 70);
    assert.deepEqual(walked([cut], 5), ['5-10 it is cut off']);
    assert.deepEqual(walked([cut], 5, { isWhole: false }), []);
  });

  it('tells of many messages of an old format as one, in linear time', () => {
    const messages = Array.from({ length: 40_000 }, (_, i) => oldMessage(i));
    const began = process.cpuUsage();
    const found = walked([...messages, batch(40_000)], 0);
    const { user } = process.cpuUsage(began);
    assert.deepEqual(found, [
      '0-40000 message format 1 is older than Kafka 0.11 and not supported',
      '40000-40005',
    ]);
    assert.ok(user < 1_000_000, `${user} µs`);
    assert.match(walked(messages, 0)[0]!, /^0-40000 /);
  });
});
