import assert from 'node:assert/strict';
import path from 'node:path';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { Worker } from 'node:worker_threads';
import { createLogger } from '../../src/base/logger';
import type { ConsoleState } from '../../src/contract/consoleMessages';
import { previewsOf } from '../../src/contract/consoleRows';
import { ConsoleSession } from '../../src/core/console/consoleSession';
import { ConsoleWorkerClient } from '../../src/core/console/consoleWorkerClient';
import { workerPort } from '../../src/core/console/workerPort';
import type { KafkaGateway } from '../../src/core/ports';
import type { ScanProblem } from '../../src/core/scan/query';
import { KafkaConnector } from '../../src/kafka/kafkaConnector';
import { Opened } from '../support/opened';
import { scanBrokers } from '../support/scanStage';
import { beginning, hourAgo, text } from '../support/scanWords';
import { until } from '../support/until';

const entry = path.join(import.meta.dirname, '../../dist/consoleWorker.js');
const COUNT = 200_000;
const RARE = 'card_declined';

const valueOf = (i: number): string =>
  `{"id":${i},"status":"${['NEW', 'PACKED', 'SENT', 'PAID'][i & 3]}","error":"${i % 2232 === 7 ? RARE : 'none'}","note":"${'x'.repeat(140)}"}`;
const rare = Array.from({ length: COUNT }, (_, i) => i).filter((i) => i % 2232 === 7).length;

async function fill(gateway: KafkaGateway, topic: string): Promise<void> {
  await gateway.createTopic({ name: topic, partitions: 6, replicationFactor: 1 });
  for (let first = 0; first < COUNT; first += 4000) {
    const numbers = Array.from({ length: 4000 }, (_, i) => first + i);
    await Promise.all(
      numbers.map((i) => {
        const [key, value] = [text(`k${i}`), text(valueOf(i))];
        return gateway.produce({ topic, partition: i % 6, timestamp: hourAgo + i, key, value });
      }),
    );
  }
}

/** Finds the longest turn of the event loop in ms of CPU, which says the same however busy the machine is. */
class TurnWatch {
  #longest = 0;
  #running = true;

  constructor() {
    let before = process.cpuUsage();
    const look = (): void => {
      const { user, system } = process.cpuUsage(before);
      before = process.cpuUsage();
      this.#longest = Math.max(this.#longest, (user + system) / 1000);
      if (this.#running) setImmediate(look);
    };
    setImmediate(look);
  }

  stop(): number {
    this.#running = false;
    return this.#longest;
  }
}

/** A console in a worker thread, with what it told. */
class WorkerConsole {
  readonly states: ConsoleState[] = [];
  readonly problems: ScanProblem[] = [];
  readonly worker = new Worker(entry);
  readonly client = new ConsoleWorkerClient(workerPort(this.worker), {
    onState: (state) => this.states.push(state),
    onProblem: (problem) => this.problems.push(problem),
  });

  get state(): ConsoleState | undefined {
    return this.states.at(-1);
  }

