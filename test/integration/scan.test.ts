import assert from 'node:assert/strict';
import { Kafka, logLevel } from 'kafkajs';
import { createLogger } from '../../src/base/logger';
import type { ConsumedRecord, ProducedRecord } from '../../src/core/kafkaTypes';
import type { KafkaGateway } from '../../src/core/ports';
import type { ScanStart, ScanSummary } from '../../src/core/scan/query';
import type { RecordSource } from '../../src/core/scan/recordSource';
import { scan } from '../../src/core/scan/scan';
import { tail } from '../../src/core/scan/tail';
import { KafkaConnector } from '../../src/kafka/kafkaConnector';
import { Opened } from '../support/opened';
import { javaDump, javaProduce } from '../support/real/javaRecords';
import type { JavaRecord } from '../support/real/javaRecords';
import { kcatConsume, kcatProduce } from '../support/real/tools';
import { embeddedScanBroker, javaScanBroker } from '../support/scanBroker';
import type { ScanBroker } from '../support/scanBroker';
import { inOrder, lines, resume, TopicReads, turned } from '../support/topicReads';
import { until } from '../support/until';
import { readAll } from '../unit/core/scan/readAll';

const hourAgo = Date.now() - 3_600_000;
const beginning = { at: 'beginning' } as const;
const directions = ['oldest', 'newest'] as const;
const text = (value: string): Buffer => Buffer.from(value);
const range = (count: number, first = 0): number[] => Array.from({ length: count }, (_, i) => first + i);
const last = (count: number) => ({ at: 'last', count }) as const;
const offset = (at: number | ReadonlyMap<number, number>) => ({ at: 'offset', offset: at }) as const;
const offsetsOf = (records: readonly { offset: number }[]): number[] =>
  records.map((record) => record.offset);

const headersOf = (records: readonly Pick<ConsumedRecord, 'headers'>[]): unknown[] =>
  records.map(({ headers }) =>
    headers.map(({ key, value }) => [key, value && Buffer.from(value).toString()]),
  );
const sizeOf = ({ key, value, headers }: JavaRecord): number =>
  [key, value, ...headers.flatMap((header) => [text(header.key), header.value])].reduce(
    (sum, part) => sum + (part?.length ?? 0),
    0,
  );

