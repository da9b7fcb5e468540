import assert from 'node:assert/strict';
import { rowsAtATime, TopicChoice } from '../../../../../src/ui/commands/topics/topicChoice';

const names = Array.from({ length: 10_000 }, (_, i) => `topic-${String(i).padStart(5, '0')}`);

describe('TopicChoice', () => {
  it('begins with the first rows', () => {
    const choice = new TopicChoice(names);
    assert.deepEqual(choice.shown, names.slice(0, rowsAtATime));
    assert.equal(choice.matching, 10_000);
  });

  it('takes in what matches, in any case, beginnings first', () => {
    const choice = new TopicChoice(['a-Orders', 'b', 'ORDERS', 'orders-2', ...names]);
    const before = choice.shown.length;
    assert.equal(choice.type('topic-09999'), true);
    assert.deepEqual(choice.shown.slice(before), ['topic-09999']);
    const other = new TopicChoice([...names, 'x.orders', 'Orders', 'orders.a']);
    other.type('oRd');
    assert.deepEqual(other.shown.slice(rowsAtATime), ['Orders', 'orders.a', 'x.orders']);
    assert.equal(other.matching, 3);
  });

  it('never moves a row: an index stands for the same topic for good', () => {
    const choice = new TopicChoice(names);
    const seen: (readonly string[])[] = [choice.shown];
    for (const text of ['t', '99', '999', '9999', '', '5', 'none']) {
      choice.type(text);
      seen.push(choice.shown);
    }
    for (const [at, rows] of seen.entries()) {
      assert.deepEqual(seen.at(-1)?.slice(0, rows.length), rows, String(at));
    }
    assert.equal(new Set(choice.shown).size, choice.shown.length);
  });

  it('takes in no more than a hundred for each key', () => {
    const choice = new TopicChoice(names);
    choice.type('9');
    assert.ok(choice.shown.length <= 2 * rowsAtATime);
  });

  it('tells whether there is anything new', () => {
    const choice = new TopicChoice(['a', 'b']);
    assert.equal(choice.type('a'), false);
    assert.equal(choice.matching, 1);
  });
});
