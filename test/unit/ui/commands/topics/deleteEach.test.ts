import assert from 'node:assert/strict';
import { deleteEach } from '../../../../../src/ui/commands/topics/deleteEach';

describe('deleteEach', () => {
  it('goes on after a failure', async () => {
    const { deleted, failures, notTried } = await deleteEach(
      ['a', 'b', 'c'],
      (topic) => (topic === 'b' ? Promise.reject(new Error('no')) : Promise.resolve()),
      new AbortController().signal,
    );
    assert.deepEqual([deleted, notTried], [2, 0]);
    assert.deepEqual(
      failures.map(({ topic }) => topic),
      ['b'],
    );
  });

  it('tells what is gone where it is cancelled in the middle', async () => {
    const cancel = new AbortController();
    const gone: string[] = [];
    const result = await deleteEach(
      ['a', 'b', 'c', 'd'],
      (topic) => {
        gone.push(topic);
        if (topic === 'b') cancel.abort();
        return Promise.resolve();
      },
      cancel.signal,
    );
    assert.deepEqual(gone, ['a', 'b']);
    assert.deepEqual(result, { deleted: 2, failures: [], notTried: 2 });
  });
});