function suite(name: string, start: () => Promise<ScanBroker>): void {
  describe(`reading topics of ${name}`, function () {
    this.timeout(60_000);
    const opened = new Opened();
    let broker: ScanBroker;
    let bootstrap: string;
    let kafka: Kafka;
    let gateway: KafkaGateway;
    let source: RecordSource;
    let reads: TopicReads;
    /** What Kafka's own consumer sees of the topic `main`, in the order of a scan. */
    let expected: JavaRecord[];

    const create = (topic: string, partitions = 1, configs: Record<string, string> = {}): Promise<void> =>
      gateway.createTopic({ name: topic, partitions, replicationFactor: 1, configs });
    /** Sends records at once, so that they share batches. */
    const send = (
      topic: string,
      partition: number,
      numbers: number[],
      padding = '',
    ): Promise<ProducedRecord[]> =>
      Promise.all(
        numbers.map((i) => {
          const value = text(`value ${i}${padding}`);
          return gateway.produce({ topic, partition, timestamp: hourAgo + i, key: text(`key ${i}`), value });
        }),
      );

    async function fillMain(): Promise<void> {
      await create('main', 3);
      const byJava = range(1500).map((i) => ({
        partition: i % 3,
        timestamp: hourAgo + Math.floor(i / 2),
        key: i % 11 === 0 ? null : text(`java ${i}`),
        value: i % 13 === 0 ? null : text(`${i % 100 === 0 ? 'a needle ' : ''}${'x'.repeat(i % 200)}`),
        headers: i % 5 === 0 ? [{ key: 'h', value: text(`${i}`) }] : [],
      }));
      const properties = { 'batch.size': '3000', 'linger.ms': '20' };
      await javaProduce(broker.target, 'main', byJava, { compression: 'gzip', properties });
      let sent = 1000;
      for (const size of [1, 2, 7, 50, 300]) {
        for (const partition of [0, 1, 2]) await send('main', partition, range(size, sent));
        sent += size;
      }
      const byKcat = range(250).map((i) => ({ key: text(`kcat ${i}`), value: text(`needle? ${i % 2}`) }));
      for (const partition of [2, 0]) {
        await kcatProduce(bootstrap, 'main', byKcat, { partition, compression: 'lz4' });
      }
      expected = inOrder(await javaDump(broker.target, 'main'));
      assert.equal(expected.length, 1500 + 3 * 360 + 500);
    }

    /** A group for the last test to find: an empty answer would be no proof. Its coordinator takes seconds to come up. */
    async function makeGroup(): Promise<void> {
      const admin = kafka.admin();
      await admin.connect();
      await admin.createTopics({ topics: [{ topic: 'grouped', numPartitions: 1 }] });
      const partitions = [{ partition: 0, offset: '0' }];
      await admin.setOffsets({ groupId: 'known', topic: 'grouped', partitions });
      await admin.disconnect();
    }

    before(async function () {
      this.timeout(900_000);
      broker = opened.add(await start());
      bootstrap = broker.target.bootstrap;
      kafka = new Kafka({ brokers: [bootstrap], logLevel: logLevel.NOTHING });
      const connector = new KafkaConnector(createLogger(() => {}));
      gateway = opened.add(await connector.connect({ bootstrap: [bootstrap] }));
      source = opened.add(await gateway.openSource());
      reads = new TopicReads(source);
      await Promise.all([fillMain(), makeGroup()]);
    });

    after(() => opened.dispose());

    it("reads what Kafka's own consumer reads, merged by time", async () => {
      await reads.bothWays({ topic: 'main', from: beginning }, expected);
      await reads.bothWays({ topic: 'main', from: beginning, isolation: 'read_uncommitted' }, expected);
      const { records, summary } = await reads.once({ topic: 'main', from: beginning });
      assert.deepEqual(headersOf(records), headersOf(expected));
      assert.equal(summary.scanned, expected.length);
    });

    it('begins and ends where it is told', async () => {
      const topic = 'main';
      const each = new Map([17, 400, 0].entries());
      const timestamp = hourAgo + 300;
      const time = { at: 'time', timestamp } as const;
      const those = (wanted: (record: JavaRecord) => boolean): JavaRecord[] => expected.filter(wanted);
      await reads.bothWays({ topic, from: { at: 'end' } }, []);
      await reads.bothWays(
        { topic, from: offset(500) },
        those((r) => r.offset >= 500),
      );
      await reads.bothWays(
        { topic, from: offset(each) },
        those((r) => r.offset >= each.get(r.partition)!),
      );
      await reads.bothWays(
        { topic, from: time },
        those((r) => r.timestamp >= timestamp),
      );
      await reads.bothWays({ topic, from: { at: 'time', timestamp: Date.now() + 60_000 } }, []);
      await reads.bothWays(
        { topic, from: beginning, to: offset(33) },
        those((r) => r.offset < 33),
      );
      await reads.bothWays(
        { topic, from: offset(10), to: offset(11) },
        those((r) => r.offset === 10),
      );
      const ends = those((r) => r.offset < each.get(r.partition)!);
      await reads.bothWays({ topic, from: beginning, to: offset(each) }, ends);
      await reads.bothWays(
        { topic, from: beginning, to: time },
        those((r) => r.timestamp < timestamp),
      );
      const some = those((r) => r.partition !== 1);
      await reads.bothWays({ topic, from: beginning, partitions: [2, 0] }, some);
      await reads.bothWays({ topic, from: last(9), partitions: [0, 2] }, some.slice(-9));
      for (const count of [1, 10, 777, 10_000]) {
        await reads.bothWays({ topic, from: last(count) }, expected.slice(-count));
      }
    });

    it('refuses a start that is not there', async () => {
      const rejects = (topic: string, from: ScanStart, partition: number, code: string): Promise<void> =>
        assert.rejects(reads.once({ topic, from, partitions: [partition] }), { code });
      await rejects('main', offset(100_000), 0, 'OFFSET_OUT_OF_RANGE');
      await rejects('main', beginning, 3, 'PARTITION_NOT_FOUND');
      await rejects('nowhere', beginning, 0, 'TOPIC_NOT_FOUND');
    });

    it('stops at limits of records and bytes', async () => {
      for (const direction of directions) {
        const all = turned(expected, direction);
        const query = { topic: 'main', from: beginning, direction } as const;
        for (const limit of [1, 500, 501]) {
          const { records, summary } = await reads.once({ ...query, limit });
          assert.deepEqual(lines(records), lines(all.slice(0, limit)));
          assert.equal(summary.stopReason, 'limit');
        }
        for (const maxBytes of [1, 1234, 20_000]) {
          let sum = 0;
          const fitting = all.findIndex((record) => (sum += sizeOf(record)) > maxBytes);
          const { records, summary } = await reads.once({ ...query, maxBytes });
          assert.deepEqual(lines(records), lines(all.slice(0, Math.max(1, fitting))));
          assert.equal(summary.stopReason, 'max-bytes');
        }
      }
    });

    it('filters, and turns pages without a miss or a double', async () => {
      const topic = 'main';
      const filter = { kind: 'contains', bytes: text('needle') } as const;
      const matching = expected.filter(({ value }) => value?.includes('needle'));
      assert.ok(matching.length > 500 && matching.length < 600, `${matching.length}`);
      await reads.bothWays({ topic, from: beginning, filter }, matching);
      for (const direction of directions) {
        const query = { topic, direction, from: beginning } as const;
        const all = lines(turned(expected, direction));
        assert.deepEqual(lines(await reads.paged({ ...query, limit: 97 })), all);
        assert.deepEqual(lines(await reads.paged({ ...query, maxBytes: 9_999 })), all);
        const filtered = await reads.paged({ ...query, filter, limit: 31 });
        assert.deepEqual(lines(filtered), lines(turned(matching, direction)));
        const lastOnes = await reads.paged({ ...query, filter, limit: 33, from: last(100) });
        assert.deepEqual(lines(lastOnes), lines(turned(matching.slice(-100), direction)));
      }
    });

    it('reads what is left when records are deleted, before and meanwhile', async () => {
      const topic = 'cut';
      await create(topic);
      for (const first of range(10)) await send(topic, 0, range(100, first * 100), '.'.repeat(1000));
      await gateway.deleteRecords(topic, new Map([[0, 150]]));
      const dump = await javaDump(broker.target, topic);
      assert.deepEqual(offsetsOf(dump), range(850, 150));
      await reads.bothWays({ topic, from: beginning }, dump);
      await reads.bothWays({ topic, from: last(2000) }, dump);
      const before = await reads.once({ topic, from: offset(20) });
      assert.deepEqual(lines(before.records), lines(dump));
      assert.match(before.summary.problems[0]?.message ?? '', /from offset 20 to 149 are gone/);

      for (const direction of directions) {
        const deleted = direction === 'oldest' ? 700 : 800;
        const left = offsetsOf(dump).filter((one) => one >= deleted);
        const reader = scan(source, { topic, from: beginning, direction });
        const first = await reader.next();
        assert.ok(!first.done);
        await gateway.deleteRecords(topic, new Map([[0, deleted]]));
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
      await create(topic, 1, { ...policy, 'segment.ms': '60000' });
      const produce = (i: number, key: string, timestamp = hourAgo + i): Promise<ProducedRecord> =>
        gateway.produce({ topic, timestamp, key: text(key), value: text(`${i}`) });
      for (const first of range(8)) {
        const keyOf = (i: number): string => (i % 40 === 0 ? `once ${i}` : `again ${i % 7}`);
        await Promise.all(range(50, first * 50).map((i) => produce(i, keyOf(i))));
      }
      // Begins a new segment, by its time: the last one is never compacted.
      await produce(400, 'last', hourAgo + 600_000);
      await broker.compact();
      const isCompacted = async (): Promise<boolean> =>
        offsetsOf(await kcatConsume(bootstrap, topic))[1] === 40;
      await until(isCompacted, { deadlineMs: 30_000, what: 'the cleaner to run', everyMs: 100 });

      const dump = await javaDump(broker.target, topic);
      assert.ok(dump.length < 20 && dump.at(-1)?.offset === 400, `${dump.length} records`);
      await reads.bothWays({ topic, from: beginning }, dump);
      await reads.bothWays({ topic, from: last(12) }, dump.slice(-12));
      await reads.bothWays({ topic, from: offset(41) }, dump.slice(2));
      for (const direction of directions) {
        const pages = await reads.paged({ topic, from: beginning, limit: 2, direction });
        assert.deepEqual(lines(turned(pages, direction)), lines(dump));
      }
    });

    it('shows of transactions what the isolation allows', async () => {
      const topic = 'transactions';
      await create(topic, 2);
      // All at once, so that their batches alternate; at one time, so that their order is that of the offsets.
      const transact = (id: number, transaction: 'commit' | 'abort') => {
        const record = { timestamp: hourAgo, value: text(transaction) };
        const records = range(40).map((i) => ({ ...record, partition: i % 2, key: text(`${id} ${i}`) }));
        const properties = { 'transactional.id': `tests-${id}`, 'batch.size': '200' };
        return javaProduce(broker.target, topic, records, { transaction, properties });
      };
      await Promise.all(range(6).map((id) => transact(id, id % 2 ? 'commit' : 'abort')));
      for (const isolation of ['read_committed', 'read_uncommitted'] as const) {
        const dump = inOrder(await javaDump(broker.target, topic, { isolation }));
        assert.equal(dump.length, isolation === 'read_committed' ? 120 : 240);
        await reads.bothWays({ topic, from: beginning, isolation }, dump);
        await reads.bothWays({ topic, from: last(15), isolation }, dump.slice(-15));
      }
    });

    it('ends before an open transaction, and goes on from there once it is over', async () => {
      const topic = 'open';
      await create(topic);
      await send(topic, 0, range(5));
      const producer = kafka.producer({ transactionalId: topic, idempotent: true, maxInFlightRequests: 1 });
      await producer.connect();
      try {
        const transaction = await producer.transaction();
        await transaction.send({ topic, messages: [{ value: 'in the transaction' }] });
        await send(topic, 0, [6, 7]);
        const stable = await reads.once({ topic, from: beginning });
        assert.deepEqual(lines(stable.records), lines(await kcatConsume(bootstrap, topic)));
        assert.deepEqual(offsetsOf(stable.records), range(5));
        const all = await reads.once({ topic, from: beginning, isolation: 'read_uncommitted' });
        assert.deepEqual(offsetsOf(all.records), range(8));
        await transaction.commit();
        // The answer comes before the marker is in the log.
        const isOver = async (): Promise<boolean> => (await kcatConsume(bootstrap, topic)).length === 8;
        await until(isOver, { deadlineMs: 20_000, what: 'the marker of the transaction' });
        const rest = await reads.once({ topic, from: resume(stable.summary) });
        assert.deepEqual(offsetsOf(rest.records), [5, 6, 7]);
      } finally {
        await producer.disconnect();
      }
    });

    it('reads an empty topic, and one of 100 partitions', async () => {
      await create('empty', 2);
      for (const from of [beginning, last(10)]) await reads.bothWays({ topic: 'empty', from }, []);
      await create('wide', 100);
      await Promise.all(range(100).map((partition) => send('wide', partition, [1, 2, 3])));
      const wide = inOrder(await kcatConsume(bootstrap, 'wide'));
      assert.equal(wide.length, 300);
      await reads.bothWays({ topic: 'wide', from: beginning }, wide);
      await reads.bothWays({ topic: 'wide', from: last(101) }, wide.slice(-101));
      assert.deepEqual(lines(await reads.paged({ topic: 'wide', from: beginning, limit: 41 })), lines(wide));
    });

    it('tails without a gap over several tails, until it is aborted', async () => {
      const topic = 'live';
      await create(topic, 2);
      await send(topic, 0, [0]);
      const found: ConsumedRecord[] = [];
      /** Tails until `count` records were found; `act` is called once the first page has come, where one is there. */
      const follow = async (
        from: ScanStart,
        act: () => Promise<unknown>,
        count: number,
      ): Promise<ScanSummary> => {
        const abort = new AbortController();
        const live = tail(source, { topic, from }, { signal: abort.signal });
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
        for (const i of range(20)) await send(topic, i % 2, [i]);
      };
      const first = await follow(beginning, sendEach, 21);
      assert.equal(first.stopReason, 'cancelled');
      await send(topic, 1, [100, 101, 102]);
      const records = range(30).map((i) => ({ key: null, value: text(`kcat ${i}`) }));
      const byKcat = (): Promise<void> => kcatProduce(bootstrap, topic, records, { partition: 0 });
      const second = await follow(resume(first), byKcat, 54);
      assert.deepEqual(lines(found).sort(), lines(await kcatConsume(bootstrap, topic)).sort());
      for (const partition of [0, 1]) {
        const offsets = offsetsOf(found.filter((record) => record.partition === partition));
        assert.deepEqual(offsets, range(offsets.length));
        assert.equal(second.position.partitions.get(partition)?.next, offsets.length);
      }
      assert.deepEqual([...first.problems, ...second.problems], []);
    });

    it('notices that a topic was made anew under its readers', async () => {
      const topic = 'anew';
      await create(topic);
      await send(topic, 0, range(10));
      const page = await reads.once({ topic, from: beginning, limit: 6 });
      const abort = new AbortController();
      const live = tail(source, { topic, from: beginning }, { signal: abort.signal });
      const old = await live.next();
      assert.ok(!old.done && old.value.length === 10);
      await gateway.deleteTopic(topic);
      await create(topic);
      await send(topic, 0, range(3));
      const shrunk = /ends at offset 3 now.*made anew/;
      const rest = await reads.once({ topic, from: resume(page.summary) });
      assert.deepEqual(rest.records, []);
      assert.match(rest.summary.problems[0]?.message ?? '', shrunk);
      const again = await live.next();
      assert.ok(!again.done);
      assert.deepEqual(lines(again.value), lines(await kcatConsume(bootstrap, topic)));
      abort.abort();
      const { summary } = await readAll(live);
      assert.match(summary.problems[0]?.message ?? '', shrunk);
    });

    it('leaves no consumer group behind', async () => {
      const admin = kafka.admin();
      await admin.connect();
      const { groups } = await admin.listGroups();
      await admin.disconnect();
      assert.deepEqual(
        groups.map(({ groupId }) => groupId),
        ['known'],
      );
    });
  });
}

suite('Apache Kafka 4', () => javaScanBroker('4'));
suite('Apache Kafka 3.9', () => javaScanBroker('3.9'));
suite('the embedded broker', embeddedScanBroker);
