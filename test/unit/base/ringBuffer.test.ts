import assert from 'node:assert/strict';
import { RingBuffer } from '../../../src/base/ringBuffer';

describe('RingBuffer', () => {
  it('keeps the newest, oldest first', () => {
    const buffer = new RingBuffer<number>(3);
    for (const value of [1, 2]) buffer.push(value);
    assert.deepEqual(buffer.toArray(), [1, 2]);
    for (const value of [3, 4, 5]) buffer.push(value);
    assert.deepEqual(buffer.toArray(), [3, 4, 5]);
    assert.equal(buffer.length, 3);
  });

  it('refuses a capacity that makes no sense', () => {
    assert.throws(() => new RingBuffer(0), RangeError);
  });
});
