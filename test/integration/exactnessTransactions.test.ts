import assert from 'node:assert/strict';
import type { ConsumedRecord } from '../../src/core/kafkaTypes';
import type { Isolation } from '../../src/core/scan/query';
import { tail } from '../../src/core/scan/tail';
import { exactLines, exactRead, readsExactly } from '../support/exactReads';
import { javaDump } from '../support/real/javaRecords';
import { javaScript } from '../support/real/javaScript';
import type { ProducerStep } from '../support/real/javaScript';
import { kcatConsume } from '../support/real/tools';
import { scanBrokers, ScanStage } from '../support/scanStage';
import { beginning, directions, hourAgo, offsetsOf, range, text } from '../support/scanWords';
import { lines, resume } from '../support/topicReads';
import { until } from '../support/until';

const isolations: readonly Isolation[] = ['read_committed', 'read_uncommitted'];

/** Records of one producer, in both partitions of a topic. */
const sends = (producer: string, topic: string, count: number, what: string): ProducerStep[] =>
  range(count).map((i) => ({
    ...{ producer, do: 'send', topic, partition: i % 2, timestamp: hourAgo },
    ...{ key: text(what), value: text(`${what} ${i}`) },
  }));

/** A producer of transactions, and one without, which writes between and inside of them. */
const opened = (topic: string, codec: string): ProducerStep[] => [
  {
    producer: 'one',
    do: 'open',
    properties: { 'transactional.id': topic, 'compression.type': codec, 'batch.size': '400' },
  },
  { producer: 'plain', do: 'open', properties: { 'compression.type': codec } },
];
const plain = (topic: string, count: number): ProducerStep[] => [
  ...sends('plain', topic, count, 'plain'),
  { producer: 'plain', do: 'flush' },
];

