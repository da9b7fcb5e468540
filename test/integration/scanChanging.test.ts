import assert from 'node:assert/strict';
import type { ConsumedRecord, ProducedRecord } from '../../src/core/kafkaTypes';
import type { ScanStart, ScanSummary } from '../../src/core/scan/query';
import { scan } from '../../src/core/scan/scan';
import { tail } from '../../src/core/scan/tail';
import { javaDump } from '../support/real/javaRecords';
import { javaScript } from '../support/real/javaScript';
import type { ProducerStep } from '../support/real/javaScript';
import { kcatConsume, kcatProduce } from '../support/real/tools';
import { scanBrokers, ScanStage } from '../support/scanStage';
import { beginning, directions, hourAgo, last, offset, offsetsOf, range, text } from '../support/scanWords';
import { inOrder, lines, resume, turned } from '../support/topicReads';
import { ended } from '../support/transactionReads';
import { until } from '../support/until';
import { readAll } from '../unit/core/scan/readAll';

for (const [name, start] of scanBrokers) {
  describe(`reading topics that change, of ${name}`, function () {
    this.timeout(60_000);
    let stage: ScanStage;

    before(async function () {
      this.timeout(900_000);
      stage = await ScanStage.open(start);
    });

    after(() => stage.dispose());

    it('reads what is left when records are deleted, before and meanwhile', async () => {
      const topic = 'cut';
      await stage.create(topic);
      for (const first of range(10)) await stage.send(topic, 0, range(100, first * 100), '.'.repeat(1000));
      await stage.gateway.deleteRecords(topic, new Map([[0, 150]]));
      const dump = await javaDump(stage.broker.target, topic);
      assert.deepEqual(offsetsOf(dump), range(850, 150));
      await stage.reads.bothWays({ topic, from: beginning }, dump);
      await stage.reads.bothWays({ topic, from: last(2000) }, dump);
      const before = await stage.reads.once({ topic, from: offset(20) });
      assert.deepEqual(lines(before.records), lines(dump));
      assert.match(before.summary.problems[0]?.message ?? '', /from offset 20 to 149 are gone/);

      for (const direction of directions) {
        const deleted = direction === 'oldest' ? 700 : 800;
        const left = offsetsOf(dump).filter((one) => one >= deleted);
        const reader = scan(stage.source, { topic, from: beginning, direction });
        const first = await reader.next();
        assert.ok(!first.done);
        await stage.gateway.deleteRecords(topic, new Map([[0, deleted]]));
        const { records, summary } = await readAll(reader);
        const offsets = offsetsOf([...first.value, ...records]);
        // What was on its way already may come; the rest comes whole, in order, and once.
        const early = turned(offsets, direction).filter((one) => one < deleted);
        assert.deepEqual(turned(offsets, direction), [...early, ...left]);
        assert.deepEqual(early, range(early.length, early[0]));
        assert.ok(early.length < deleted - 150, `${early.length} were read before they were deleted`);
        assert.match(summary.problems[0]?.message ?? '', new RegExp(`are gone .* begins at ${deleted}`));
      }
    });

    it('reads over the gaps of a compacted topic', async () => {
      const topic = 'compacted';
      const policy = { 'cleanup.policy': 'compact', 'min.cleanable.dirty.ratio': '0.01' };
      await stage.create(topic, 1, { ...policy, 'segment.ms': '60000' });
      const produce = (i: number, key: string, timestamp = hourAgo + i): Promise<ProducedRecord> =>
        stage.gateway.produce({ topic, timestamp, key: text(key), value: text(`${i}`) });
      for (const first of range(8)) {
        const keyOf = (i: number): string => (i % 40 === 0 ? `once ${i}` : `again ${i % 7}`);
        await Promise.all(range(50, first * 50).map((i) => produce(i, keyOf(i))));
      }
      // Begins a new segment, by its time: the last one is never compacted.
      await produce(400, 'last', hourAgo + 600_000);
      await stage.broker.compact();
      const isCompacted = async (): Promise<boolean> =>
        offsetsOf(await kcatConsume(stage.bootstrap, topic))[1] === 40;
      await until(isCompacted, { deadlineMs: 30_000, what: 'the cleaner to run', everyMs: 100 });

      const dump = await javaDump(stage.broker.target, topic);
      assert.ok(dump.length < 20 && dump.at(-1)?.offset === 400, `${dump.length} records`);
      await stage.reads.bothWays({ topic, from: beginning }, dump);
      await stage.reads.bothWays({ topic, from: last(12) }, dump.slice(-12));
      await stage.reads.bothWays({ topic, from: offset(41) }, dump.slice(2));
      for (const direction of directions) {
        const pages = await stage.reads.paged({ topic, from: beginning, limit: 2, direction });
        assert.deepEqual(lines(turned(pages, direction)), lines(dump));
      }
    });

    it('shows of transactions what the isolation allows', async () => {
      const topic = 'transactions';
      await stage.create(topic, 2);
      const producers = range(6).map(
        (id) => ({ producer: `tests-${id}`, end: id % 2 ? 'commit' : 'abort' }) as const,
      );
      const each = (step: (one: (typeof producers)[number]) => ProducerStep): ProducerStep[] =>
        producers.map(step);
      // In turns, so that their batches alternate; at one time, so that their order is that of the offsets.
      const record = { do: 'send', topic, timestamp: hourAgo } as const;
      await javaScript(stage.broker.target, [
        ...each(({ producer }) => {
          const properties = { 'transactional.id': producer, 'batch.size': '200' };
          return { producer, do: 'open', properties };
        }),
        ...each(({ producer }) => ({ producer, do: 'begin' })),
        ...range(40).flatMap((i) =>
          each(({ producer, end }) => {
            const key = text(`${producer} ${i}`);
            return { ...record, producer, partition: i % 2, key, value: text(end) };
          }),
        ),
        ...each(({ producer, end }) => ({ producer, do: end })),
      ]);
      await ended(stage, topic);
      for (const isolation of ['read_committed', 'read_uncommitted'] as const) {
        const dump = inOrder(await javaDump(stage.broker.target, topic, { isolation }));
        assert.equal(dump.length, isolation === 'read_committed' ? 120 : 240);
        await stage.reads.bothWays({ topic, from: beginning, isolation }, dump);
        await stage.reads.bothWays({ topic, from: last(15), isolation }, dump.slice(-15));
      }
    });

    it('ends before an open transaction, and goes on from there once it is over', async () => {
      const topic = 'open';
      await stage.create(topic);
      await stage.send(topic, 0, range(5));
      const producer = stage.kafka.producer({
        transactionalId: topic,
        idempotent: true,
        maxInFlightRequests: 1,
      });
      await producer.connect();
      try {
        const transaction = await producer.transaction();
        await transaction.send({ topic, messages: [{ value: 'in the transaction' }] });
        await stage.send(topic, 0, [6, 7]);
        const stable = await stage.reads.once({ topic, from: beginning });
        assert.deepEqual(lines(stable.records), lines(await kcatConsume(stage.bootstrap, topic)));
        assert.deepEqual(offsetsOf(stable.records), range(5));
        const all = await stage.reads.once({ topic, from: beginning, isolation: 'read_uncommitted' });
        assert.deepEqual(offsetsOf(all.records), range(8));
        await transaction.commit();
        // The answer comes before the marker is in the log.
        const isOver = async (): Promise<boolean> => (await kcatConsume(stage.bootstrap, topic)).length === 8;
        await until(isOver, { deadlineMs: 20_000, what: 'the marker of the transaction' });
        const rest = await stage.reads.once({ topic, from: resume(stable.summary) });
        assert.deepEqual(offsetsOf(rest.records), [5, 6, 7]);
      } finally {
        await producer.disconnect();
      }
    });

    it('tails without a gap over several tails, until it is aborted', async () => {
      const topic = 'live';
      await stage.create(topic, 2);
      await stage.send(topic, 0, [0]);
      const found: ConsumedRecord[] = [];
      /** Tails until `count` records were found; `act` is called once the first page has come, where one is there. */
      const follow = async (
        from: ScanStart,
        act: () => Promise<unknown>,
        count: number,
      ): Promise<ScanSummary> => {
        const abort = new AbortController();
        const live = tail(stage.source, { topic, from }, { signal: abort.signal });
        const follower = async (): Promise<ScanSummary> => {
          for (;;) {
            const step = await live.next();
            if (step.done) return step.value;
            found.push(...step.value);
          }
        };
        const ended = follower();
        const had = found.length;
        try {
          await until(() => found.length > had, { deadlineMs: 20_000, what: 'what is there already' });
          await act();
          await until(() => found.length >= count, { deadlineMs: 20_000, what: `${count} records` });
        } finally {
          abort.abort();
        }
        return ended;
      };
      const sendEach = async (): Promise<void> => {
        for (const i of range(20)) await stage.send(topic, i % 2, [i]);
      };
      const first = await follow(beginning, sendEach, 21);
      assert.equal(first.stopReason, 'cancelled');
      await stage.send(topic, 1, [100, 101, 102]);
      const records = range(30).map((i) => ({ key: null, value: text(`kcat ${i}`) }));
      const byKcat = (): Promise<void> => kcatProduce(stage.bootstrap, topic, records, { partition: 0 });
      const second = await follow(resume(first), byKcat, 54);
      assert.deepEqual(lines(found).sort(), lines(await kcatConsume(stage.bootstrap, topic)).sort());
      for (const partition of [0, 1]) {
        const offsets = offsetsOf(found.filter((record) => record.partition === partition));
        assert.deepEqual(offsets, range(offsets.length));
        assert.equal(second.position.partitions.get(partition)?.next, offsets.length);
      }
      assert.deepEqual([...first.problems, ...second.problems], []);
    });

    it('notices that a topic was made anew under its readers', async () => {
      const topic = 'anew';
      await stage.create(topic);
      await stage.send(topic, 0, range(10));
      const page = await stage.reads.once({ topic, from: beginning, limit: 6 });
      const abort = new AbortController();
      const live = tail(stage.source, { topic, from: beginning }, { signal: abort.signal });
      const old = await live.next();
      assert.ok(!old.done && old.value.length === 10);
      await stage.gateway.deleteTopic(topic);
      await stage.create(topic);
      await stage.send(topic, 0, range(3));
      const shrunk = /ends at offset 3 now.*made anew/;
      const rest = await stage.reads.once({ topic, from: resume(page.summary) });
      assert.deepEqual(rest.records, []);
      assert.match(rest.summary.problems[0]?.message ?? '', shrunk);
      const again = await live.next();
      assert.ok(!again.done);
      assert.deepEqual(lines(again.value), lines(await kcatConsume(stage.bootstrap, topic)));
      abort.abort();
      const { summary } = await readAll(live);
      assert.match(summary.problems[0]?.message ?? '', shrunk);
    });

    it('notices so where the new topic has more records than the old one', async () => {
      const topic = 'anew-longer';
      await stage.create(topic, 2);
      for (const partition of [0, 1]) await stage.send(topic, partition, range(10));
      const abort = new AbortController();
      const live = tail(stage.source, { topic, from: beginning }, { signal: abort.signal });
      const old = await live.next();
      assert.ok(!old.done && old.value.length === 20);
      await stage.gateway.deleteTopic(topic);
      await stage.create(topic, 2);
      for (const partition of [0, 1]) await stage.send(topic, partition, range(25, 1000));
      const found: ConsumedRecord[] = [];
      while (found.length < 50) {
        const page = await live.next();
        assert.ok(!page.done);
        found.push(...page.value);
      }
      assert.deepEqual(lines(found).sort(), lines(await kcatConsume(stage.bootstrap, topic)).sort());
      abort.abort();
      const { summary } = await readAll(live);
      assert.deepEqual(
        summary.problems.map(({ message }) => message).sort(),
        [0, 1].map((p) => `The topic was deleted and made anew while partition ${p} was read, at offset 10.`),
      );
    });

    it('leaves no consumer group behind', () => stage.assertNoGroupLeft());
  });
}
