import assert from 'node:assert/strict';
import { sortedInTurns } from '../../../src/core/sortedInTurns';

describe('sortedInTurns', () => {
  for (const count of [0, 1, 2, 255, 256, 257, 1_000, 10_007]) {
    it(`sorts ${count} items as sort() does, and leaves theirs alone`, async () => {
      const items = Array.from({ length: count }, (_, i) => ({ text: `n-${(i * 7_919) % 5_003}`, i }));
      const before = [...items];
      const expected = [...items].sort((a, b) => (a.text < b.text ? -1 : a.text > b.text ? 1 : a.i - b.i));
      assert.deepEqual(await sortedInTurns(items, ({ text }) => text), expected);
      assert.deepEqual(items, before);
    });
  }

  it('lets others work meanwhile', async () => {
    let turns = 0;
    let next: NodeJS.Immediate | undefined;
    const count = (): void => {
      turns++;
      next = setImmediate(count);
    };
    count();
    // A text that is dear to find stands for a machine that is slow.
    const slow = (text: string): string => {
      const end = performance.now() + 0.02;
      while (performance.now() < end);
      return text;
    };
    const items = Array.from({ length: 1_000 }, (_, i) => String((i * 7_919) % 1_000));
    await sortedInTurns(items, slow);
    clearImmediate(next);
    assert.ok(turns > 5, `${turns} turns`);
  });
});
