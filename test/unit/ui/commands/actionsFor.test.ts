import assert from 'node:assert/strict';
import { type ActionFacts, actionsFor, takesCluster } from '../../../../src/ui/commands/actionsFor';

const facts: ActionFacts = { clusters: 1, isTrusted: true, isApiServed: false };

describe('actionsFor', () => {
  it('begins with a start where nothing is set up', () => {
    const actions = actionsFor({ ...facts, clusters: 0 });
    assert.equal(actions[0], 'localKafka.start');
    assert.ok(!actions.includes('localKafka.showBrokerLog'));
  });

  it('starts, connects and adds nothing in Restricted Mode', () => {
    for (const isExternal of [true, false]) {
      const actions = actionsFor({ ...facts, state: 'stopped', isExternal, isTrusted: false });
      assert.ok(!actions.includes('localKafka.start') && !actions.includes('localKafka.connect'));
      assert.ok(!actions.includes('localKafka.addCluster'), 'asks for trust at once');
    }
  });

  it('offers what a running broker of ours can do', () => {
    const actions = actionsFor({ ...facts, state: 'running', isApiServed: true, clusters: 2 });
    for (const wanted of [
      'stop',
      'restart',
      'createTopic',
      'produceMessage',
      'openApiDocs',
      'switchCluster',
    ]) {
      assert.ok(actions.includes(`localKafka.${wanted}` as (typeof actions)[number]), wanted);
    }
    assert.ok(!actions.includes('localKafka.start'));
  });

  it('connects, disconnects and edits an external cluster, and shows no log of it', () => {
    const failed = actionsFor({ ...facts, state: 'failed', isExternal: true });
    assert.deepEqual(failed.slice(0, 2), ['localKafka.connect', 'localKafka.editCluster']);
    const running = actionsFor({ ...facts, state: 'running', isExternal: true });
    assert.ok(running.includes('localKafka.disconnect'));
    for (const none of ['localKafka.stop', 'localKafka.restart', 'localKafka.showBrokerLog'] as const) {
      assert.ok(!running.includes(none), none);
    }
  });

  it('are for the cluster that was shown, not for the one that is active by then', () => {
    for (const action of ['stop', 'restart', 'start', 'disconnect', 'editCluster'] as const) {
      assert.ok(takesCluster(`localKafka.${action}`), action);
    }
    assert.ok(!takesCluster('localKafka.switchCluster'), 'asks for another one');
    assert.ok(!takesCluster('localKafka.produceMessage'), 'takes a topic');
  });

  it('breaks off a start', () => {
    assert.ok(actionsFor({ ...facts, state: 'starting' }).includes('localKafka.stop'));
  });
});
