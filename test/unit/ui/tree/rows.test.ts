import assert from 'node:assert/strict';
import { KafkaManagerError } from '../../../../src/contract/errors';
import type { GroupLag, GroupSummary } from '../../../../src/core/groupTypes';
import type { TopicSummary } from '../../../../src/core/kafkaTypes';
import type { TopicCount, TopicPolicy } from '../../../../src/core/topicFigures';
import { GroupRows } from '../../../../src/ui/tree/groupRows';
import { OpenedRows } from '../../../../src/ui/tree/openedRows';
import { rangesOf } from '../../../../src/ui/tree/ranges';
import { TopicRows } from '../../../../src/ui/tree/topicRows';

const topic = (name: string, isInternal = false): TopicSummary => ({
  ...{ name, isInternal, id: null, partitions: 3, replicationFactor: 1 },
});
const count = (records: number): TopicCount => ({ records, offsets: [] });
const policy = (cleanupPolicy: string): TopicPolicy => ({ cleanupPolicy, retentionMs: 1 });

function fakeTopics() {
  return {
    all: [topic('b'), topic('__consumer_offsets', true), topic('__proto__')],
    found: new Map<string, TopicCount>(),
    kept: (): Promise<ReadonlyMap<string, TopicPolicy>> => Promise.resolve(new Map()),
    list() {
      return Promise.resolve(this.all);
    },
    counts() {
      return Promise.resolve(this.found);
    },
    policies() {
      return this.kept();
    },
  };
}

describe('TopicRows', () => {
  it('shows internal topics only where asked to, behind the others', async () => {
    const rows = new TopicRows(fakeTopics(), false);
    assert.deepEqual((await rows.names('c')).names, ['b', '__proto__']);
    rows.showInternal(true);
    assert.deepEqual((await rows.names('c')).names, ['b', '__proto__', '__consumer_offsets']);
  });

  it('tells which rows have changed', async () => {
    const topics = fakeTopics();
    const rows = new TopicRows(topics, false);
    const { names } = await rows.names('c');
    topics.found = new Map([
      ['b', count(5)],
      ['__proto__', count(0)],
    ]);
    assert.deepEqual(await rows.figures('c', names), ['b', '__proto__']);
    assert.deepEqual(await rows.figures('c', names), []);
    topics.kept = () => Promise.resolve(new Map([['b', policy('compact,delete')]]));
    assert.deepEqual(await rows.figures('c', names), ['b']);
    assert.equal(rows.row('b').isCompacted, true);
    assert.equal(rows.row('__proto__').records, 0);
  });

  it('shows counts where configs can not be read', async () => {
    const topics = fakeTopics();
    topics.found = new Map([['b', count(5)]]);
    topics.kept = () => Promise.reject(new KafkaManagerError('KAFKA_AUTHORIZATION_FAILED'));
    const rows = new TopicRows(topics, false);
    await rows.names('c');
    assert.deepEqual(await rows.figures('c', ['b']), ['b']);
    assert.equal(rows.row('b').records, 5);
  });

  it('forgets the figures of a topic that is gone, so that a new one of its name begins afresh', async () => {
    const topics = fakeTopics();
    topics.found = new Map([['b', count(5)]]);
    const rows = new TopicRows(topics, false);
    await rows.names('c');
    await rows.figures('c', ['b']);
    topics.all = [];
    await rows.names('c');
    assert.equal(rows.hasFigures('b'), false);
    assert.equal(rows.row('b').records, undefined);
  });
});

describe('Rows of another cluster', () => {
  it('are not told with what a former cluster answers late: topics', async () => {
    const topics = fakeTopics();
    const rows = new TopicRows(topics, false);
    await rows.names('one');
    const names = rows.names('one');
    const figures = rows.figures('one', ['b']);
    topics.found.set('b', count(5));
    rows.reset();
    assert.deepEqual(await figures, []);
    assert.deepEqual((await names).names, ['b', '__proto__']);
    assert.equal(rows.hasFigures('b'), false);
    assert.equal(rows.row('b').records, undefined);
    assert.equal(rows.row('b').summary, undefined);
    assert.deepEqual(await rows.figures('two', ['b']), ['b'], 'those of the present one are told');
  });

  it('are not told with what a former cluster answers late: groups', async () => {
    const rows = new GroupRows({
      list: () => Promise.resolve({ groups: [group('g')], failures: new Map() }),
      lags: () => Promise.resolve(new Map([['g', lag(5)]])),
    });
    const names = rows.names('one');
    const figures = rows.figures('one', ['g']);
    rows.reset();
    assert.deepEqual(await figures, []);
    assert.deepEqual((await names).names, ['g']);
    assert.equal(rows.hasFigures('g'), false);
    assert.equal(rows.row('g').summary, undefined);
    assert.deepEqual(await rows.figures('two', ['g']), ['g'], 'those of the present one are told');
  });
});

