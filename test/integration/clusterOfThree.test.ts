import assert from 'node:assert/strict';
import { delay } from '../../src/base/async';
import { createLogger } from '../../src/base/logger';
import type { ConsumedRecord, ProducedRecord } from '../../src/core/kafkaTypes';
import type { KafkaGateway } from '../../src/core/ports';
import type { ScanSummary } from '../../src/core/scan/query';
import type { RecordSource } from '../../src/core/scan/recordSource';
import { scan } from '../../src/core/scan/scan';
import { tail } from '../../src/core/scan/tail';
import { KafkaConnector } from '../../src/kafka/kafkaConnector';
import { exactLines, exactRead, readsExactly } from '../support/exactReads';
import { Opened } from '../support/opened';
import { startJavaCluster } from '../support/real/javaCluster';
import type { JavaCluster } from '../support/real/javaCluster';
import { javaDump } from '../support/real/javaRecords';
import { KAFKA_LINES, realKafka } from '../support/real/kafkaDist';
import { kcatConsume } from '../support/real/tools';
import { beginning, hourAgo, offsetsOf, range, text } from '../support/scanWords';
import { lines } from '../support/topicReads';
import { until } from '../support/until';
import { readAll } from '../unit/core/scan/readAll';

const PARTITIONS = 6;

