import assert from 'node:assert/strict';
import { backoffMs, retry } from '../../../src/base/retry';

const quick = { baseMs: 1, maxMs: 2, isRetriable: () => true };

describe('retry', () => {
  it('grows exponentially up to the longest pause, half of it random', () => {
    const options = { baseMs: 100, maxMs: 1000 };
    assert.equal(
      backoffMs(0, options, () => 0),
      50,
    );
    assert.equal(
      backoffMs(0, options, () => 0.999999),
      99.99995,
    );
    assert.equal(
      backoffMs(3, options, () => 0),
      400,
    );
    assert.equal(
      backoffMs(50, options, () => 0),
      500,
    );
  });

  it('tries until it succeeds', async () => {
    const answer = await retry(
      async (attempt) => {
        if (attempt < 2) throw new Error('not yet');
        return attempt;
      },
      { ...quick, attempts: 5 },
    );
    assert.equal(answer, 2);
  });

  it('gives up after its attempts, and at once where it makes no sense', async () => {
    let calls = 0;
    const fail = async (): Promise<never> => {
      calls++;
      throw new Error('no');
    };
    await assert.rejects(retry(fail, { ...quick, attempts: 3 }), /no/);
    assert.equal(calls, 3);
    await assert.rejects(retry(fail, { ...quick, attempts: 3, isRetriable: () => false }), /no/);
    assert.equal(calls, 4);
  });

  it('is cancelled in a pause', async () => {
    const cancel = new AbortController();
    const running = retry(
      async () => {
        cancel.abort();
        throw new Error('no');
      },
      { attempts: 2, baseMs: 60_000, maxMs: 60_000, isRetriable: () => true, signal: cancel.signal },
    );
    await assert.rejects(running, { name: 'AbortError' });
  });
});
