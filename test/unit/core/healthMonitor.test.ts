import assert from 'node:assert/strict';
import { Emitter } from '../../../src/base/event';
import { KafkaManagerError } from '../../../src/contract/errors';
import type { ClusterStatus } from '../../../src/core/clusterStatus';
import { HealthMonitor } from '../../../src/core/healthMonitor';
import type { ClusterDescription } from '../../../src/core/kafkaTypes';
import { until } from '../../support/until';

const DESCRIPTION: ClusterDescription = {
  clusterId: 'fake',
  brokers: [{ id: 1, host: '127.0.0.1', port: 9092, rack: null, isController: true }],
};
const soon = (condition: () => boolean, what: string) => until(condition, { deadlineMs: 5_000, what });

/** Fake of the clusters: what each look gets is told by the test. */
class FakeClusters {
  readonly changed = new Emitter<ClusterStatus>();
  readonly profilesChanged = new Emitter<void>();
  readonly onDidChangeStatus = this.changed.event;
  readonly onDidChangeProfiles = this.profilesChanged.event;
  activeId: string | undefined = 'one';
  readonly states = new Map<string, ClusterStatus['state']>([['one', 'running']]);
  looks = 0;
  answer: (signal: AbortSignal | undefined) => Promise<ClusterDescription> = () =>
    Promise.resolve(DESCRIPTION);

  status(id = 'one'): ClusterStatus {
    return { id, name: id, runtime: 'embedded', state: this.states.get(id) ?? 'stopped' };
  }
  profiles() {
    return [...this.states.keys()].map((id) => ({ id, name: id, runtime: 'embedded' as const, port: 0 }));
  }
  describe(_id?: string, signal?: AbortSignal): Promise<ClusterDescription> {
    this.looks++;
    return this.answer(signal);
  }
  set(state: ClusterStatus['state'], id = 'one'): void {
    this.states.set(id, state);
    this.changed.fire(this.status(id));
  }
}

describe('HealthMonitor', () => {
  let clusters = new FakeClusters();
  let monitor: HealthMonitor;

  beforeEach(() => {
    clusters = new FakeClusters();
    monitor = new HealthMonitor({ clusters, clock: Date, intervalMs: 5, timeoutMs: 100 });
  });
  afterEach(() => monitor.dispose());

  const failing = () => Promise.reject(new KafkaManagerError('KAFKA_CONNECTION_ERROR', 'gone'));
  /** Waits until the looks that are planned would have been made. */
  const noMoreLooks = async (): Promise<void> => {
    const before = clusters.looks;
    const other = new FakeClusters();
    const witness = new HealthMonitor({ clusters: other, clock: Date, intervalMs: 5, timeoutMs: 100 });
    witness.watch();
    await soon(() => other.looks > 5, 'the looks of another monitor');
    witness.dispose();
    assert.equal(clusters.looks, before);
  };

  it('looks only while somebody watches', async () => {
    await noMoreLooks();
    const [a, b] = [monitor.watch(), monitor.watch()];
    await soon(() => clusters.looks > 1, 'looks');
    a.dispose();
    const before = clusters.looks;
    await soon(() => clusters.looks > before, 'looks for the second watcher');
    b.dispose();
    await noMoreLooks();
  });

  it('looks only while the cluster runs', async () => {
    clusters.set('stopped');
    monitor.watch();
    await noMoreLooks();
    clusters.set('running');
    await soon(() => clusters.looks > 0, 'a look');
    clusters.set('failed');
    await noMoreLooks();
    assert.equal(monitor.health('one').level, 'unhealthy');
    assert.deepEqual(monitor.health('one').history, [], 'what was seen before the end says nothing');
  });

  it('knows the brokers by the last answer, and keeps at most 60 looks', async () => {
    monitor.watch();
    await soon(() => clusters.looks > 65, 'many looks');
    const { level, history, brokers, last } = monitor.health('one');
    assert.equal(level, 'healthy');
    assert.equal(history.length, 60);
    assert.deepEqual(brokers, DESCRIPTION.brokers);
    assert.equal(last?.brokers, 1);
    clusters.answer = failing;
    await soon(() => monitor.health('one').last?.problem !== undefined, 'a failure');
    assert.equal(monitor.health('one').last?.problem, 'gone');
    assert.deepEqual(monitor.health('one').brokers, DESCRIPTION.brokers);
  });

  it('is degraded after one failure, unhealthy after three, healthy after an answer', async () => {
    const levels: string[] = [];
    clusters.answer = failing;
    monitor.onDidChange((id) => levels.push(monitor.health(id).level));
    monitor.watch();
    await soon(() => levels.length >= 3, 'three failures');
    clusters.answer = () => Promise.resolve(DESCRIPTION);
    await soon(() => levels.at(-1) === 'healthy', 'an answer');
    assert.deepEqual(levels.slice(0, 3), ['degraded', 'degraded', 'unhealthy']);
  });

  it('ends a look that takes too long, one at a time', async () => {
    let [running, most] = [0, 0];
    clusters.answer = (signal) =>
      new Promise((_resolve, reject) => {
        most = Math.max(most, ++running);
        signal?.addEventListener('abort', () => {
          running--;
          reject(signal.reason as Error);
        });
      });
    monitor.watch();
    await soon(() => monitor.health('one').history.length >= 2, 'two looks that were ended');
    assert.equal(most, 1);
    assert.match(monitor.health('one').last?.problem ?? '', /in time/);
  });

  it('forgets a look at a cluster that is active no more', async () => {
    clusters.states.set('two', 'stopped');
    let end: (() => void) | undefined;
    clusters.answer = () => new Promise((resolve) => (end = () => resolve(DESCRIPTION)));
    const told: string[] = [];
    monitor.onDidChange((id) => told.push(id));
    monitor.watch();
    await soon(() => end !== undefined, 'a look');
    clusters.activeId = 'two';
    clusters.profilesChanged.fire();
    end?.();
    await noMoreLooks();
    assert.equal(told.length, 0);
  });

  it('forgets a cluster that is removed, and takes names as names', async () => {
    monitor.watch();
    await soon(() => monitor.health('one').last !== undefined, 'a look');
    clusters.states.delete('one');
    clusters.activeId = undefined;
    clusters.profilesChanged.fire();
    assert.deepEqual(monitor.health('one').brokers, []);
    for (const id of ['__proto__', 'constructor']) assert.equal(monitor.health(id).level, 'unknown');
  });
});
