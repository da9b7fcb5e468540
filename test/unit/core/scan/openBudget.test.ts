import assert from 'node:assert/strict';
import { OpenBudget } from '../../../../src/core/scan/openBudget';

describe('OpenBudget', () => {
  it('has those let go that were unpacked longest ago, but never the one that asks', () => {
    const budget = new OpenBudget(100);
    const released: string[] = [];
    const owner = (name: string) => ({ release: () => void released.push(name) });
    const [a, b, c] = [owner('a'), owner('b'), owner('c')];
    budget.hold(a, 40);
    budget.hold(b, 40);
    budget.hold(a, 40);
    budget.hold(c, 40);
    assert.deepEqual(released, ['b']);
    assert.equal(budget.bytes, 80);
    budget.drop(a);
    assert.equal(budget.bytes, 40);
    budget.hold(a, 500);
    assert.deepEqual(released, ['b', 'c']);
    assert.equal(budget.bytes, 500);
  });
});
