import assert from 'node:assert/strict';
import { NameList, pageSize } from '../../../../src/ui/tree/nameList';

function listOf(names: readonly string[], filter = ''): NameList {
  const list = new NameList();
  list.setNames(names);
  list.setFilter(filter);
  return list;
}

const many = Array.from({ length: 10_000 }, (_, n) => `topic-${String(n).padStart(5, '0')}`);

describe('NameList', () => {
  it('keeps the order it was given', () => {
    assert.deepEqual(listOf(['b', 'a', '__proto__']).shown, ['b', 'a', '__proto__']);
  });

  it('finds a text in any case and place, those that begin with it first', () => {
    const names = ['a.orders', 'billing', 'ORDERS.dlq', 'orders', 'reorder'];
    assert.deepEqual(listOf(names, ' Ord ').shown, ['ORDERS.dlq', 'orders', 'a.orders', 'reorder']);
    assert.deepEqual(listOf(names, 'ord').counts, { all: 5, matching: 4 });
  });

  it('takes the filter as text, not as a pattern', () => {
    assert.deepEqual(listOf(['a.b', 'axb', '(', '**b**'], 'a.b').shown, ['a.b']);
    assert.deepEqual(listOf(['a', '('], '(').shown, ['(']);
  });

  it('shows a page at a time', () => {
    const list = listOf(many);
    assert.equal(list.shown.length, pageSize);
    assert.equal(list.hidden, 10_000 - pageSize);
    list.showMore();
    assert.equal(list.shown.at(-1), many[2 * pageSize - 1]);
    assert.equal(list.hidden, 10_000 - 2 * pageSize);
  });

  it('has nothing hidden where a page holds all', () => {
    assert.equal(listOf(many.slice(0, pageSize)).hidden, 0);
    assert.equal(listOf([]).hidden, 0);
  });

  it('is back on the first page with another filter, and keeps pages and filter with other names', () => {
    const list = listOf(many, 'topic');
    list.showMore();
    list.setNames(['x', ...many]);
    assert.equal(list.filter, 'topic');
    assert.equal(list.shown.length, 2 * pageSize);
    list.setFilter('topic-0');
    assert.equal(list.shown.length, pageSize);
  });

  it('narrows 10,000 names in a few ms for each key', () => {
    const list = listOf(many);
    const began = performance.now();
    for (let n = 0; n < 50; n++) list.setFilter(`${n}`);
    assert.ok((performance.now() - began) / 50 < 10);
  });
});
