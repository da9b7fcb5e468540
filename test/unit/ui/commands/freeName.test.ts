import assert from 'node:assert/strict';
import { freeName } from '../../../../src/ui/commands/freeName';

describe('freeName', () => {
  it('counts on until a name is free', () => {
    assert.equal(freeName('A', []), 'A');
    assert.equal(freeName('A', [{ name: 'A' }, { name: 'A 2' }]), 'A 3');
  });
});
