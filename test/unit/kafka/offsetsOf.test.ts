import assert from 'node:assert/strict';
import { KafkaManagerError } from '../../../src/contract/errors';
import { connectionFailure } from '../../../src/kafka/connectionErrors';
import { offsetsOf } from '../../../src/kafka/offsetsOf';
import { errorCode } from '../../../src/kafka/protocol/errorCodes';
import type { ListOffsetsRequest } from '../../../src/kafka/protocol/messages/listOffsets';

type Partition = { readonly topic: string; readonly partition: number; readonly leader: number };

/** Fake of a connection: answers each partition with 100 + its id, or as told. */
class FakeLeaders {
  readonly requests: { readonly leader: number; readonly partitions: readonly string[] }[] = [];
  readonly invalidated: string[] = [];
  reply: (partition: Partition) => number | Error = () => 0;
  leadersOf: (topics: readonly string[]) => Promise<Map<string, Map<number, number>>> = (topics) =>
    Promise.resolve(
      new Map(
        topics.map((topic) => [
          topic,
          new Map([
            [0, 1],
            [1, 2],
          ]),
        ]),
      ),
    );

  invalidate(topic: string): void {
    this.invalidated.push(topic);
  }

  call(leader: unknown, _api: unknown, request: unknown): Promise<never> {
    const { topics } = request as ListOffsetsRequest;
    const at = leader as number;
    const all = topics.flatMap(({ name, partitions }) =>
      partitions.map((p) => `${name}/${p.partitionIndex}`),
    );
    this.requests.push({ leader: at, partitions: all });
    const answer = topics.map(({ name, partitions }) => ({
      name,
      partitions: partitions.map(({ partitionIndex }) => {
        const code = this.reply({ topic: name, partition: partitionIndex, leader: at });
        if (code instanceof Error) throw code;
        return { partitionIndex, errorCode: code, offset: 100 + partitionIndex };
      }),
    }));
    return Promise.resolve({ topics: answer } as never);
  }
}

const all = (...topics: readonly string[]) => new Map(topics.map((topic) => [topic, 'all'] as const));

describe('offsetsOf()', () => {
  it('asks each leader once, and leaves out what does not exist', async () => {
    const fake = new FakeLeaders();
    fake.leadersOf = async (topics) =>
      new Map(
        topics
          .filter((topic) => topic !== 'gone')
          .map((topic) => [
            topic,
            new Map([
              [0, 1],
              [1, 2],
            ]),
          ]),
      );
    const wanted = new Map<string, readonly number[] | 'all'>([...all('__proto__', 'gone'), ['b', [1, 7]]]);
    const found = await offsetsOf(fake, wanted, 'end');
    assert.deepEqual(
      found,
      new Map([
        [
          '__proto__',
          new Map([
            [0, 100],
            [1, 101],
          ]),
        ],
        [
          'b',
          new Map([
            [1, 101],
            [7, undefined],
          ]),
        ],
      ]),
    );
    assert.deepEqual(fake.requests, [
      { leader: 1, partitions: ['__proto__/0'] },
      { leader: 2, partitions: ['__proto__/1', 'b/1'] },
    ]);
  });

  it('keeps requests small: 500 topics, 1,000 partitions', async () => {
    const fake = new FakeLeaders();
    const wide = new Map(Array.from({ length: 2_500 }, (_, i) => [i, 1]));
    fake.leadersOf = async (topics) =>
      new Map(topics.map((topic) => [topic, topic === 'wide' ? wide : new Map([[0, 1]])]));
    const names = Array.from({ length: 1_100 }, (_, i) => `t${i}`);
    const found = await offsetsOf(fake, all(...names, 'wide'), 'beginning');
    assert.equal(found.size, 1_101);
    assert.equal(found.get('wide')?.get(2_499), 2_599);
    const sizes = fake.requests.map(({ partitions }) => partitions.length);
    assert.deepEqual(sizes, [500, 500, 100, 1_000, 1_000, 500]);
  });

  it('asks again where the leader moved, and only for that partition', async () => {
    const fake = new FakeLeaders();
    let asked = 0;
    fake.reply = ({ topic, partition }) =>
      topic === 'a' && partition === 1 && asked++ === 0 ? errorCode.NOT_LEADER_OR_FOLLOWER : 0;
    const found = await offsetsOf(fake, all('a', 'b'), 'end');
    assert.equal(found.get('a')?.get(1), 101);
    assert.deepEqual(fake.requests.at(-1)?.partitions, ['a/1']);
    assert.deepEqual(fake.invalidated, ['a']);
  });

  it('partitions that go on failing have no answer, the others have theirs', async () => {
    const fake = new FakeLeaders();
    fake.reply = ({ topic }) => (topic === 'a' ? errorCode.TOPIC_AUTHORIZATION_FAILED : 0);
    const found = await offsetsOf(fake, all('a', 'b'), 'end');
    assert.deepEqual([...(found.get('a')?.values() ?? [])], [undefined, undefined]);
    assert.deepEqual([...(found.get('b')?.values() ?? [])], [100, 101]);
    assert.equal(fake.requests.length, 2);
  });

  it('a partition without a leader is not asked for', async () => {
    const fake = new FakeLeaders();
    fake.leadersOf = async () =>
      new Map([
        [
          'a',
          new Map([
            [0, -1],
            [1, 1],
          ]),
        ],
      ]);
    const found = await offsetsOf(fake, all('a'), 'end');
    assert.deepEqual(
      found.get('a'),
      new Map([
        [0, undefined],
        [1, 101],
      ]),
    );
    assert.equal(fake.requests.length, 1);
  });

  it('one broker that is gone leaves the partitions of the others; none at all is an error', async () => {
    const fake = new FakeLeaders();
    const gone = connectionFailure('refused', { host: '127.0.0.1', port: 1 }, 'gone', { remedy: 'none' });
    fake.reply = ({ leader }) => (leader === 2 ? gone : 0);
    const found = await offsetsOf(fake, all('a'), 'end');
    assert.deepEqual(
      found.get('a'),
      new Map([
        [0, 100],
        [1, undefined],
      ]),
    );
    fake.reply = () => gone;
    await assert.rejects(offsetsOf(fake, all('a'), 'end'), { code: 'KAFKA_CONNECTION_ERROR' });
  });

  it('ends when it is told to', async () => {
    const fake = new FakeLeaders();
    const abort = new AbortController();
    fake.reply = () => {
      abort.abort();
      return new KafkaManagerError('CANCELLED');
    };
    await assert.rejects(offsetsOf(fake, all('a'), 'end', abort.signal), { code: 'CANCELLED' });
    assert.ok(fake.requests.length <= 2);
  });
});
