import assert from 'node:assert/strict';
import { KafkaManagerError } from '../../../../src/contract/errors';
import {
  type ListChange,
  type ListedNames,
  ListModel,
  type ListSource,
} from '../../../../src/ui/tree/listModel';
import { pageSize } from '../../../../src/ui/tree/nameList';
import { until } from '../../../support/until';

/** A source whose answers the test gives. */
class FakeSource implements ListSource {
  readonly asked: string[][] = [];
  readonly known = new Set<string>();
  resets = 0;
  answer: (cluster: string) => Promise<ListedNames> = () => Promise.resolve({ names: [] });
  figuresAnswer: (names: readonly string[]) => Promise<readonly string[]> = (names) => Promise.resolve(names);

  names(cluster: string): Promise<ListedNames> {
    return this.answer(cluster);
  }

  async figures(_cluster: string, names: readonly string[]): Promise<readonly string[]> {
    this.asked.push([...names]);
    const changed = await this.figuresAnswer(names);
    for (const name of names) this.known.add(name);
    return changed;
  }

  hasFigures(name: string): boolean {
    return this.known.has(name);
  }

  reset(): void {
    this.resets++;
    this.known.clear();
  }
}

function stage(names: readonly string[] = ['a', 'b']) {
  const source = new FakeSource();
  source.answer = () => Promise.resolve({ names });
  const model = new ListModel(source);
  const changes: ListChange[] = [];
  model.use('one');
  model.onDidChange((change) => changes.push(change));
  return { source, model, changes };
}

function pending<T>() {
  let settle: { resolve: (value: T) => void; reject: (error: Error) => void } | undefined;
  const promise = new Promise<T>((resolve, reject) => {
    settle = { resolve, reject };
  });
  return { promise, ...settle! };
}

const numbered = (count: number) => Array.from({ length: count }, (_, n) => `t${String(n).padStart(5, '0')}`);

describe('ListModel', () => {
  it('draws names and figures at once where both come quickly', async () => {
    const { model, changes } = stage();
    await model.refresh();
    assert.deepEqual(changes, ['all']);
    assert.equal(model.hasLoaded, true);
    assert.deepEqual(model.list.shown, ['a', 'b']);
  });

  it('draws names first where the figures take their time, then what they change', async () => {
    const { source, model, changes } = stage();
    const { promise, resolve: end } = pending<readonly string[]>();
    source.figuresAnswer = () => promise;
    const refreshed = model.refresh();
    await until(async () => changes.length === 1, { deadlineMs: 2_000, what: 'the names' });
    end(['b']);
    await refreshed;
    assert.deepEqual(changes, ['all', ['b']]);
  });

  it('draws only changed rows where the names are the same', async () => {
    const { source, model, changes } = stage();
    await model.refresh();
    source.figuresAnswer = () => Promise.resolve(['b']);
    await model.refresh();
    assert.deepEqual(changes, ['all', ['b']]);
  });

  it('draws everything where only the number of names beyond the page is another', async () => {
    const { source, model, changes } = stage(numbered(pageSize));
    await model.refresh();
    source.figuresAnswer = () => Promise.resolve([]);
    source.answer = () => Promise.resolve({ names: numbered(pageSize + 1) });
    await model.refresh();
    assert.deepEqual(changes, ['all', 'all']);
    assert.equal(model.list.hidden, 1);
  });

  it('asks for the figures of the rows that are shown, and no others', async () => {
    const { source, model } = stage(numbered(10_000));
    await model.refresh();
    assert.equal(source.asked[0]!.length, pageSize);
    await model.showMore();
    assert.equal(source.asked[1]!.length, pageSize);
    assert.equal(source.asked[1]![0], 't00200');
    await model.setFilter('t00001');
    assert.equal(source.asked.length, 2, 'that one is known');
    await model.setFilter('t09999');
    assert.deepEqual(source.asked[2], ['t09999']);
  });

  it('keeps the rows when a refresh fails, and says why until one succeeds', async () => {
    const { source, model, changes } = stage();
    await model.refresh();
    source.answer = () => Promise.reject(new KafkaManagerError('KAFKA_CONNECTION_ERROR', 'gone'));
    await model.refresh();
    assert.equal(model.problem?.message, 'gone');
    assert.deepEqual(model.list.shown, ['a', 'b']);
    source.answer = () => Promise.resolve({ names: ['a', 'b'] });
    await model.refresh();
    assert.equal(model.problem, undefined);
    assert.deepEqual(changes, ['all', 'all', 'all']);
  });

  it('has loaded when the first load fails: nobody waits for ever', async () => {
    const { source, model } = stage();
    source.answer = () => Promise.reject(new Error('broken'));
    await model.refresh();
    assert.equal(model.hasLoaded, true);
    assert.equal(model.problem?.code, 'INTERNAL_ERROR');
  });

  it('says why some names may be missing', async () => {
    const { source, model } = stage();
    const problem = new KafkaManagerError('TIMEOUT', 'broker 2');
    source.answer = () => Promise.resolve({ names: ['a'], problem });
    await model.refresh();
    assert.equal(model.problem, problem);
    assert.deepEqual(model.list.shown, ['a']);
  });

  it('drops names and failures of a cluster that is not shown any more', async () => {
    const { source, model } = stage();
    const { promise, resolve: end } = pending<ListedNames>();
    source.answer = () => promise;
    const late = model.refresh();
    model.use('two');
    end({ names: ['of-one'] });
    await late;
    assert.deepEqual(model.list.shown, []);
    assert.equal(model.hasLoaded, false);

    const { promise: failed, reject: fail } = pending<ListedNames>();
    source.answer = () => failed;
    const failing = model.refresh();
    model.use('three');
    fail(new Error('late'));
    await failing;
    assert.equal(model.problem, undefined);
  });

  it('drops figures of a cluster that is not shown any more', async () => {
    const { source, model, changes } = stage();
    const { promise, resolve: end } = pending<readonly string[]>();
    source.figuresAnswer = () => promise;
    const late = model.refresh();
    await until(async () => source.asked.length === 1, { deadlineMs: 2_000, what: 'the question' });
    model.use('two');
    const drawn = changes.length;
    end(['a']);
    await late;
    assert.equal(changes.length, drawn);
  });

  it('forgets everything with another cluster, the filter too', async () => {
    const { source, model } = stage();
    await model.refresh();
    await model.setFilter('a');
    const before = source.resets;
    model.use('two');
    assert.equal(source.resets, before + 1);
    assert.equal(model.list.filter, '');
    assert.deepEqual(model.list.counts, { all: 0, matching: 0 });
    model.use('two');
    assert.equal(source.resets, before + 1);
  });

  it('asks nothing while there is no cluster', async () => {
    const { source, model } = stage();
    model.use(undefined);
    source.answer = () => assert.fail('asked');
    await model.refresh();
    await model.setFilter('x');
  });
});