  dispose(): void {
    this.client.dispose();
  }
}

for (const [name, start] of scanBrokers.filter(([broker]) => broker !== 'Apache Kafka 3.9')) {
  describe(`a console in a worker thread on ${name}`, function () {
    this.timeout(60_000);
    const opened = new Opened();
    let bootstrap: string;
    let gateway: KafkaGateway;
    let endBroker: () => Promise<void>;
    let console: WorkerConsole;

    before(async function () {
      this.timeout(300_000);
      const broker = await start();
      endBroker = () => broker.dispose();
      bootstrap = broker.target.bootstrap;
      gateway = opened.add(
        await new KafkaConnector(createLogger(() => {})).connect({ bootstrap: [bootstrap] }),
      );
      await fill(gateway, 'orders');
    });

    after(() => opened.dispose());
    // The last test has killed it, unless it failed before.
    after(() => endBroker());

    beforeEach(async () => {
      console = opened.add(new WorkerConsole());
      await console.client.open({ bootstrap: [bootstrap] });
    });

    afterEach(() => console.dispose());

    it('loads, shows and searches a topic while the host stays free', async () => {
      const { client } = console;
      const delays = monitorEventLoopDelay({ resolution: 1 });
      delays.enable();
      const summary = await client.scan({ topic: 'orders', from: beginning });
      assert.deepEqual([summary.matched, summary.stopReason], [COUNT, 'end']);
      for (let from = 0; from < COUNT; from += 9973) {
        const chunk = await client.rows(from, 100);
        assert.deepEqual(previewsOf(chunk, 27), { key: `k${from + 27}`, value: valueOf(from + 27) });
        assert.deepEqual(
          [chunk.row[27], chunk.partition[27], chunk.timestamp[27]],
          [from + 27, (from + 27) % 6, hourAgo + from + 27],
        );
      }
      const filter = { kind: 'contains', bytes: text(RARE) } as const;
      const hits: number[] = [];
      await client.find(filter, ({ rows }) => hits.push(...rows), { order: 'descending' });
      assert.deepEqual(hits, Array.from({ length: rare }, (_, i) => 7 + 2232 * i).reverse());
      const record = await client.record(hits[0]!);
      assert.ok(Buffer.from(record!.value!).includes(RARE));
      assert.equal(await client.record(COUNT), undefined);
      const bars: number[] = [];
      await client.histogram({ topic: 'orders' }, ({ counts, total }) => {
        assert.equal(total, COUNT);
        bars.push(counts.length);
      });
      assert.deepEqual([bars[0], bars.at(-1)], [2, 96]);
      delays.disable();
      // On an idle machine p99 is below 5 ms and nothing takes 20; here others may have both cores.
      const [p99, worst] = [delays.percentile(99) / 1e6, delays.max / 1e6];
      assert.ok(p99 < 50 && worst < 300, `event loop of the host: p99 ${p99} ms, at most ${worst} ms`);
      const told = console.states.filter(({ reading }) => reading === 'yes').length;
      assert.ok(told <= 3 + summary.elapsedMs / 90, `${told} states in ${summary.elapsedMs} ms`);
      const { end, scanned, dropped, keptBytes } = console.state!;
      assert.deepEqual([end, scanned, dropped], [COUNT, COUNT, 0]);
      assert.ok(keptBytes < 1.3 * summary.bytes, `${keptBytes} bytes kept of ${summary.bytes} on the wire`);
    });

    it('searches the topic itself', async () => {
      const filter = { kind: 'contains', bytes: text(RARE) } as const;
      const summary = await console.client.scan({
        topic: 'orders',
        from: beginning,
        filter,
        direction: 'newest',
      });
      assert.deepEqual([summary.scanned, summary.matched], [COUNT, rare]);
      const chunk = await console.client.rows(0, 1000);
      assert.deepEqual(Array.from(chunk.partition).filter((p) => p >= 0).length, rare);
    });

    it('is cancelled in the middle, and goes on from there', async () => {
      const { client } = console;
      const cancel = new AbortController();
      const running = client.scan({ topic: 'orders', from: beginning }, { signal: cancel.signal });
      await until(() => (console.state?.end ?? 0) > 0, { deadlineMs: 20_000, what: 'rows', everyMs: 1 });
      cancel.abort();
      const first = await running;
      assert.equal(first.stopReason, 'cancelled');
      assert.ok(first.matched < COUNT, 'it was too fast to be cancelled');
      const from = { at: 'position', position: first.position } as const;
      const rest = await client.scan({ topic: 'orders', from }, { keep: true });
      assert.equal(first.matched + rest.matched, COUNT);
      const seen = new Set<string | null>();
      for (let row = 0; row < COUNT; row += 1000) {
        const chunk = await client.rows(row, 1000);
        for (let i = 0; i < 1000; i++) seen.add(previewsOf(chunk, i).key);
      }
      assert.equal(seen.size, COUNT);
    });

    it('keeps the newest rows of a topic within its bounds', async () => {
      const small = opened.add(new WorkerConsole());
      await small.client.open({ bootstrap: [bootstrap] }, { maxRows: 10_000 });
      await small.client.scan({ topic: 'orders', from: beginning });
      const { first, end, dropped } = small.state!;
      assert.ok(end === COUNT && dropped === first && end - first <= 10_000 && end - first > 8_000);
      const chunk = await small.client.rowsAt([first - 1, first, COUNT - 1]);
      assert.equal(chunk.partition[0], -1);
      assert.equal(previewsOf(chunk, 2).key, `k${COUNT - 1}`);
      small.dispose();
    });

    it('follows a topic, and falls behind while it is paused', async () => {
      const { client } = console;
      await gateway.createTopic({ name: 'live', partitions: 2, replicationFactor: 1 });
      const cancel = new AbortController();
      const tail = client.tail({ topic: 'live', from: beginning }, { signal: cancel.signal });
      const send = (i: number) =>
        gateway.produce({ topic: 'live', partition: i % 2, key: null, value: text(`${i}`) });
      const rows = (count: number) =>
        until(() => console.state?.end === count, { deadlineMs: 20_000, what: `${count} rows` });
      for (let i = 0; i < 50; i++) await send(i);
      await rows(50);
      await client.pause(true);
      assert.equal(console.state?.reading, 'paused');
      for (let i = 50; i < 60; i++) await send(i);
      await client.pause(false);
      await rows(60);
      cancel.abort();
      assert.equal((await tail).stopReason, 'cancelled');
      const chunk = await client.rows(0, 60);
      const values = Array.from({ length: 60 }, (_, i) => Number(previewsOf(chunk, i).value));
      assert.deepEqual(
        values.toSorted((a, b) => a - b),
        [...values.keys()],
      );
    });

    it('rejects what is pending when it is closed', async () => {
      const running = console.client.scan({ topic: 'orders', from: beginning });
      const rejected = assert.rejects(running, { code: 'CANCELLED' });
      console.dispose();
      await rejected;
      await assert.rejects(console.client.rows(0, 1), { code: 'CANCELLED' });
    });

    it('works the same on the thread of the caller, without blocking it', async () => {
      const session = opened.add(
        new ConsoleSession((signal) => gateway.openSource(signal), {
          onState: () => {},
          onProblem: () => {},
        }),
      );
      const turns = new TurnWatch();
      await session.scan({ topic: 'orders', from: beginning });
      let hits = 0;
      for await (const { rows } of session.find({ kind: 'contains', bytes: text('PACKED') }))
        hits += rows.length;
      const longest = turns.stop();
      assert.deepEqual([session.store.length, hits], [COUNT, COUNT / 4]);
      // Warm it stays below 20 ms.
      assert.ok(longest < 100, `a turn of the event loop took ${longest} ms of CPU`);
      session.dispose();
    });

    it('tells of a broker that is gone', async () => {
      await assert.rejects(console.client.scan({ topic: 'nowhere', from: beginning }), {
        code: 'TOPIC_NOT_FOUND',
      });
      const tail = console.client.tail({ topic: 'orders' });
      const failed = assert.rejects(tail, { code: 'KAFKA_CONNECTION_ERROR' });
      await until(() => console.state?.reading === 'yes', { deadlineMs: 10_000, what: 'the tail' });
      await endBroker();
      await failed;
      assert.equal(console.state?.stopReason, 'failed');
      assert.equal((await console.client.rows(0, 1)).length, 1);
    });
  });
}
