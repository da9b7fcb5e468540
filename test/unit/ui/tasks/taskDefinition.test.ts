import assert from 'node:assert/strict';
import { clusterOf, parseTask } from '../../../../src/ui/tasks/taskDefinition';

describe('Definition of a task', () => {
  it('is a command, and a cluster where one is named', () => {
    assert.deepEqual(parseTask({ type: 'local-kafka', command: 'start' }), { command: 'start' });
    assert.deepEqual(parseTask({ command: 'stop', cluster: 'One' }), { command: 'stop', cluster: 'One' });
  });

  it('names the property that is wrong', () => {
    assert.equal(parseTask({}), 'command');
    assert.equal(parseTask({ command: 'reset' }), 'command');
    assert.equal(parseTask({ command: 'start', cluster: 1 }), 'cluster');
    assert.equal(parseTask({ command: 'start', cluster: '' }), 'cluster');
  });

  it('takes an id before a name', () => {
    const profiles = [
      { id: 'a', name: 'b' },
      { id: 'b', name: 'a' },
    ];
    assert.equal(clusterOf('b', profiles), 'b');
    assert.equal(clusterOf('c', profiles), undefined);
  });
});
