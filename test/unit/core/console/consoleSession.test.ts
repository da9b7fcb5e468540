import assert from 'node:assert/strict';
import type { ConsoleState } from '../../../../src/contract/consoleMessages';
import { previewsOf, rowChunk } from '../../../../src/contract/consoleRows';
import { ConsoleSession } from '../../../../src/core/console/consoleSession';
import type { ThrottleClock } from '../../../../src/core/console/throttle';
import type { ScanProblem } from '../../../../src/core/scan/query';
import { FakeRecordSource, type FakeRecord } from '../../../support/fakeRecordSource';
import { until } from '../../../support/until';

const beginning = { at: 'beginning' } as const;

/** A clock that stands until it is told to go on. */
class FakeClock implements ThrottleClock {
  readonly #later = new Set<{ readonly at: number; readonly work: () => void }>();
  #ms = 0;

  now(): number {
    return this.#ms;
  }

  after(ms: number, work: () => void): () => void {
    const timer = { at: this.#ms + ms, work };
    this.#later.add(timer);
    return () => this.#later.delete(timer);
  }

  pass(ms: number): void {
    this.#ms += ms;
    for (const timer of this.#later) {
      if (timer.at > this.#ms) continue;
      this.#later.delete(timer);
      timer.work();
    }
  }
}

/** A source that counts how often it was opened and disposed. */
class Stage {
  readonly source = new FakeRecordSource();
  readonly states: ConsoleState[] = [];
  readonly problems: ScanProblem[] = [];
  opened = 0;
  disposed = 0;
  readonly clock = new FakeClock();
  /** Runs while a connection is made. */
  connecting: (signal: AbortSignal | undefined) => Promise<void> = async () => {};
  readonly session = new ConsoleSession(
    async (signal) => {
      await this.connecting(signal);
      this.opened += 1;
      const { source } = this;
      const count = (): void => void (this.disposed += 1);
      return new Proxy(source, {
        get: (target, name) => {
          if (name === 'dispose') return count;
          const member: unknown = Reflect.get(target, name, target);
          return typeof member === 'function' ? (member.bind(target) as unknown) : member;
        },
      });
    },
    { onState: (state) => this.states.push(state), onProblem: (problem) => this.problems.push(problem) },
    {},
    this.clock,
  );

  fill(partition: number, count: number, first = 0): void {
    const records = Array.from({ length: count }, (_, i): FakeRecord => ({
      offset: first + i,
      timestamp: 1000 + i,
      key: `k${first + i}`,
      value: `value ${first + i}`,
    }));
    this.source.addPartition(partition, [{ baseOffset: first, nextOffset: first + count, records }]);
  }

  /** Brokers that don't answer from now on; tells how many are being connected to. */
  silence(): { waiting: number } {
    const count = { waiting: 0 };
    this.connecting = (signal) => {
      count.waiting += 1;
      return new Promise((_, reject) => {
        signal?.addEventListener('abort', () => {
          count.waiting -= 1;
          reject(new Error('the connection was given up'));
        });
      });
    };
    return count;
  }

  get kept(): number {
    return this.session.store.length;
  }
}

describe('ConsoleSession', () => {
  let stage: Stage;

  beforeEach(() => {
    stage = new Stage();
  });

  afterEach(() => stage.session.dispose());

  it('keeps the rows of a read, shows them, and tells what it does', async () => {
    stage.fill(0, 300);
    stage.fill(1, 300);
    const summary = await stage.session.scan({ topic: 'orders', from: beginning });
    assert.equal(summary.matched, 600);
    const chunk = rowChunk(stage.session.rows([0, 1, 599, 600]), 4);
    assert.deepEqual(Array.from(chunk.partition), [0, 1, 1, -1]);
    assert.deepEqual(previewsOf(chunk, 2), { key: 'k299', value: 'value 299' });
    const record = stage.session.record(599)!;
    assert.deepEqual(
      [record.row, record.offset, Buffer.from(record.value!).toString()],
      [599, 299, 'value 299'],
    );
    assert.equal(stage.session.record(600), undefined);
    const { first, end, reading, stopReason, scanned } = stage.states.at(-1)!;
    assert.deepEqual([first, end, reading, stopReason, scanned], [0, 600, 'no', 'end', 600]);
  });

  it('ends a read where another one begins, and forgets its rows unless they are to be kept', async () => {
    stage.fill(0, 10);
    const tail = stage.session.tail({ topic: 'orders', from: beginning });
    await until(() => stage.kept === 10, { deadlineMs: 5000, what: 'the rows' });
    const query = { topic: 'orders', from: { at: 'last', count: 3 } } as const;
    await stage.session.scan(query);
    assert.equal((await tail).stopReason, 'cancelled');
    assert.deepEqual([stage.session.store.first, stage.session.store.end], [10, 13]);
    await stage.session.scan(query, { keep: true });
    assert.equal(stage.kept, 6);
  });

  it('goes on at a position', async () => {
    stage.fill(0, 100);
    const query = { topic: 'orders', direction: 'newest' } as const;
    const newest = await stage.session.scan({ ...query, from: beginning, limit: 30 });
    const from = { at: 'position', position: newest.position } as const;
    await stage.session.scan({ ...query, from, limit: 30 }, { keep: true });
    const offsets = Array.from({ length: 60 }, (_, row) => stage.session.store.row(row)!.offset);
    assert.deepEqual(
      offsets,
      Array.from({ length: 60 }, (_, i) => 99 - i),
    );
  });

  it('keeps the connection of a read that ended by itself, and no other', async () => {
    stage.fill(0, 10);
    await stage.session.scan({ topic: 'orders', from: beginning });
    await stage.session.scan({ topic: 'orders', from: beginning });
    assert.deepEqual([stage.opened, stage.disposed], [1, 0]);
    const cancel = new AbortController();
    const { length } = stage.source.fetches;
    const tail = stage.session.tail({ topic: 'orders' }, { signal: cancel.signal });
    const isParked = (): boolean => stage.source.fetches.length > length;
    await until(isParked, { deadlineMs: 5000, what: 'the fetch of the tail' });
    cancel.abort();
    assert.equal((await tail).stopReason, 'cancelled');
    assert.deepEqual([stage.opened, stage.disposed], [1, 1]);
    await stage.session.scan({ topic: 'orders', from: beginning });
    await assert.rejects(stage.session.scan({ topic: 'nowhere', from: beginning }), {
      code: 'TOPIC_NOT_FOUND',
    });
    assert.deepEqual([stage.opened, stage.disposed], [2, 2]);
    assert.equal(stage.states.at(-1)!.stopReason, 'failed');
  });

  it('fetches nothing while it is paused, and can be cancelled then', async () => {
    stage.fill(0, 10);
    const cancel = new AbortController();
    const tail = stage.session.tail({ topic: 'orders', from: beginning }, { signal: cancel.signal });
    await until(() => stage.kept === 10, { deadlineMs: 5000, what: 'the rows' });
    stage.session.pause(true);
    assert.equal(stage.session.state.reading, 'paused');
    stage.source.append(0, [{ timestamp: 5000, value: 'new' }]);
    await until(() => stage.kept === 11, { deadlineMs: 5000, what: 'what was asked for before the pause' });
    const { length } = stage.source.fetches;
    stage.source.append(0, [{ timestamp: 5001, value: 'newer' }]);
    await new Promise((resolve) => setImmediate(resolve));
    assert.deepEqual([stage.kept, stage.source.fetches.length], [11, length]);
    stage.session.pause(false);
    await until(() => stage.kept === 12, { deadlineMs: 5000, what: 'the rest' });
    stage.session.pause(true);
    cancel.abort();
    assert.equal((await tail).stopReason, 'cancelled');
  });

  it('gives up connecting to a silent broker where it is cancelled, and where another read begins', async () => {
    const silent = stage.silence();
    const from = { at: 'offset', offset: 5 } as const;
    const cancel = new AbortController();
    const scan = stage.session.scan(
      { topic: 'orders', from, direction: 'newest' },
      { signal: cancel.signal },
    );
    await until(() => silent.waiting === 1, { deadlineMs: 5000, what: 'the connection' });
    cancel.abort();
    const { stopReason, position, scanned } = await scan;
    const none = { topic: 'orders', direction: 'newest', partitions: new Map() };
    assert.deepEqual([stopReason, position, scanned], ['cancelled', none, 0]);
    assert.deepEqual([silent.waiting, stage.session.state.stopReason], [0, 'cancelled']);

    const page = {
      topic: 'orders',
      direction: 'oldest',
      partitions: new Map([[0, { next: 1, end: 2 }]]),
    } as const;
    const tail = stage.session.tail({ topic: 'orders', from: { at: 'position', position: page } });
    await until(() => silent.waiting === 1, { deadlineMs: 5000, what: 'the connection' });
    stage.connecting = async () => {};
    stage.fill(0, 10);
    assert.equal((await stage.session.scan({ topic: 'orders', from: beginning })).matched, 10);
    assert.deepEqual((await tail).position, page);
    assert.deepEqual([silent.waiting, stage.opened], [0, 1]);
  });

  it('opens nothing for a read that is cancelled before it begins', async () => {
    const summary = await stage.session.scan(
      { topic: 'orders', from: beginning },
      { signal: AbortSignal.abort() },
    );
    assert.deepEqual([summary.stopReason, stage.opened], ['cancelled', 0]);
  });

  it('lets a question go whose broker is silent, and asks anew after a failure', async () => {
    const silent = stage.silence();
    const cancel = new AbortController();
    const first = stage.session.histogram({ topic: 'orders' }, cancel.signal).next();
    const second = stage.session.histogram({ topic: 'orders' }).next();
    await until(() => silent.waiting === 1, { deadlineMs: 5000, what: 'the connection' });
    cancel.abort();
    await assert.rejects(first, { code: 'CANCELLED' });
    assert.equal(silent.waiting, 1);
    stage.session.dispose();
    await assert.rejects(second, { code: 'CANCELLED' });
    assert.equal(silent.waiting, 0);

    stage = new Stage();
    stage.fill(0, 10);
    stage.connecting = () => Promise.reject(new Error('refused'));
    await assert.rejects(stage.session.histogram({ topic: 'orders' }).next(), /refused/);
    stage.connecting = async () => {};
    const { value } = await stage.session.histogram({ topic: 'orders' }).next();
    assert.equal(value?.total, 10);
  });

  it('forgets the numbers of the last read as soon as another one begins', async () => {
    stage.fill(0, 300);
    await stage.session.scan({ topic: 'orders', from: beginning });
    const tail = stage.session.tail({ topic: 'orders' });
    const { scanned, matched, bytes, elapsedMs, reading, stopReason } = stage.session.state;
    assert.deepEqual(
      [scanned, matched, bytes, elapsedMs, reading, stopReason],
      [0, 0, 0, 0, 'yes', undefined],
    );
    // What it still does while it ends is not told as what the new one does.
    const fetching = stage.source.fetches.length;
    await until(() => stage.source.fetches.length > fetching, { deadlineMs: 5000, what: 'the tail' });
    const silent = stage.silence();
    const scan = stage.session.scan({ topic: 'orders', from: beginning });
    await tail;
    await until(() => silent.waiting === 1, { deadlineMs: 5000, what: 'the connection' });
    assert.deepEqual([stage.session.state.elapsedMs, stage.session.state.stopReason], [0, undefined]);
    assert.equal(stage.states.at(-1)!.elapsedMs, 0);
    stage.session.dispose();
    assert.equal((await scan).stopReason, 'cancelled');
  });

  it('stays paused where that is asked for while the read before is ending', async () => {
    stage.fill(0, 10);
    const tail = stage.session.tail({ topic: 'orders', from: beginning });
    await until(() => stage.kept === 10, { deadlineMs: 5000, what: 'the rows' });
    const scan = stage.session.scan({ topic: 'orders', from: beginning });
    stage.session.pause(true);
    assert.equal((await tail).stopReason, 'cancelled');
    await until(() => stage.opened === 2, { deadlineMs: 5000, what: 'the scan' });
    await new Promise((resolve) => setImmediate(resolve));
    assert.deepEqual([stage.session.state.reading, stage.kept], ['paused', 0]);
    stage.session.pause(false);
    assert.equal((await scan).matched, 10);
  });

  it('tells its state ten times a second at most', async () => {
    stage.fill(0, 1);
    const tail = stage.session.tail({ topic: 'orders', from: beginning });
    await until(() => stage.kept === 1, { deadlineMs: 5000, what: 'the first row' });
    stage.clock.pass(1000);
    const told = stage.states.length;
    for (let ms = 0; ms < 450; ms += 10) {
      const { kept } = stage;
      stage.source.append(0, [{ timestamp: 1, value: 'v' }]);
      await until(() => stage.kept > kept, { deadlineMs: 5000, what: 'the row', everyMs: 0 });
      stage.clock.pass(10);
    }
    assert.equal(stage.states.length, told + 4);
    stage.clock.pass(100);
    assert.equal(stage.states.at(-1)!.end, 46);
    stage.session.dispose();
    assert.equal((await tail).stopReason, 'cancelled');
  });

  it('searches and counts', async () => {
    stage.fill(0, 100);
    await stage.session.scan({ topic: 'orders', from: beginning });
    const hits: number[] = [];
    const filter = { kind: 'contains', bytes: Buffer.from('7') } as const;
    for await (const { rows } of stage.session.find(filter, { limit: 3 })) hits.push(...rows);
    assert.deepEqual(hits, [7, 17, 27]);
    let total = 0;
    for await (const step of stage.session.histogram({ topic: 'orders' })) total = step.total;
    assert.equal(total, 100);
  });

  it('cuts previews between characters, and tells null from empty', async () => {
    const records = [
      { offset: 0, timestamp: 1, key: null, value: `a${'é'.repeat(300)}` },
      { offset: 1, timestamp: 2, key: '', value: null },
    ];
    stage.source.addPartition(0, [{ baseOffset: 0, nextOffset: 2, records }]);
    await stage.session.scan({ topic: 'orders', from: beginning });
    const chunk = rowChunk(stage.session.rows([0, 1]), 2);
    assert.deepEqual(previewsOf(chunk, 0), { key: null, value: `a${'é'.repeat(209)}` });
    assert.deepEqual(previewsOf(chunk, 1), { key: '', value: null });
    assert.deepEqual([...chunk.valueLength], [601, -1]);
  });
});
