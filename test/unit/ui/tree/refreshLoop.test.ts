import assert from 'node:assert/strict';
import { RefreshLoop } from '../../../../src/ui/tree/refreshLoop';
import { until } from '../../../support/until';
import { delay } from '../../../../src/base/async';

/** Longer than a burst is waited for: what has not happened by then was not planned. */
const AFTER_BURST_MS = 120;

function stage(intervalMs = 0) {
  const calls: { end: () => void }[] = [];
  const interval = { ms: intervalMs };
  const loop = new RefreshLoop({
    refresh: () => new Promise((resolve) => calls.push({ end: resolve })),
    intervalMs: () => interval.ms,
  });
  const called = (times: number) =>
    until(async () => calls.length === times, { deadlineMs: 2_000, what: `${times} refreshes` });
  return { loop, calls, called, interval };
}

describe('RefreshLoop', () => {
  it('does nothing while the view is hidden, and catches up when it is shown', async () => {
    const { loop, calls, called } = stage(50);
    loop.request();
    await delay(AFTER_BURST_MS);
    assert.equal(calls.length, 0);
    loop.setVisible(true);
    await called(1);
    loop.dispose();
  });

  it('lets one wait for the refresh under way without a second, and begins one where there is none', async () => {
    const { loop, calls } = stage();
    let ended = 0;
    const waits = [loop.current(), loop.current()].map(async (wait) => {
      await wait;
      ended++;
    });
    assert.equal(calls.length, 1);
    await delay(20);
    assert.equal(ended, 0);
    calls[0]!.end();
    await Promise.all(waits);
    assert.equal(calls.length, 1);
    loop.dispose();
    await loop.current();
    assert.equal(calls.length, 1);
  });

  it('makes one refresh of a burst of events', async () => {
    const { loop, calls, called } = stage();
    loop.setVisible(true);
    for (let n = 0; n < 20; n++) loop.request();
    await called(1);
    calls[0]!.end();
    await delay(AFTER_BURST_MS);
    assert.equal(calls.length, 1);
    loop.dispose();
  });

  it('is not put off by events that do not end', async () => {
    const { loop, calls } = stage();
    loop.setVisible(true);
    const deadline = Date.now() + 2_000;
    while (calls.length === 0 && Date.now() < deadline) {
      loop.request();
      await delay(5);
    }
    assert.equal(calls.length, 1);
    loop.dispose();
  });

  it('has one refresh at a time; events meanwhile make one more', async () => {
    const { loop, calls, called } = stage();
    loop.setVisible(true);
    await called(1);
    for (let n = 0; n < 5; n++) loop.request();
    await delay(AFTER_BURST_MS);
    assert.equal(calls.length, 1);
    calls[0]!.end();
    await called(2);
    loop.dispose();
  });

  it('asks again after the interval, until the view is hidden', async () => {
    const { loop, calls, called } = stage(60);
    loop.setVisible(true);
    await called(1);
    calls[0]!.end();
    await called(2);
    loop.setVisible(false);
    calls[1]!.end();
    await delay(2 * AFTER_BURST_MS);
    assert.equal(calls.length, 2);
    loop.dispose();
  });

  it('asks only when told to with an interval of 0', async () => {
    const { loop, calls, called } = stage(0);
    loop.setVisible(true);
    await called(1);
    calls[0]!.end();
    await delay(AFTER_BURST_MS);
    assert.equal(calls.length, 1);
    loop.dispose();
  });

  it('takes over a shorter interval at once', async () => {
    const { loop, calls, called, interval } = stage(600_000);
    loop.setVisible(true);
    await called(1);
    calls[0]!.end();
    await delay(AFTER_BURST_MS);
    interval.ms = 50;
    loop.replan();
    await called(2);
    loop.dispose();
  });

  it('refreshes at once when asked to, hidden or not, and waits for the end', async () => {
    const { loop, calls } = stage();
    let isDone = false;
    const done = loop.now().then(() => {
      isDone = true;
    });
    await Promise.resolve();
    assert.equal(calls.length, 1);
    assert.equal(isDone, false);
    calls[0]!.end();
    await done;
  });

  it('does not take a refresh that is under way for the one that was asked for', async () => {
    const { loop, calls, called } = stage();
    const first = loop.now();
    await called(1);
    const second = loop.now();
    calls[0]!.end();
    await first;
    await called(2);
    calls[1]!.end();
    await second;
  });

  it('is silent after it was disposed', async () => {
    const { loop, calls } = stage(10);
    loop.setVisible(true);
    loop.dispose();
    loop.request();
    await delay(AFTER_BURST_MS);
    assert.equal(calls.length, 0);
  });
});