for (const [name, start] of scanBrokers) {
  describe(`transactions, read exactly (${name})`, function () {
    this.timeout(60_000);
    let stage: ScanStage;

    before(async function () {
      this.timeout(900_000);
      stage = await ScanStage.open(start);
    });

    after(() => stage.dispose());

    /** Compares with both of the other readers; answers how many records they see. */
    async function readsAsOthers(topic: string): Promise<Record<Isolation, number>> {
      const seen = { read_committed: 0, read_uncommitted: 0 };
      for (const isolation of isolations) {
        const dump = await javaDump(stage.broker.target, topic, { isolation });
        const properties = { 'isolation.level': isolation };
        const byKcat = await kcatConsume(stage.bootstrap, topic, { properties });
        assert.deepEqual(lines(dump).sort(), lines(byKcat).sort(), "Java's consumer and kcat disagree");
        await readsExactly(stage.source, { topic, isolation }, dump);
        seen[isolation] = dump.length;
      }
      return seen;
    }

    for (const codec of ['none', 'zstd']) {
      it(`three aborted and three committed ones of one producer, in one Fetch answer (${codec})`, async () => {
        const topic = `interleaved-${codec}`;
        await stage.create(topic, 2);
        const steps = opened(topic, codec);
        for (const end of ['abort', 'commit', 'abort', 'commit', 'commit', 'abort'] as const) {
          steps.push(...plain(topic, 4), { producer: 'one', do: 'begin' });
          steps.push(...sends('one', topic, 20, end), { producer: 'one', do: 'flush' });
          steps.push(...plain(topic, 2), ...sends('one', topic, 6, end), { producer: 'one', do: end });
        }
        await javaScript(stage.broker.target, steps);
        const seen = await readsAsOthers(topic);
        assert.deepEqual(seen, { read_committed: 36 + 3 * 26, read_uncommitted: 36 + 6 * 26 });
        const { counts, summary } = await exactRead(stage.source, { topic, from: beginning });
        assert.ok(counts.rounds <= 2, `${counts.rounds} answers: not all transactions came in one`);
        assert.equal(summary.matched, seen.read_committed);
      });
    }

    it('an aborted one at the very end, larger than an answer, and nothing but aborted ones', async () => {
      const topic = 'aborted-end';
      await stage.create(topic, 2);
      const aborted = (count: number): ProducerStep[] => [
        { producer: 'one', do: 'begin' },
        ...sends('one', topic, count, 'aborted'.padEnd(100, '.')),
        { producer: 'one', do: 'abort' },
      ];
      await javaScript(stage.broker.target, [...opened(topic, 'none'), ...aborted(50)]);
      assert.deepEqual(await readsAsOthers(topic), { read_committed: 0, read_uncommitted: 50 });
      await javaScript(stage.broker.target, [
        ...opened(topic, 'none'),
        ...plain(topic, 10),
        ...aborted(3000),
      ]);
      assert.deepEqual(await readsAsOthers(topic), { read_committed: 10, read_uncommitted: 3060 });
      // A tail goes on behind all of it.
      const { summary } = await exactRead(stage.source, { topic, from: beginning });
      await stage.send(topic, 1, [7]);
      const rest = await exactRead(stage.source, { topic, from: resume(summary) });
      assert.deepEqual(exactLines(rest.records).length, 1);
    });

    it('an open one at the end, which its producer then aborts by coming back', async () => {
      const topic = 'open-aborted';
      await stage.create(topic, 2);
      await javaScript(stage.broker.target, [
        ...opened(topic, 'none'),
        ...plain(topic, 10),
        ...([{ producer: 'one', do: 'begin' }] as const),
        ...sends('one', topic, 20, 'open'),
        ...([{ producer: 'one', do: 'flush' }] as const),
        ...plain(topic, 10),
      ]);
      assert.deepEqual(await readsAsOthers(topic), { read_committed: 10, read_uncommitted: 40 });
      const before = await exactRead(stage.source, { topic, from: beginning });
      await javaScript(stage.broker.target, opened(topic, 'none'));
      const isOver = async (): Promise<boolean> => (await kcatConsume(stage.bootstrap, topic)).length === 20;
      await until(isOver, { deadlineMs: 20_000, what: 'the markers of the transaction', everyMs: 100 });
      assert.deepEqual(await readsAsOthers(topic), { read_committed: 20, read_uncommitted: 40 });
      const rest = await exactRead(stage.source, { topic, from: resume(before.summary) });
      const all = await javaDump(stage.broker.target, topic, { isolation: 'read_committed' });
      assert.deepEqual(exactLines([...before.records, ...rest.records]), exactLines(all));
    });

    it('an open one that is committed: a position and a tail show it once', async () => {
      const topic = 'open-committed';
      await stage.create(topic, 2);
      await stage.send(topic, 0, range(5));
      const producer = stage.kafka.producer({
        transactionalId: topic,
        idempotent: true,
        maxInFlightRequests: 1,
      });
      const abort = new AbortController();
      const tailed: ConsumedRecord[] = [];
      const tailing = (async () => {
        const query = { topic, from: beginning } as const;
        for await (const page of tail(stage.source, query, { signal: abort.signal })) tailed.push(...page);
      })();
      // Its failure is told at the end, when it is waited for.
      tailing.catch(() => {});
      await producer.connect();
      try {
        const transaction = await producer.transaction();
        const messages = [0, 1].map((partition) => ({ partition, value: 'in the transaction' }));
        await transaction.send({ topic, messages });
        await Promise.all([0, 1].map((partition) => stage.send(topic, partition, [6, 7])));
        assert.deepEqual(await readsAsOthers(topic), { read_committed: 5, read_uncommitted: 11 });
        const stable = await exactRead(stage.source, { topic, from: beginning });
        await until(() => tailed.length === 5, {
          deadlineMs: 20_000,
          what: 'the tail to come to the open one',
        });
        await transaction.commit();
        const isOver = async (): Promise<boolean> =>
          (await kcatConsume(stage.bootstrap, topic)).length === 11;
        await until(isOver, { deadlineMs: 20_000, what: 'the markers of the transaction', everyMs: 100 });
        const rest = await exactRead(stage.source, { topic, from: resume(stable.summary) });
        const all = await javaDump(stage.broker.target, topic, { isolation: 'read_committed' });
        assert.deepEqual(exactLines([...stable.records, ...rest.records]), exactLines(all));
        await readsAsOthers(topic);
        await until(() => tailed.length >= 11, {
          deadlineMs: 20_000,
          what: 'the tail to show the committed',
        });
        assert.deepEqual(exactLines(tailed), exactLines(all));
        for (const direction of directions) {
          const newest = { at: 'last', count: 3 } as const;
          const some = await exactRead(stage.source, { topic, from: newest, direction });
          assert.equal(new Set(offsetsOf(some.records)).size > 0 && some.records.length, 3);
        }
      } finally {
        abort.abort();
        await tailing;
        await producer.disconnect();
      }
    });
  });
}
