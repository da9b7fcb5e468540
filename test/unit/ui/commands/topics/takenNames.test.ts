import assert from 'node:assert/strict';
import { TakenNames } from '../../../../../src/ui/commands/topics/takenNames';

describe('TakenNames', () => {
  const taken = new TakenNames(['a.b', 'c_d', 'constructor']);

  it('knows the names that are taken', () => {
    assert.equal(taken.has('a.b'), true);
    assert.equal(taken.has('constructor'), true);
    assert.equal(taken.has('__proto__'), false);
  });

  it('knows which one a name collides with', () => {
    assert.equal(taken.collision('a_b'), 'a.b');
    assert.equal(taken.collision('c.d'), 'c_d');
    assert.equal(taken.collision('a.b'), undefined);
    assert.equal(taken.collision('a-b'), undefined);
    assert.equal(taken.collision('__proto__'), undefined);
  });
});
