import assert from 'node:assert/strict';
import type { ClusterProfile } from '../../../../src/core/profile';
import { otherPort } from '../../../../src/ui/commands/otherPort';

const playground = (port: number): ClusterProfile => ({ id: 'p', name: 'P', runtime: 'embedded', port });

describe('otherPort', () => {
  it('tells the wanted port and the one that was taken instead', () => {
    assert.deepEqual(otherPort(playground(9092), { bootstrap: ['127.0.0.1:9093'] }), {
      wanted: 9092,
      actual: 9093,
    });
  });

  it('has nothing to tell where the wanted port was had, any would do, or nothing runs', () => {
    assert.equal(otherPort(playground(9092), { bootstrap: ['127.0.0.1:9092'] }), undefined);
    assert.equal(otherPort(playground(0), { bootstrap: ['127.0.0.1:40000'] }), undefined);
    assert.equal(otherPort(playground(9092), {}), undefined);
  });
});
