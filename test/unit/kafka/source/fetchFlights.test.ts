import assert from 'node:assert/strict';
import type { FetchOptions } from '../../../../src/core/scan/recordSource';
import { FetchFlights, type FlightPlan } from '../../../../src/kafka/source/fetchFlights';
import type { FetchRound } from '../../../../src/kafka/source/fetchRound';

const options: FetchOptions = {
  isolation: 'read_committed',
  maxBytesPerPartition: 1,
  maxWaitMs: 1,
  minBytes: 1,
};
const never = new AbortController().signal;

/** A plan that asks leader n for partition n at these offsets. */
function planOf(offsets: Readonly<Record<number, number>>, changes: Partial<FlightPlan> = {}): FlightPlan {
  const byLeader = new Map(
    Object.entries(offsets).map(([id, offset]) => [Number(id), [{ partition: Number(id), offset }]] as const),
  );
  return { topic: 't', topicId: 'a', options, byLeader, ...changes };
}

function roundOf(partition?: number): FetchRound {
  const facts = { batches: [], highWatermark: 9, lastStableOffset: 9, logStartOffset: 0, outOfRange: false };
  const fetched = partition === undefined ? [] : [{ partition, nextOffset: 8, ...facts }];
  return { fetched, outOfRange: [], error: undefined, throttledMs: 0 };
}

describe('FetchFlights', () => {
  /** Fetches that were sent, in order, and how to answer them. */
  let sent: { leader: number; land: (round: FetchRound) => void; crash: (error: Error) => void }[];
  let flights: FetchFlights;

  beforeEach(() => {
    sent = [];
    flights = new FetchFlights(
      (_, leader) => new Promise((land, crash) => void sent.push({ leader, land, crash })),
    );
  });

  it('give what one broker has while another holds its Fetch, and keep that one on its way', async () => {
    const first = flights.next(planOf({ 1: 5, 2: 5 }), never);
    sent[0]!.land(roundOf(1));
    assert.deepEqual(await first, [{ round: roundOf(1) }]);
    const second = flights.next(planOf({ 1: 8, 2: 5 }), never);
    assert.deepEqual(
      sent.map(({ leader }) => leader),
      [1, 2, 1],
    );
    sent[1]!.land(roundOf(2));
    assert.deepEqual(await second, [{ round: roundOf(2) }]);
  });

  it('wait for all where none has anything', async () => {
    const round = flights.next(planOf({ 1: 5, 2: 5 }), never);
    let over = false;
    void round.then(() => (over = true));
    sent[0]!.land(roundOf());
    await new Promise((resolve) => setImmediate(resolve));
    assert.equal(over, false);
    sent[1]!.land(roundOf());
    assert.deepEqual(await round, [{ round: roundOf() }, { round: roundOf() }]);
  });

  it('tell of a broker that fails at once', async () => {
    const failure = new Error('gone');
    const round = flights.next(planOf({ 1: 5, 2: 5 }), never);
    sent[1]!.crash(failure);
    assert.deepEqual(await round, [{ failure }]);
  });

  it('go on for the next round where the caller does not wait any longer', async () => {
    const caller = new AbortController();
    const round = flights.next(planOf({ 1: 5 }), caller.signal);
    caller.abort(new Error('enough'));
    await assert.rejects(round, /enough/);
    const again = flights.next(planOf({ 1: 5 }), never);
    assert.equal(sent.length, 1);
    sent[0]!.land(roundOf(1));
    assert.deepEqual(await again, [{ round: roundOf(1) }]);
  });

  it('are not handed to another reading that begins at the same place', async () => {
    void flights.next(planOf({ 1: 5, 2: 5 }), never);
    sent[0]!.crash(new Error('of the reading before'));
    await new Promise((resolve) => setImmediate(resolve));
    flights.forget('t');
    const round = flights.next(planOf({ 1: 5, 2: 5 }), never);
    assert.equal(sent.length, 4);
    sent[2]!.land(roundOf(1));
    assert.deepEqual(await round, [{ round: roundOf(1) }]);
  });

  it('are of no use for another offset, isolation or topic', async () => {
    const others = [
      planOf({ 1: 6 }),
      planOf({ 1: 5 }, { options: { ...options, isolation: 'read_uncommitted' } }),
      planOf({ 1: 5 }, { topic: 'u' }),
      planOf({ 1: 5 }, { topicId: 'b' }),
    ];
    for (const other of others) {
      sent = [];
      void flights.next(planOf({ 1: 5 }), never);
      const round = flights.next(other, never);
      sent.at(-1)!.land(roundOf(1));
      assert.deepEqual(await round, [{ round: roundOf(1) }]);
      sent.at(-2)?.land(roundOf());
    }
  });
});