const group = (id: string, state = 'Stable'): GroupSummary => ({
  ...{ id, state, type: 'classic', protocolType: 'consumer' },
});
const lag = (total: number): GroupLag => ({ total, members: 1, partitions: [] });

describe('GroupRows', () => {
  function stage() {
    const answers = new Map<string, GroupLag | KafkaManagerError>([['g', lag(5)]]);
    const failures = new Map<number, KafkaManagerError>();
    const rows = new GroupRows({
      list: () => Promise.resolve({ groups: [group('g'), group('')], failures }),
      lags: () => Promise.resolve(answers),
    });
    return { answers, failures, rows };
  }

  it('tells that a lag is growing, compared with the refresh before', async () => {
    const { answers, rows } = stage();
    await rows.names('c');
    await rows.figures('c', ['g']);
    assert.equal(rows.row('g').isGrowing, false, 'there is nothing to compare with');
    answers.set('g', lag(6));
    assert.deepEqual(await rows.figures('c', ['g']), ['g']);
    assert.equal(rows.row('g').isGrowing, true);
    assert.deepEqual(await rows.figures('c', ['g']), ['g']);
    assert.equal(rows.row('g').isGrowing, false);
  });

  it('keeps why a lag is not known with its row', async () => {
    const { answers, rows } = stage();
    await rows.names('c');
    const error = new KafkaManagerError('KAFKA_AUTHORIZATION_FAILED', 'no');
    answers.set('g', error);
    assert.deepEqual(await rows.figures('c', ['g']), ['g']);
    assert.equal(rows.row('g').problem, error);
  });

  it('tells of brokers that did not tell their groups', async () => {
    const { failures, rows } = stage();
    const error = new KafkaManagerError('TIMEOUT', 'broker 2');
    failures.set(2, error);
    assert.deepEqual(await rows.names('c'), { names: ['g', ''], problem: error });
  });
});

describe('OpenedRows', () => {
  it('asks below a few rows at a time, however many are open', async () => {
    let running = 0;
    let most = 0;
    const opened = new OpenedRows<number, string>(async () => {
      most = Math.max(most, ++running);
      await new Promise((resolve) => setImmediate(resolve));
      running--;
      return { rows: [], look: '' };
    });
    for (let node = 0; node < 50; node++) await opened.open(node);
    await opened.refresh();
    assert.ok(most > 1 && most <= 8, `${most} at a time`);
  });

  it('asks again only below rows that are open, and tells which have changed', async () => {
    const looks = new Map([
      ['a', '1'],
      ['b', '1'],
    ]);
    const asked: string[] = [];
    const opened = new OpenedRows<string, string>((node) => {
      asked.push(node);
      const look = looks.get(node)!;
      return Promise.resolve({ rows: [`${node}${look}`], look });
    });
    await opened.open('a');
    await opened.open('b');
    assert.deepEqual(await opened.refresh(), []);
    looks.set('a', '2');
    looks.set('b', '2');
    opened.close('b');
    assert.deepEqual(await opened.refresh(), ['a']);
    asked.length = 0;
    assert.deepEqual(await opened.open('a'), ['a2']);
    assert.deepEqual(asked, [], 'what the refresh has brought is not asked for twice');
    opened.keep(() => false);
    assert.deepEqual(await opened.refresh(), []);
  });
});

describe('Ranges', () => {
  it('are the unbroken runs', () => {
    assert.deepEqual(rangesOf([]), []);
    assert.deepEqual(rangesOf([7, 0, 1, 2, 10, 9, 2]), [
      [0, 2],
      [7, 7],
      [9, 10],
    ]);
  });
});
