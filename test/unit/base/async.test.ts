import assert from 'node:assert/strict';
import { abortable, delay, Sequencer, SharedCalls, withTimeout } from '../../../src/base/async';

describe('async helpers', () => {
  it('delay rejects when it is aborted, before or meanwhile', async () => {
    await assert.rejects(delay(60_000, AbortSignal.abort()), { name: 'AbortError' });
    const cancel = new AbortController();
    const waiting = delay(60_000, cancel.signal);
    cancel.abort(new Error('enough'));
    await assert.rejects(waiting, /enough/);
  });

  it('abortable lets go of work that can not be cancelled', async () => {
    const cancel = new AbortController();
    const never = abortable(new Promise<void>(() => {}), cancel.signal);
    cancel.abort();
    await assert.rejects(never, { name: 'AbortError' });
    assert.equal(await abortable(Promise.resolve(3), new AbortController().signal), 3);
  });

  it('withTimeout says what was late', async () => {
    await assert.rejects(
      withTimeout(new Promise<void>(() => {}), 1, () => new Error('the broker was late')),
      /the broker was late/,
    );
  });

  it('SharedCalls shares a running call, and forgets it when it ended', async () => {
    const shared = new SharedCalls<string, number>();
    let calls = 0;
    const load = async (): Promise<number> => ++calls;
    assert.deepEqual(
      await Promise.all([shared.run('a', load), shared.run('a', load), shared.run('b', load)]),
      [1, 1, 2],
    );
    assert.equal(await shared.run('a', load), 3);
  });

  it('SharedCalls.forget lets the next caller start anew', async () => {
    const shared = new SharedCalls<string, number>();
    let calls = 0;
    const load = async (): Promise<number> => ++calls;
    const first = shared.run('a', load);
    shared.forget('a');
    assert.deepEqual(await Promise.all([first, shared.run('a', load)]), [1, 2]);
  });

  it('Sequencer keeps the order, also past a failure', async () => {
    const sequence = new Sequencer();
    const order: number[] = [];
    const failing = sequence.run(async () => {
      await delay(5);
      order.push(1);
      throw new Error('first fails');
    });
    const second = sequence.run(async () => order.push(2));
    await assert.rejects(failing);
    await second;
    assert.deepEqual(order, [1, 2]);
  });
});
