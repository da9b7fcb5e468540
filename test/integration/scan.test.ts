import assert from 'node:assert/strict';
import { Kafka, logLevel } from 'kafkajs';
import { createLogger } from '../../src/base/logger';
import type { ConsumedRecord, ProducedRecord } from '../../src/core/kafkaTypes';
import type { KafkaGateway } from '../../src/core/ports';
import { decodePosition, encodePosition } from '../../src/core/scan/position';
import type { ScanQuery, ScanSummary } from '../../src/core/scan/query';
import type { RecordSource } from '../../src/core/scan/recordSource';
import { scan } from '../../src/core/scan/scan';
import { tail } from '../../src/core/scan/tail';
import { KafkaConnector } from '../../src/kafka/kafkaConnector';
import { Opened } from '../support/opened';
import { javaDump, javaProduce } from '../support/real/javaRecords';
import type { JavaRecord } from '../support/real/javaRecords';
import { kafkaTool } from '../support/real/javaTools';
import { kcatConsume, kcatProduce } from '../support/real/tools';
import { embeddedScanBroker, javaScanBroker } from '../support/scanBroker';
import type { ScanBroker } from '../support/scanBroker';
import { until } from '../support/until';
import { readAll } from '../unit/core/scan/readAll';

const hourAgo = Date.now() - 3_600_000;
const text = (value: string): Buffer => Buffer.from(value);
const range = (count: number): number[] => Array.from({ length: count }, (_, i) => i);

type Comparable = Pick<ConsumedRecord, 'partition' | 'offset' | 'timestamp' | 'key' | 'value'>;

/** A record in one line, byte for byte; kcat tells headers as text only, so they are compared with Java's alone. */
function line({ partition, offset, timestamp, key, value }: Comparable): string {
  const bytes = (part: Uint8Array | null): string =>
    part === null ? 'null' : Buffer.from(part).toString('latin1');
  return `${partition}:${offset} ${timestamp} ${bytes(key)}=${bytes(value)}`;
}
const lines = (records: readonly Comparable[]): string[] => records.map(line);
const headersOf = (records: readonly Pick<JavaRecord | ConsumedRecord, 'headers'>[]): string[] =>
  records.map(({ headers }) =>
    headers.map(({ key, value }) => `${key}=${value && Buffer.from(value).toString('latin1')}`).join(),
  );
const sizeOf = ({ key, value, headers }: JavaRecord): number =>
  [key, value, ...headers.flatMap((header) => [text(header.key), header.value])].reduce(
    (sum, part) => sum + (part?.length ?? 0),
    0,
  );

/** The order of a scan from the oldest on, where timestamps don't go down inside of the partitions (merge.ts). */
const inOrder = <T extends Comparable>(records: readonly T[]): T[] =>
  [...records].sort((a, b) => a.timestamp - b.timestamp || a.partition - b.partition || a.offset - b.offset);

