import assert from 'node:assert/strict';
import { DisposableStore, toDisposable } from '../../../src/base/lifecycle';

describe('DisposableStore', () => {
  it('disposes in reverse order, once', () => {
    const order: string[] = [];
    const store = new DisposableStore();
    store.add(toDisposable(() => order.push('first')));
    store.add(toDisposable(() => order.push('second')));
    store.dispose();
    store.dispose();
    assert.deepEqual(order, ['second', 'first']);
  });

  it('disposes a late addition at once', () => {
    const store = new DisposableStore();
    store.dispose();
    let disposed = false;
    store.add(toDisposable(() => (disposed = true)));
    assert.equal(disposed, true);
  });

  it('goes on when one throws, and tells of it', () => {
    const store = new DisposableStore();
    let reached = false;
    store.add(toDisposable(() => (reached = true)));
    store.add(
      toDisposable(() => {
        throw new Error('broken');
      }),
    );
    assert.throws(() => store.dispose(), /broken/);
    assert.equal(reached, true);
  });
});