for (const line of KAFKA_LINES) {
  describe(`leaders that move between three brokers (Kafka ${line})`, function () {
    this.timeout(120_000);
    const opened = new Opened();
    let cluster: JavaCluster;
    let gateway: KafkaGateway;
    let source: RecordSource;

    before(async function () {
      this.timeout(900_000);
      cluster = opened.add(await startJavaCluster(await realKafka(line)));
      const connector = new KafkaConnector(createLogger(() => {}));
      gateway = opened.add(await connector.connect({ bootstrap: cluster.addresses }));
      source = opened.add(await gateway.openSource());
    });

    after(() => opened.dispose());

    /** Restarts what an earlier test may have left ended. */
    beforeEach(() => cluster.start());

    async function filled(topic: string, replicationFactor: number, perPartition: number, size: number) {
      await gateway.createTopic({ name: topic, partitions: PARTITIONS, replicationFactor });
      for (const first of range(4)) {
        const numbers = range(perPartition / 4, (first * perPartition) / 4);
        await Promise.all(
          numbers.flatMap((i) =>
            range(PARTITIONS).map((partition) =>
              gateway.produce({
                ...{ topic, partition, timestamp: hourAgo + i, key: text(`${i}`) },
                value: text(`${i}`.padEnd(size, '.')),
              }),
            ),
          ),
        );
      }
      if (replicationFactor > 1) await cluster.inSync(topic);
      return javaDump(cluster.target, topic);
    }

    async function leaderOf(topic: string, partition: number): Promise<number> {
      return (await cluster.leaders(topic)).get(partition) ?? -1;
    }

    it('reads partitions of all three in one scan', async () => {
      const dump = await filled('spread', 1, 200, 100);
      assert.equal(new Set((await cluster.leaders('spread')).values()).size, 3);
      assert.deepEqual(
        lines(dump).sort(),
        lines(await kcatConsume(cluster.target.bootstrap, 'spread')).sort(),
      );
      await readsExactly(source, { topic: 'spread' }, dump);
    });

    /** What ends the leader, and the direction of the scan meanwhile. */
    const moves = [
      ['kill', 'oldest'],
      ['stop', 'newest'],
    ] as const;
    for (const [how, direction] of line === '4' ? moves : moves.slice(0, 1)) {
      const what = how === 'kill' ? 'is killed with SIGKILL' : 'leaves in order';
      it(`a leader ${what} while a scan reads ${direction} first`, async () => {
        const topic = `scanned-${how}`;
        const dump = await filled(topic, 3, 600, 2000);
        const reader = scan(source, { topic, from: beginning, direction });
        const first = await reader.next();
        assert.ok(!first.done);
        await cluster.node(await leaderOf(topic, 0))[how]();
        const { records, summary } = await readAll(reader);
        const found = [...first.value, ...records];
        const expected = direction === 'oldest' ? dump : [...dump].reverse();
        assert.deepEqual(summary.problems, []);
        assert.equal(summary.stopReason, 'end');
        assert.deepEqual(exactLines(found), exactLines(expected));
      });
    }

    // Three brokers are costly to start and to restart; what is told of one leader that moves goes for 3.9 as well.
    if (line !== '4') return;

    it('a tail shows what comes to one broker at once, while the others have nothing', async () => {
      const topic = 'idle-others';
      await gateway.createTopic({ name: topic, partitions: PARTITIONS, replicationFactor: 1 });
      assert.equal(new Set((await cluster.leaders(topic)).values()).size, 3);
      const abort = new AbortController();
      const following = await gateway.openSource();
      const seenAt = new Map<number, number>();
      const watching = (async (): Promise<void> => {
        for await (const page of tail(following, { topic, from: beginning }, { signal: abort.signal }))
          for (const { key } of page) seenAt.set(Number(Buffer.from(key!)), performance.now());
      })();
      watching.catch(() => {});
      const delays: number[] = [];
      try {
        // The first ones wait for the tail to begin and for connections.
        for (const i of range(35)) {
          const sentAt = performance.now();
          await gateway.produce({ topic, partition: 0, key: text(`${i}`), value: null });
          await until(() => seenAt.has(i), { deadlineMs: 10_000, what: `record ${i}`, everyMs: 5 });
          if (i >= 5) delays.push(seenAt.get(i)! - sentAt);
        }
      } finally {
        abort.abort();
        await watching;
        following.dispose();
      }
      delays.sort((a, b) => a - b);
      // An idle broker holds its Fetch for 500 ms: half of that on average, if the others had to wait for it.
      const [middle, late] = [delays[15]!, delays[27]!].map(Math.round);
      assert.ok(middle! < 150 && late! < 500, `median ${middle} ms, 90 % within ${late} ms`);
    });

    const rotated = (by: number, count = 3) =>
      range(PARTITIONS).map((partition) => range(count).map((i) => 1 + ((partition + by + i) % 3)));
    /** What has leaders move. */
    const changes: Readonly<Record<string, (topic: string) => Promise<void>>> = {
      'a leader is killed': async (topic) => cluster.node(await leaderOf(topic, 0)).kill(),
      'other leaders are elected, and then copies moved to other brokers': async (topic) => {
        await cluster.reassign(topic, rotated(1));
        await cluster.reassign(topic, rotated(2));
        await cluster.reassign(topic, rotated(1, 1));
      },
    };
    for (const [what, move] of Object.entries(changes)) {
      it(`${what} while we write and a tail reads: nothing is lost, nothing doubled`, async () => {
        const topic = `written-${Object.keys(changes).indexOf(what)}`;
        await gateway.createTopic({ name: topic, partitions: PARTITIONS, replicationFactor: 3 });
        await cluster.inSync(topic);
        const abort = new AbortController();
        const tailed: ConsumedRecord[] = [];
        const following = await gateway.openSource();
        const tailing = (async (): Promise<ScanSummary> => {
          const pages = tail(following, { topic, from: beginning }, { signal: abort.signal });
          for (;;) {
            const step = await pages.next();
            if (step.done) return step.value;
            tailed.push(...step.value);
          }
        })();
        // Its failure is told at the end, when it is waited for.
        tailing.catch(() => {});
        const acked: ProducedRecord[] = [];
        let total = 0;
        const write = async (from: number, to: number): Promise<void> => {
          for (let i = from; i < to; i += 60) {
            const records = range(60, i).map((n) => ({
              ...{ topic, partition: n % PARTITIONS, timestamp: hourAgo + n },
              ...{ key: text(`${n}`), value: text(`value ${n}`) },
            }));
            acked.push(...(await Promise.all(records.map((record) => gateway.produce(record)))));
          }
        };
        try {
          await write(0, 1200);
          const leaders = { moved: false };
          const moving = move(topic).finally(() => (leaders.moved = true));
          const writing = (async (): Promise<number> => {
            let n = 1200;
            for (; n < 6000 || !leaders.moved; n += 600) {
              await write(n, n + 600);
              if (n >= 6000) await delay(50);
            }
            return n;
          })();
          [total] = await Promise.all([writing, moving]);
          await until(() => tailed.length >= total, { deadlineMs: 30_000, what: 'the tail to see all' });
        } finally {
          abort.abort();
          const summary = await tailing.finally(() => following.dispose());
          assert.deepEqual(summary.problems, []);
        }
        const dump = await javaDump(cluster.target, topic);
        const keys = (partition: number): number[] =>
          dump.filter((record) => record.partition === partition).map(({ key }) => Number(key));
        for (const partition of range(PARTITIONS)) {
          assert.deepEqual(keys(partition), range(total / PARTITIONS).map((i) => partition + i * PARTITIONS)); // prettier-ignore
        }
        const places = acked.map(({ partition, offset }) => `${partition}:${offset}`);
        assert.equal(new Set(places).size, total);
        assert.deepEqual(exactLines(tailed), exactLines(dump));
        await readsExactly(source, { topic }, dump);
      });
    }

    it('partitions without a leader are told of, the others are read; all once the broker is back', async () => {
      const topic = 'offline';
      const dump = await filled(topic, 1, 100, 100);
      const leaders = await cluster.leaders(topic);
      const gone = leaders.get(0)!;
      await cluster.node(gone).kill();
      await until(async () => (await leaderOf(topic, 0)) === -1, { deadlineMs: 20_000, what: 'no leader' });
      const { records, summary } = await exactRead(source, { topic, from: beginning });
      const isThere = ({ partition }: { readonly partition: number }): boolean =>
        leaders.get(partition) !== gone;
      assert.deepEqual(exactLines(records), exactLines(dump.filter(isThere)));
      const lost = range(PARTITIONS).filter((partition) => leaders.get(partition) === gone);
      assert.deepEqual(summary.problems.map(({ partition }) => partition).sort(), lost);
      for (const { message } of summary.problems)
        assert.match(message, /can not be read: .*LEADER_NOT_AVAILABLE/);
      await cluster.start();
      await readsExactly(source, { topic }, dump);
      assert.deepEqual(offsetsOf(dump.filter(({ partition }) => partition === 0)), range(100));
    });
  });
}