function suite(name: string, start: () => Promise<ScanBroker>): void {
  describe(`reading topics of ${name}`, function () {
    this.timeout(60_000);
    const opened = new Opened();
    let broker: ScanBroker;
    let bootstrap: string;
    let kafka: Kafka;
    let gateway: KafkaGateway;
    let source: RecordSource;
    /** What Kafka's own consumer sees of the topic `main`, in the order of a scan. */
    let expected: JavaRecord[];

    const create = (topic: string, partitions = 1, configs: Record<string, string> = {}): Promise<void> =>
      gateway.createTopic({ name: topic, partitions, replicationFactor: 1, configs });
    /** Sends records at once, so that they share batches. */
    const send = (topic: string, partition: number, numbers: number[], size = 0): Promise<ProducedRecord[]> =>
      Promise.all(
        numbers.map((i) => {
          const value = text(`value ${i}${'.'.repeat(size)}`);
          return gateway.produce({ topic, partition, timestamp: hourAgo + i, key: text(`key ${i}`), value });
        }),
      );
    const read = (query: ScanQuery): ReturnType<typeof readAll> => readAll(scan(source, query));
    /** Reads both ways and expects these records, given oldest first. */
    const reads = async (
      query: Omit<ScanQuery, 'direction'>,
      records: readonly Comparable[],
    ): Promise<void> => {
      for (const direction of ['oldest', 'newest'] as const) {
        const found = await read({ ...query, direction });
        assert.deepEqual(
          lines(found.records),
          lines(direction === 'oldest' ? records : [...records].reverse()),
        );
        assert.deepEqual([found.summary.stopReason, found.summary.problems], ['end', []]);
        assert.equal(found.summary.matched, records.length);
      }
    };
    /** Reads in pages of a query each, as a user who turns pages does: by the token of the page before. */
    const paged = async (query: ScanQuery): Promise<ConsumedRecord[]> => {
      const found: ConsumedRecord[] = [];
      for (let from = query.from; ;) {
        const { records, summary } = await read({ ...query, from });
        found.push(...records);
        if (summary.stopReason === 'end') return found;
        assert.ok(records.length > 0 && records.length <= (query.limit ?? Infinity), `${records.length}`);
        from = { at: 'position', position: decodePosition(encodePosition(summary.position)) };
      }
    };

    before(async function () {
      this.timeout(900_000);
      broker = opened.add(await start());
      bootstrap = broker.target.bootstrap;
      kafka = new Kafka({ brokers: [bootstrap], logLevel: logLevel.NOTHING });
      gateway = opened.add(
        await new KafkaConnector(createLogger(() => {})).connect({ bootstrap: [bootstrap] }),
      );
      source = opened.add(await gateway.openSource());
      await create('main', 3);
      const records = range(1500).map((i) => ({
        partition: i % 3,
        timestamp: hourAgo + Math.floor(i / 2),
        key: i % 11 === 0 ? null : text(`java ${i}`),
        value: i % 13 === 0 ? null : text(`${i % 100 === 0 ? 'a needle ' : ''}${'x'.repeat(i % 200)}`),
        headers: i % 5 === 0 ? [{ key: 'h', value: text(`${i}`) }] : [],
      }));
      const properties = { 'batch.size': '3000', 'linger.ms': '20' };
      await javaProduce(broker.target, 'main', records, { compression: 'gzip', properties });
      let sent = 1000;
      for (const size of [1, 2, 7, 50, 300]) {
        for (const partition of [0, 1, 2])
          await send(
            'main',
            partition,
            range(size).map((i) => sent + i),
          );
        sent += size;
      }
      for (const partition of [2, 0]) {
        const byKcat = range(250).map((i) => ({ key: text(`kcat ${i}`), value: text(`needle? ${i % 2}`) }));
        await kcatProduce(bootstrap, 'main', byKcat, { partition, compression: 'lz4' });
      }
      expected = inOrder(await javaDump(broker.target, 'main'));
      assert.equal(expected.length, 1500 + 3 * 360 + 500);
    });

    after(() => opened.dispose());

    it("reads what Kafka's own consumer reads, merged by time, both ways", async () => {
      await reads({ topic: 'main', from: { at: 'beginning' } }, expected);
      await reads({ topic: 'main', from: { at: 'beginning' }, isolation: 'read_uncommitted' }, expected);
      const { records, summary, pages } = await read({ topic: 'main', from: { at: 'beginning' } });
      assert.deepEqual(headersOf(records), headersOf(expected));
      assert.equal(summary.scanned, expected.length);
      assert.ok(
        pages.every((size) => size <= 500),
        pages.join(),
      );
    });

    it('begins and ends where it is told', async () => {
      const topic = 'main';
      const starts = new Map([
        [0, 17],
        [1, 400],
        [2, 0],
      ]);
      const from = (offset: number | Map<number, number>) => ({ at: 'offset', offset }) as const;
      const beginning = { at: 'beginning' } as const;
      const timestamp = hourAgo + 300;
      const time = { at: 'time', timestamp } as const;
      const at = (p: number): number => starts.get(p)!;
      await reads({ topic, from: { at: 'end' } }, []);
      await reads(
        { topic, from: from(500) },
        expected.filter(({ offset }) => offset >= 500),
      );
      await reads(
        { topic, from: from(starts) },
        expected.filter(({ partition, offset }) => offset >= at(partition)),
      );
      await reads(
        { topic, from: time },
        expected.filter((record) => record.timestamp >= timestamp),
      );
      await reads({ topic, from: { at: 'time', timestamp: Date.now() + 60_000 } }, []);
      await reads(
        { topic, from: beginning, to: from(33) },
        expected.filter(({ offset }) => offset < 33),
      );
      await reads(
        { topic, from: from(10), to: from(11) },
        expected.filter(({ offset }) => offset === 10),
      );
      await reads(
        { topic, from: beginning, to: from(starts) },
        expected.filter(({ partition, offset }) => offset < at(partition)),
      );
      await reads(
        { topic, from: beginning, to: time },
        expected.filter((record) => record.timestamp < timestamp),
      );
      const some = expected.filter(({ partition }) => partition !== 1);
      await reads({ topic, from: beginning, partitions: [2, 0] }, some);
      await reads({ topic, from: { at: 'last', count: 9 }, partitions: [0, 2] }, some.slice(-9));
      for (const count of [1, 10, 777, 10_000])
        await reads({ topic, from: { at: 'last', count } }, expected.slice(-count));
    });

    it('refuses a start that is not there', async () => {
      const from = { at: 'offset', offset: 100_000 } as const;
      await assert.rejects(read({ topic: 'main', from }), { code: 'OFFSET_OUT_OF_RANGE' });
      await assert.rejects(read({ topic: 'main', partitions: [3], from: { at: 'end' } }), {
        code: 'PARTITION_NOT_FOUND',
      });
      await assert.rejects(read({ topic: 'nowhere', from: { at: 'end' } }), { code: 'TOPIC_NOT_FOUND' });
    });

    it('stops at limits of records and bytes', async () => {
      for (const direction of ['oldest', 'newest'] as const) {
        const all = direction === 'oldest' ? expected : [...expected].reverse();
        const query = { topic: 'main', from: { at: 'beginning' }, direction } as const;
        for (const limit of [1, 500, 501]) {
          const { records, summary } = await read({ ...query, limit });
          assert.deepEqual(lines(records), lines(all.slice(0, limit)));
          assert.equal(summary.stopReason, 'limit');
        }
        for (const maxBytes of [1, 1234, 20_000]) {
          let sum = 0;
          const fitting = all.findIndex((record) => (sum += sizeOf(record)) > maxBytes);
          const { records, summary } = await read({ ...query, maxBytes });
          assert.deepEqual(lines(records), lines(all.slice(0, Math.max(1, fitting))));
          assert.equal(summary.stopReason, 'max-bytes');
        }
      }
    });

    it('turns pages without a miss or a double', async () => {
      const matching = expected.filter(({ value }) => value?.includes('needle'));
      const filter = { kind: 'contains', bytes: text('needle') } as const;
      assert.ok(matching.length > 500 && matching.length < 600, `${matching.length}`);
      await reads({ topic: 'main', from: { at: 'beginning' }, filter }, matching);
      for (const direction of ['oldest', 'newest'] as const) {
        const turned = <T>(records: readonly T[]): T[] =>
          direction === 'oldest' ? [...records] : [...records].reverse();
        const query = { topic: 'main', direction } as const;
        const pages = (more: Omit<ScanQuery, 'topic'>): Promise<ConsumedRecord[]> =>
          paged({ ...query, ...more });
        const from = { at: 'beginning' } as const;
        assert.deepEqual(lines(await pages({ from, limit: 97 })), lines(turned(expected)));
        assert.deepEqual(lines(await pages({ from, maxBytes: 9_999 })), lines(turned(expected)));
        assert.deepEqual(lines(await pages({ from, filter, limit: 31 })), lines(turned(matching)));
        const last = await pages({ from: { at: 'last', count: 100 }, filter, limit: 33 });
        assert.deepEqual(lines(last), lines(turned(matching.slice(-100))));
      }
    });

    it('reads what is left when records are deleted, before and meanwhile', async () => {
      await create('cut');
      for (const from of range(10))
        await send(
          'cut',
          0,
          range(100).map((i) => from * 100 + i),
          1000,
        );
      await gateway.deleteRecords('cut', new Map([[0, 150]]));
      const dump = await javaDump(broker.target, 'cut');
      assert.equal(dump[0]?.offset, 150);
      await reads({ topic: 'cut', from: { at: 'beginning' } }, dump);
      await reads({ topic: 'cut', from: { at: 'last', count: 2000 } }, dump);
      const before = await read({ topic: 'cut', from: { at: 'offset', offset: 20 } });
      assert.deepEqual(lines(before.records), lines(dump));
      assert.match(before.summary.problems[0]?.message ?? '', /from offset 20 to 149 are gone/);

      for (const [direction, deleted] of [
        ['oldest', 700],
        ['newest', 800],
      ] as const) {
        const reader = scan(source, { topic: 'cut', from: { at: 'beginning' }, direction });
        const first = (await reader.next()).value as readonly ConsumedRecord[];
        await gateway.deleteRecords('cut', new Map([[0, deleted]]));
        const { records, summary } = await readAll(reader);
        const offsets = [...first, ...records].map(({ offset }) => offset);
        const missing = dump.map(({ offset }) => offset).filter((offset) => !offsets.includes(offset));
        const told = summary.problems.map(({ message }) => message).join();
        const sorted = [...new Set(offsets)].sort((a, b) => (direction === 'oldest' ? a - b : b - a));
        assert.deepEqual(offsets, sorted);
        assert.ok(missing.length > 0 && Math.max(...missing) < deleted, `${missing.length} of ${told}`);
        assert.match(told, new RegExp(`begins at ${deleted}`));
      }
    });

    it('reads over the gaps of a compacted topic', async () => {
      await create('compacted', 1, {
        'cleanup.policy': 'compact',
        'min.cleanable.dirty.ratio': '0.01',
        'segment.ms': '60000',
      });
      const key = (i: number): Buffer => text(i % 40 === 0 ? `once ${i}` : `again ${i % 7}`);
      for (const from of range(8)) {
        const batch = range(50).map((i) => from * 50 + i);
        await Promise.all(
          batch.map((i) =>
            gateway.produce({ topic: 'compacted', timestamp: hourAgo + i, key: key(i), value: text(`${i}`) }),
          ),
        );
      }
      // Begins a new segment, by its time: the last one is never compacted.
      await gateway.produce({
        topic: 'compacted',
        timestamp: hourAgo + 600_000,
        key: text('end'),
        value: null,
      });
      await broker.compact();
      await until(async () => (await kcatConsume(bootstrap, 'compacted')).length < 50 + 18, {
        deadlineMs: 30_000,
        what: 'the cleaner to run',
        everyMs: 100,
      });
      const dump = await javaDump(broker.target, 'compacted');
      assert.deepEqual([dump[0]?.offset, dump[1]?.offset, dump.at(-1)?.offset], [0, 40, 400]);
      await reads({ topic: 'compacted', from: { at: 'beginning' } }, dump);
      await reads({ topic: 'compacted', from: { at: 'last', count: 12 } }, dump.slice(-12));
      await reads({ topic: 'compacted', from: { at: 'offset', offset: 41 } }, dump.slice(2));
      for (const direction of ['oldest', 'newest'] as const) {
        const pages = await paged({ topic: 'compacted', from: { at: 'beginning' }, limit: 2, direction });
        assert.deepEqual(lines(direction === 'oldest' ? pages : pages.reverse()), lines(dump));
      }
    });

    it('shows of transactions what the isolation allows', async () => {
      await create('transactions', 2);
      const transactions = range(6).map((n) =>
        javaProduce(
          broker.target,
          'transactions',
          range(40).map((i) => ({
            partition: i % 2,
            timestamp: hourAgo,
            key: text(`${n} ${i}`),
            value: text(n % 2 ? 'commit' : 'abort'),
          })),
          {
            transaction: n % 2 ? 'commit' : 'abort',
            properties: { 'transactional.id': `tests-${n}`, 'batch.size': '200' },
          },
        ),
      );
      await Promise.all(transactions);
      for (const [isolation, count] of [
        ['read_committed', 120],
        ['read_uncommitted', 240],
      ] as const) {
        const dump = inOrder(await javaDump(broker.target, 'transactions', { isolation }));
        assert.equal(dump.length, count);
        await reads({ topic: 'transactions', from: { at: 'beginning' }, isolation }, dump);
        await reads({ topic: 'transactions', from: { at: 'last', count: 15 }, isolation }, dump.slice(-15));
      }
    });

    it('ends before an open transaction, and goes on behind it', async () => {
      await create('open');
      await send('open', 0, range(5));
      const producer = kafka.producer({ transactionalId: 'open', idempotent: true, maxInFlightRequests: 1 });
      await producer.connect();
      try {
        const transaction = await producer.transaction();
        await transaction.send({ topic: 'open', messages: [{ value: 'in the transaction' }] });
        await send('open', 0, [6, 7]);
        const query = { topic: 'open', from: { at: 'beginning' } } as const;
        const stable = await read(query);
        assert.deepEqual(lines(stable.records), lines(await kcatConsume(bootstrap, 'open')));
        assert.equal(stable.records.length, 5);
        assert.equal((await read({ ...query, isolation: 'read_uncommitted' })).records.length, 8);
        await transaction.commit();
        const rest = await read({
          topic: 'open',
          from: { at: 'position', position: stable.summary.position },
        });
        assert.deepEqual(
          rest.records.map(({ offset }) => offset),
          [5, 6, 7],
        );
      } finally {
        await producer.disconnect();
      }
    });

    it('reads an empty topic, and one of 100 partitions', async () => {
      await create('empty', 2);
      await reads({ topic: 'empty', from: { at: 'beginning' } }, []);
      await reads({ topic: 'empty', from: { at: 'last', count: 10 } }, []);
      await create('wide', 100);
      await Promise.all(range(100).map((partition) => send('wide', partition, [1, 2, 3])));
      const wide = inOrder(await kcatConsume(bootstrap, 'wide'));
      assert.equal(wide.length, 300);
      await reads({ topic: 'wide', from: { at: 'beginning' } }, wide);
      await reads({ topic: 'wide', from: { at: 'last', count: 101 } }, wide.slice(-101));
      assert.deepEqual(
        lines(await paged({ topic: 'wide', from: { at: 'beginning' }, limit: 41 })),
        lines(wide),
      );
    });

    it('tails without a gap over several tails, until it is aborted', async () => {
      await create('live', 2);
      await send('live', 0, [0]);
      const found: ConsumedRecord[] = [];
      const follow = async (
        from: ScanQuery['from'],
        act: () => Promise<unknown>,
        count: number,
      ): Promise<ScanSummary> => {
        const abort = new AbortController();
        const live = tail(source, { topic: 'live', from }, { signal: abort.signal });
        const ended = (async () => {
          for (;;) {
            const step = await live.next();
            if (step.done) return step.value;
            found.push(...step.value);
          }
        })();
        try {
          await act();
          await until(() => found.length >= count, { deadlineMs: 20_000, what: `${count} records` });
        } finally {
          abort.abort();
        }
        return ended;
      };
      const first = await follow(
        { at: 'beginning' },
        async () => {
          for (const i of range(20)) await send('live', i % 2, [i]);
        },
        21,
      );
      assert.equal(first.stopReason, 'cancelled');
      await send('live', 1, [100, 101, 102]);
      const from = { at: 'position', position: decodePosition(encodePosition(first.position)) } as const;
      const records = range(30).map((i) => ({ key: null, value: text(`kcat ${i}`) }));
      const produce = (): Promise<void> => kcatProduce(bootstrap, 'live', records, { partition: 0 });
      const second = await follow(from, produce, 54);
      assert.deepEqual(lines(found).sort(), lines(await kcatConsume(bootstrap, 'live')).sort());
      for (const partition of [0, 1]) {
        const offsets = found.filter((record) => record.partition === partition).map(({ offset }) => offset);
        assert.deepEqual(offsets, range(offsets.length));
        assert.equal(second.position.partitions.get(partition)?.next, offsets.length);
      }
      assert.deepEqual([...first.problems, ...second.problems], []);
    });

    it('notices that a topic was made anew', async () => {
      await create('anew');
      await send('anew', 0, range(10));
      const page = await read({ topic: 'anew', from: { at: 'beginning' }, limit: 6 });
      const abort = new AbortController();
      const live = tail(source, { topic: 'anew', from: { at: 'beginning' } }, { signal: abort.signal });
      assert.equal((await live.next()).value?.length, 10);
      await gateway.deleteTopic('anew');
      await create('anew');
      await send('anew', 0, range(3));
      const rest = await read({ topic: 'anew', from: { at: 'position', position: page.summary.position } });
      assert.deepEqual(rest.records, []);
      assert.match(rest.summary.problems[0]?.message ?? '', /ends at offset 3 now.*made anew/);
      const again = (await live.next()).value as readonly ConsumedRecord[];
      assert.deepEqual(lines(again), lines(await kcatConsume(bootstrap, 'anew')));
      abort.abort();
      const { summary } = await readAll(live);
      assert.match(summary.problems[0]?.message ?? '', /ends at offset 3 now.*made anew/);
    });

    it('leaves no consumer group behind', async () => {
      const admin = kafka.admin();
      await admin.connect();
      // So that an empty answer is no proof.
      await admin.setOffsets({
        groupId: 'known',
        topic: 'main',
        partitions: [{ partition: 0, offset: '0' }],
      });
      await admin.disconnect();
      const { stdout } = await kafkaTool(broker.target, 'kafka-consumer-groups', ['--list']);
      assert.deepEqual(stdout.toString().trim().split('\n'), ['known']);
    });
  });
}

suite('Apache Kafka 4', () => javaScanBroker('4'));
suite('Apache Kafka 3.9', () => javaScanBroker('3.9'));
suite('the embedded broker', embeddedScanBroker);
