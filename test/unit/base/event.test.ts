import assert from 'node:assert/strict';
import { Emitter } from '../../../src/base/event';

describe('Emitter', () => {
  it('delivers in order, also what is fired from inside a listener', () => {
    const emitter = new Emitter<number>();
    const seen: string[] = [];
    emitter.event((value) => {
      seen.push(`a${value}`);
      if (value === 1) emitter.fire(2);
    });
    emitter.event((value) => seen.push(`b${value}`));
    emitter.fire(1);
    assert.deepEqual(seen, ['a1', 'b1', 'a2', 'b2']);
  });

  it('delivers undefined and null as values', () => {
    const emitter = new Emitter<undefined | null>();
    let count = 0;
    emitter.event(() => count++);
    emitter.fire(undefined);
    emitter.fire(null);
    assert.equal(count, 2);
  });

  it('a listener that throws does not keep the others from it', () => {
    const errors: unknown[] = [];
    const emitter = new Emitter<number>((error) => errors.push(error));
    let reached = 0;
    emitter.event(() => {
      throw new Error('broken listener');
    });
    emitter.event((value) => (reached = value));
    emitter.fire(7);
    assert.equal(reached, 7);
    assert.equal(errors.length, 1);
  });

  it('stops at dispose, of the subscription and of the emitter', () => {
    const emitter = new Emitter<number>();
    const seen: number[] = [];
    const subscription = emitter.event((value) => seen.push(value));
    emitter.event((value) => seen.push(value * 10));
    subscription.dispose();
    emitter.fire(1);
    emitter.dispose();
    emitter.fire(2);
    assert.deepEqual(seen, [10]);
    assert.equal(emitter.hasListeners, false);
  });
});
