import assert from 'node:assert/strict';
import { Lease } from '../../../../src/runtimes/supervisor/lease';

/** A fake clock with the timers that were started on it. */
class FakeTimers {
  #now = 0;
  readonly #timers = new Set<{ readonly at: number; readonly work: () => void }>();

  readonly start = (ms: number, work: () => void): (() => void) => {
    const timer = { at: this.#now + ms, work };
    this.#timers.add(timer);
    return () => this.#timers.delete(timer);
  };

  get running(): number {
    return this.#timers.size;
  }

  advance(ms: number): void {
    this.#now += ms;
    for (const timer of [...this.#timers]) {
      if (timer.at <= this.#now && this.#timers.delete(timer)) timer.work();
    }
  }
}

describe('Lease', () => {
  let timers: FakeTimers;
  let expired: number;
  let graceMs: number | undefined;
  let lease: Lease;

  beforeEach(() => {
    timers = new FakeTimers();
    expired = 0;
    graceMs = 20_000;
    lease = new Lease({ graceMs: () => graceMs, onExpired: () => expired++, startTimer: timers.start });
  });

  it('ends one grace time after the last client was lost, not before', () => {
    const first = lease.hold();
    const second = lease.hold();
    first.lose();
    timers.advance(100_000);
    assert.equal(expired, 0);
    second.lose();
    timers.advance(19_999);
    assert.equal(expired, 0);
    timers.advance(1);
    assert.equal(expired, 1);
  });

  it('goes on when a client comes back within the grace time', () => {
    lease.hold().lose();
    timers.advance(19_000);
    const back = lease.hold();
    timers.advance(100_000);
    assert.equal(expired, 0);
    back.lose();
    timers.advance(19_999);
    assert.equal(expired, 0, 'the grace time begins anew');
    timers.advance(1);
    assert.equal(expired, 1);
  });

  it('ends at once when the last client releases it, and not when another one still holds it', () => {
    const first = lease.hold();
    const second = lease.hold();
    first.release();
    assert.equal(expired, 0);
    second.release();
    assert.equal(expired, 1);
  });

  it('counts each client once, whatever it says', () => {
    const first = lease.hold();
    const second = lease.hold();
    first.release();
    first.release();
    first.lose();
    assert.equal(lease.isHeld, true);
    assert.equal(expired, 0);
    second.lose();
    second.release();
    assert.equal(expired, 0, 'a lost client has its grace time');
  });

  it('never ends while the grace time is undefined, and runs no timer then', () => {
    graceMs = undefined;
    lease.hold().lose();
    lease.hold().release();
    timers.advance(1e9);
    assert.equal(expired, 0);
    assert.equal(timers.running, 0);
  });

  it('takes a changed grace time at a review', () => {
    graceMs = undefined;
    lease.hold().lose();
    graceMs = 0;
    lease.review();
    timers.advance(0);
    assert.equal(expired, 1);
  });

  it('runs no timer while somebody holds it', () => {
    lease.hold().lose();
    assert.equal(timers.running, 1);
    lease.hold();
    lease.review();
    assert.equal(timers.running, 0);
  });
});
