import assert from 'node:assert/strict';
import { createLogger } from '../../src/base/logger';
import { scan } from '../../src/core/scan/scan';
import { KafkaConnection } from '../../src/kafka/connection';
import { produce } from '../../src/kafka/protocol/messages/produce';
import { BatchBuilder } from '../../src/kafka/records/batchBuilder';
import { exactLines, exactRead, readsExactly } from '../support/exactReads';
import { javaDump, javaProduce } from '../support/real/javaRecords';
import { javaScript } from '../support/real/javaScript';
import type { ProducerStep } from '../support/real/javaScript';
import { kcatConsume } from '../support/real/tools';
import { scanBrokers, ScanStage } from '../support/scanStage';
import { beginning, directions, hourAgo, offsetsOf, range, text } from '../support/scanWords';
import { lines, turned } from '../support/topicReads';
import { until } from '../support/until';
import { readAll } from '../unit/core/scan/readAll';

const isolations = ['read_committed', 'read_uncommitted'] as const;

for (const [name, start] of scanBrokers) {
  describe(`logs with holes and odd clocks, read exactly (${name})`, function () {
    this.timeout(90_000);
    let stage: ScanStage;

    before(async function () {
      this.timeout(900_000);
      stage = await ScanStage.open(start);
    });

    after(() => stage.dispose());

    for (const codec of ['none', 'lz4']) {
      it(`a compacted topic of transactions, whose batches are in part empty (${codec})`, async () => {
        const topic = `compacted-${codec}`;
        const policy = { 'cleanup.policy': 'compact', 'min.cleanable.dirty.ratio': '0.01' };
        await stage.create(topic, 1, { ...policy, 'segment.ms': '60000', 'delete.retention.ms': '0' });
        const one = { producer: 'one' } as const;
        const properties = { 'transactional.id': topic, 'compression.type': codec, 'batch.size': '700' };
        const steps: ProducerStep[] = [{ ...one, do: 'open', properties }];
        for (const i of range(12)) {
          const records = range(30).map((j) => ({
            ...{ ...one, do: 'send' as const, topic, timestamp: hourAgo + i },
            key: text(j % 10 === 0 ? `once ${i} ${j}` : `again ${j % 7}`),
            value: j % 15 === 14 ? null : text(`${i} ${j}`),
          }));
          steps.push({ ...one, do: 'begin' }, ...records, { ...one, do: i % 2 ? 'commit' : 'abort' });
        }
        // Begins a new segment, by its time (markers have the broker's): the last one is never compacted.
        const last = { topic, timestamp: Date.now() + 600_000, key: text('last'), value: text('last') };
        steps.push({ ...one, do: 'begin' }, { ...one, do: 'send', ...last }, { ...one, do: 'commit' });
        await javaScript(stage.broker.target, steps);
        await stage.broker.compact();
        const isCompacted = async (): Promise<boolean> =>
          (await kcatConsume(stage.bootstrap, topic)).length < 40;
        await until(isCompacted, { deadlineMs: 30_000, what: 'the cleaner to run', everyMs: 200 });
        for (const isolation of isolations) {
          const dump = await javaDump(stage.broker.target, topic, { isolation });
          const onlyOnce = dump.filter(({ key }) => key?.toString().startsWith('once'));
          assert.ok(onlyOnce.length >= 18, `${onlyOnce.length} of ${dump.length} records`);
          await readsExactly(stage.source, { topic, isolation }, dump);
        }
      });
    }

    it('nothing: no record ever, all of them deleted, and a beginning behind 0', async () => {
      const topic = 'nothing';
      await stage.create(topic, 3);
      await readsExactly(stage.source, { topic }, []);
      for (const partition of [0, 1]) await stage.send(topic, partition, range(40));
      await stage.gateway.deleteRecords(topic, new Map([[0, -1], [1, 13]])); // prettier-ignore
      const dump = await javaDump(stage.broker.target, topic);
      assert.deepEqual(offsetsOf(dump), range(27, 13));
      const reads = await readsExactly(stage.source, { topic }, dump);
      for (const { counts } of reads)
        assert.ok(counts.rounds <= 3, `${counts.rounds} answers for 27 records`);
    });

    it('timestamps out of order and missing ones', async () => {
      const topic = 'clocks';
      await stage.create(topic, 3);
      const jumps = range(600).map((i) => hourAgo + ((i * 7919) % 600) * (i % 2 ? 1000 : -1000));
      const records = jumps.map((timestamp, i) => ({
        ...{ partition: i % 2, timestamp: i % 50 === 0 ? i : timestamp },
        ...{ key: text(`${i}`), value: text(`java ${i}`) },
      }));
      const properties = { 'batch.size': '2000', 'linger.ms': '20' };
      await javaProduce(stage.broker.target, topic, records, { compression: 'lz4', properties });
      // No producer sends a record without a timestamp in this format; a batch built by hand can have them.
      const connection = await KafkaConnection.open(
        { bootstrap: [stage.bootstrap] },
        { logger: createLogger(() => {}) },
      );
      try {
        for (const [index, timestamps] of [
          [0, [-1, -1]],
          [1, [hourAgo, -1, hourAgo + 5, -1]],
          [2, [-1, hourAgo]],
        ] as const) {
          // prettier-ignore
          const batch = new BatchBuilder(1 << 20);
          for (const [i, timestamp] of timestamps.entries()) {
            batch.add({ key: text(`no clock ${i}`), value: null, timestamp });
          }
          const leader = (await connection.leaders(topic)).get(index)!;
          const partitionData = [{ index, records: batch.finish() }];
          const request = { acks: -1, timeoutMs: 10_000, topicData: [{ name: topic, partitionData }] };
          const answer = await connection.call(leader, produce, request, { maxVersion: 9 });
          assert.equal(answer.responses[0]?.partitionResponses[0]?.errorCode, 0);
        }
      } finally {
        connection.dispose();
      }
      const dump = await javaDump(stage.broker.target, topic);
      assert.equal(dump.filter(({ timestamp }) => timestamp === -1).length, 5);
      assert.deepEqual(lines(dump).sort(), lines(await kcatConsume(stage.bootstrap, topic)).sort());
      await readsExactly(stage.source, { topic }, dump);
      // From a time on: from the first record of each partition that is not before it, as Kafka's own tools do.
      const at = hourAgo + 200_000;
      const byKcat = await kcatConsume(stage.bootstrap, topic, { from: `s@${at}` });
      for (const direction of directions) {
        const from = { at: 'time', timestamp: at } as const;
        const { records: found } = await exactRead(stage.source, { topic, from, direction });
        assert.deepEqual(lines(found).sort(), lines(byKcat).sort());
      }
    });

    it('retention that moves the beginning, before and meanwhile', async () => {
      const topic = 'retained';
      const segments = { 'segment.bytes': String(1 << 20), 'file.delete.delay.ms': '0' };
      await stage.create(topic, 1, { 'retention.ms': '-1', ...segments });
      const minute = 60_000;
      // Three parts of several segments, each later by its timestamps than the one before.
      for (const part of range(3)) {
        for (const first of range(10)) {
          const records = range(100, part * 1000 + first * 100).map((i) => ({
            ...{ topic, timestamp: hourAgo - (3 - part) * 100 * minute + i },
            ...{ key: text(`${i}`), value: text('.'.repeat(2000)) },
          }));
          await Promise.all(records.map((record) => stage.gateway.produce(record)));
        }
      }
      const dump = await javaDump(stage.broker.target, topic);
      await readsExactly(stage.source, { topic }, dump);
      const beginsAt = async (): Promise<number> => (await stage.gateway.offsets(topic))[0]?.beginning ?? 0;
      for (const [direction, minutes] of [
        ['oldest', 300],
        ['newest', 200],
      ] as const) {
        // prettier-ignore
        const reader = scan(stage.source, { topic, from: beginning, direction });
        const first = await reader.next();
        assert.ok(!first.done);
        const before = await beginsAt();
        await stage.gateway.alterTopicConfig(topic, { 'retention.ms': String(minutes * minute) });
        await stage.broker.compact();
        const isGone = async (): Promise<boolean> => (await beginsAt()) > before;
        await until(isGone, { deadlineMs: 30_000, what: 'the log to begin later', everyMs: 100 });
        const begins = await beginsAt();
        const { records, summary } = await readAll(reader);
        const found = turned([...first.value, ...records], direction);
        const early = found.filter((record) => record.offset < begins);
        const left = dump.filter((record) => record.offset >= begins);
        // What was on its way already may come; the rest comes whole, in order, and once.
        assert.deepEqual(exactLines(found.slice(early.length)), exactLines(left));
        assert.deepEqual(offsetsOf(early), range(early.length, early[0]?.offset));
        assert.match(summary.problems[0]?.message ?? '', new RegExp(`are gone .* begins at ${begins}`));
        assert.equal(summary.stopReason, 'end');
        await readsExactly(stage.source, { topic }, left);
      }
    });
  });
}
