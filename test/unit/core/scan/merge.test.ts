import assert from 'node:assert/strict';
import { ForwardLane } from '../../../../src/core/scan/forwardLane';
import { OpenBudget } from '../../../../src/core/scan/openBudget';
import { Merge } from '../../../../src/core/scan/merge';
import { Turn } from '../../../../src/core/turn';
import { rowsOf } from '../../../support/rowsOf';

/** A lane that counts how often it is looked at. */
class WatchedLane extends ForwardLane {
  looks = 0;

  override load() {
    this.looks += 1;
    return super.load();
  }
}

function laneWith(partition: number, timestamps: readonly number[]): WatchedLane {
  const open = {
    direction: 'oldest',
    filter: undefined,
    report: () => {},
    budget: new OpenBudget(),
  } as const;
  const lane = new WatchedLane(partition, { next: 0, end: Infinity }, open);
  const records = timestamps.map((timestamp, offset) => ({ offset, timestamp }));
  const nextOffset = records.length;
  const facts = { partition, highWatermark: nextOffset, lastStableOffset: nextOffset, logStartOffset: 0 };
  const batch = {
    partition,
    baseOffset: 0,
    nextOffset,
    count: nextOffset,
    sizeInBytes: 100,
    maxTimestamp: 0,
    section: () => Buffer.alloc(0),
    rows: () => rowsOf(partition, records),
  };
  lane.accept({ ...facts, batches: nextOffset > 0 ? [batch] : [], nextOffset, outOfRange: false });
  return lane;
}

describe('Merge', () => {
  it('looks at idle lanes once where it does not wait for them', async () => {
    const busy = [laneWith(0, [1, 3, 5]), laneWith(1, [2, 4])];
    const idle = Array.from({ length: 50 }, (_, i) => laneWith(i + 2, []));
    const merge = new Merge([...busy, ...idle], 'oldest', false);
    const order: number[] = [];
    await merge.admit(new Turn());
    for (let lane = merge.peek(); lane !== undefined && lane !== 'stalled'; lane = merge.peek()) {
      order.push(lane.head.record().timestamp);
      merge.take();
    }
    assert.deepEqual(order, [1, 2, 3, 4, 5]);
    for (const lane of idle) assert.ok(lane.looks <= 1, `${lane.looks} looks`);
    assert.ok(busy[1]!.looks <= 8, `${busy[1]!.looks} looks`);
  });
});
