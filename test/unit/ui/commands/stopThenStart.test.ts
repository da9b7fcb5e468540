import assert from 'node:assert/strict';
import type { ClusterStatus } from '../../../../src/core/clusterStatus';
import { stopThenStart } from '../../../../src/ui/commands/stopThenStart';

/** Clusters whose broker stops when it is told to. */
function fakeClusters() {
  const calls: string[] = [];
  let letStop = (): void => undefined;
  const stopped = new Promise<void>((resolve) => (letStop = resolve));
  const answer = (call: string, state: ClusterStatus['state']): ClusterStatus => {
    calls.push(call);
    return { id: 'a', name: 'A', runtime: 'embedded', state };
  };
  return {
    calls,
    letStop: () => letStop(),
    start: () => Promise.resolve(answer('start', 'running')),
    stop: async () => {
      await stopped;
      return answer('stop', 'stopped');
    },
  };
}

describe('stopThenStart', () => {
  it('starts once the broker has stopped', async () => {
    const clusters = fakeClusters();
    const done = stopThenStart(clusters, 'a', new AbortController().signal);
    clusters.letStop();
    assert.equal((await done).state, 'running');
    assert.deepEqual(clusters.calls, ['stop', 'start']);
  });

  it('starts nothing where it is broken off while the broker stops', async () => {
    const clusters = fakeClusters();
    const broken = new AbortController();
    const done = stopThenStart(clusters, 'a', broken.signal);
    broken.abort();
    clusters.letStop();
    await assert.rejects(done, { name: 'AbortError' });
    assert.deepEqual(clusters.calls, ['stop']);
  });
});
