import assert from 'node:assert/strict';
import { WrittenTopics } from '../../../src/core/writtenTopics';
import { until } from '../../support/until';

describe('WrittenTopics', () => {
  it('tells of the first at once, of all that follow once a second, and of each topic by itself', async () => {
    const written = new WrittenTopics();
    const told: string[] = [];
    written.onDidWrite(({ cluster, topic }) => told.push(`${cluster}/${topic}`));
    for (let i = 0; i < 100; i++) written.add({ cluster: 'c', topic: 'a' });
    written.add({ cluster: 'c', topic: '__proto__' });
    assert.deepEqual(told, ['c/a', 'c/__proto__']);
    await until(() => told.length === 3, { deadlineMs: 5_000, what: 'the word of what followed' });
    assert.deepEqual(told, ['c/a', 'c/__proto__', 'c/a']);
    written.dispose();
    written.add({ cluster: 'c', topic: 'b' });
    assert.equal(told.length, 3);
  });
});
