import assert from 'node:assert/strict';
import { meantNames, meantTopics } from '../../../../src/ui/tree/meantNodes';
import type { TopicNode, TreeNode } from '../../../../src/ui/tree/nodes';

const topic = (name: string, cluster = 'c'): TopicNode => ({ kind: 'topic', cluster, topic: name });
const others: readonly TreeNode[] = [
  { kind: 'partition', cluster: 'c', topic: 'b', partition: 2 },
  { kind: 'more', view: 'topics', cluster: 'c' },
  { kind: 'problem', cluster: 'c', of: 'topics', message: 'm', remedy: 'r' },
];

describe('meantTopics', () => {
  it('takes the topic of no partition, nor anything else that is selected', () => {
    assert.deepEqual(meantTopics(topic('a'), [topic('a'), ...others]), ['a']);
  });

  it('takes each selected topic of the cluster once', () => {
    const selected = [topic('b'), topic('a'), topic('b'), topic('x', 'other')];
    assert.deepEqual(meantTopics(topic('a'), selected), ['b', 'a']);
  });

  it('takes the one that was clicked where it is not selected', () => {
    assert.deepEqual(meantTopics(topic('a'), [topic('b')]), ['a']);
    assert.deepEqual(meantTopics(topic('b'), others), ['b']);
    assert.deepEqual(meantTopics(topic('a')), ['a']);
  });
});

describe('meantNames', () => {
  it('has no empty lines for what has no name', () => {
    assert.deepEqual(meantNames(topic('a'), [topic('a'), ...others, topic('b')]), ['a', 'b']);
    assert.deepEqual(meantNames(undefined, others), []);
  });

  it('names groups and members', () => {
    const group: TreeNode = { kind: 'group', cluster: 'c', group: 'g' };
    const member: TreeNode = { kind: 'member', cluster: 'c', group: 'g', member: 'm' };
    assert.deepEqual(meantNames(group, [group, member]), ['g', 'm']);
    assert.deepEqual(meantNames(member), ['m']);
  });
});
