import assert from 'node:assert/strict';
import { EventEmitter } from 'node:events';
import {
  type ConsoleEvent,
  type ConsoleRequest,
  type ConsoleState,
  consoleRequestSchema,
} from '../../../../src/contract/consoleMessages';
import { KafkaManagerError } from '../../../../src/contract/errors';
import { ConsoleServer } from '../../../../src/core/console/consoleServer';
import { ConsoleWorkerClient } from '../../../../src/core/console/consoleWorkerClient';
import { type ThreadWorker, workerPort } from '../../../../src/core/console/workerPort';
import type { ConnectionSettings } from '../../../../src/core/connection';
import type { KafkaConnector, KafkaGateway } from '../../../../src/core/ports';
import type { ScanQuery } from '../../../../src/core/scan/query';
import { FakeRecordSource } from '../../../support/fakeRecordSource';

/** A fake worker that answers as it is told, or by a real server without a thread. */
class FakeWorker extends EventEmitter implements ThreadWorker {
  readonly received: ConsoleRequest[] = [];
  terminated = 0;
  answer: (request: ConsoleRequest) => void = () => {};

  postMessage(message: unknown): void {
    const request = consoleRequestSchema.parse(structuredClone(message));
    this.received.push(request);
    setImmediate(() => this.answer(request));
  }

  say(event: ConsoleEvent, transfer: readonly ArrayBuffer[] = []): void {
    this.emit('message', structuredClone(event, { transfer: [...transfer] }));
  }

  terminate(): Promise<number> {
    this.terminated += 1;
    return Promise.resolve(1);
  }
}

const silent = { onState: () => {}, onProblem: () => {} };
const query: ScanQuery = { topic: 'orders', from: { at: 'beginning' } };
const state: ConsoleState = {
  ...{ first: 0, end: 0, dropped: 0, keptBytes: 0 },
  ...{ scanned: 0, matched: 0, bytes: 0, elapsedMs: 0, reading: 'no' },
};
const connection: ConnectionSettings = {
  bootstrap: ['127.0.0.1:9092'],
  tls: { ca: 'PEM' },
  sasl: { mechanism: 'PLAIN', username: 'u', password: 'p' },
};

describe('ConsoleWorkerClient', () => {
  let worker: FakeWorker;
  let client: ConsoleWorkerClient;

  beforeEach(() => {
    worker = new FakeWorker();
    client = new ConsoleWorkerClient(workerPort(worker), silent, { graceMs: 50 });
  });

  afterEach(() => client.dispose());

  /** Puts a real server behind the fake worker. */
  function serve(source: FakeRecordSource): ConnectionSettings[] {
    const connected: ConnectionSettings[] = [];
    const gateway: Partial<KafkaGateway> = { openSource: async () => source, dispose: () => {} };
    const connector: KafkaConnector = {
      connect: async (settings) => {
        connected.push(settings);
        return gateway as KafkaGateway;
      },
    };
    const server = new ConsoleServer({ post: (event, transfer) => worker.say(event, transfer) }, connector);
    worker.answer = (request) => void server.handle(request);
    return connected;
  }

  it('speaks with a server', async () => {
    const source = new FakeRecordSource();
    const records = Array.from({ length: 100 }, (_, i) => ({ offset: i, timestamp: i, value: `v${i}` }));
    source.addPartition(0, [{ baseOffset: 0, nextOffset: 100, records }]);
    const connected = serve(source);
    await assert.rejects(client.rows(0, 1), { code: 'SERVICE_UNAVAILABLE' });
    await client.open(connection, { maxRows: 1000 });
    assert.deepEqual(connected, [connection]);
    await assert.rejects(client.open(connection), { code: 'VALIDATION_ERROR' });
    const summary = await client.scan({
      ...query,
      filter: { kind: 'all', filters: [{ kind: 'contains', bytes: Buffer.from('v') }] },
    });
    assert.equal(summary.matched, 100);
    assert.deepEqual(summary.position.partitions.get(0), { next: 100, end: 100 });
    const hits: number[] = [];
    await client.find({ kind: 'contains', bytes: Buffer.from('5') }, ({ rows }) => hits.push(...rows), {
      from: 10,
      to: 56,
    });
    assert.deepEqual(hits, [15, 25, 35, 45, 50, 51, 52, 53, 54, 55]);
    const chunk = await client.rowsAt([99, 5]);
    assert.deepEqual([...chunk.offset], [99, 5]);
    const record = await client.record(7);
    assert.equal(Buffer.from(record!.value!).toString(), 'v7');
    assert.equal(await client.record(100), undefined);
    await client.pause(false);
    const totals: number[] = [];
    await client.histogram({ topic: 'orders' }, ({ total }) => totals.push(total));
    assert.ok(totals.length > 3 && totals.every((total) => total === 100));
    await assert.rejects(client.scan({ ...query, partitions: [8] }), { code: 'PARTITION_NOT_FOUND' });
    const cancel = new AbortController();
    const tail = client.tail({ topic: 'orders' }, { signal: cancel.signal });
    cancel.abort();
    assert.equal((await tail).stopReason, 'cancelled');
  });

  it('refuses a request that makes no sense, and answers it', async () => {
    serve(new FakeRecordSource());
    const said: ConsoleEvent[] = [];
    worker.on('message', (event: ConsoleEvent) => said.push(event));
    const port = { post: (event: ConsoleEvent) => said.push(event) };
    const server = new ConsoleServer(port, { connect: () => Promise.reject(new Error('not asked')) });
    await server.handle({ type: 'rows', id: 7, rows: { from: 0, count: 1_000_000 } });
    await server.handle('nonsense');
    assert.deepEqual(
      said.map((event) => event.type === 'failed' && [event.id, event.failure.code]),
      [[7, 'VALIDATION_ERROR']],
    );
  });

  it('rejects everything when the worker crashes, and everything after that', async () => {
    const pending = [client.scan(query), client.rows(0, 10)].map((call) =>
      assert.rejects(call, (error: KafkaManagerError) => {
        assert.equal(error.code, 'INTERNAL_ERROR');
        assert.match((error.cause as Error).message, /out of memory/);
        return true;
      }),
    );
    worker.emit('error', new Error('out of memory'));
    worker.emit('exit', 1);
    await Promise.all(pending);
    await assert.rejects(client.rows(0, 1), { code: 'INTERNAL_ERROR' });
  });

  it('rejects everything when the worker just ends', async () => {
    const call = assert.rejects(client.record(1), { code: 'INTERNAL_ERROR' });
    worker.emit('exit', 0);
    await call;
  });

  it('ends a worker that does not stop when it is told to', async () => {
    const cancel = new AbortController();
    const filter = { kind: 'regex', source: '(a+)+$' } as const;
    const search = assert.rejects(
      client.find(filter, () => {}, { signal: cancel.signal }),
      { code: 'FILTER_TOO_SLOW' },
    );
    const other = assert.rejects(client.rows(0, 1), { code: 'FILTER_TOO_SLOW' });
    cancel.abort();
    await Promise.all([search, other]);
    assert.equal(worker.terminated, 1);
    assert.deepEqual(
      worker.received.map(({ type }) => type),
      ['find', 'rows', 'cancel'],
    );
  });

  it('blames a filter only where there is one', async () => {
    const filter = { kind: 'jsonPath', path: '$.a' } as const;
    for (const [ask, code] of [
      [(signal) => client.scan(query, { signal }), 'INTERNAL_ERROR'],
      [(signal) => client.tail({ topic: 'orders' }, { signal }), 'INTERNAL_ERROR'],
      [(signal) => client.histogram({ topic: 'orders' }, () => {}, signal), 'INTERNAL_ERROR'],
      [(signal) => client.scan({ ...query, filter }, { signal }), 'FILTER_TOO_SLOW'],
      [(signal) => client.tail({ topic: 'orders', filter }, { signal }), 'FILTER_TOO_SLOW'],
    ] as [(signal: AbortSignal) => Promise<unknown>, string][]) {
      client = new ConsoleWorkerClient(workerPort(worker), silent, { graceMs: 5 });
      await assert.rejects(ask(AbortSignal.abort()), { code });
    }
  });

  it('ends where the worker says what it does not understand', async () => {
    const call = assert.rejects(client.rows(0, 1), { code: 'INTERNAL_ERROR' });
    worker.emit('message', { type: 'gossip' });
    await call;
    assert.equal(worker.terminated, 1);
    worker.emit('message', { type: 'more gossip' });
  });

  it('fails and cancels a request whose parts the caller can not take', async () => {
    const found = { rows: Float64Array.of(1), scanned: 1 };
    worker.answer = ({ id, type }) => {
      if (type === 'find') worker.say({ type: 'part', id, value: found });
      if (type === 'find') worker.say({ type: 'part', id, value: found });
      if (type === 'rows') worker.say({ type: 'answer', id, value: new ArrayBuffer(0) });
    };
    let parts = 0;
    const search = client.find({ kind: 'header', key: 'h' }, () => {
      parts += 1;
      throw new Error('no room');
    });
    await assert.rejects(search, /no room/);
    assert.deepEqual(
      worker.received.map((request) => (request.type === 'cancel' ? request.request : request.type)),
      ['find', 1],
    );
    assert.deepEqual([parts, (await client.rowsAt([])).length], [1, 0]);
  });

  it('ends where its listener throws', async () => {
    const error = new Error('the view is gone');
    const onState = (): void => {
      throw error;
    };
    client = new ConsoleWorkerClient(workerPort(worker), { ...silent, onState });
    const call = assert.rejects(client.rows(0, 1), { code: 'INTERNAL_ERROR', cause: error });
    worker.say({ type: 'state', state });
    await call;
    worker.say({ type: 'state', state });
    assert.equal(worker.terminated, 1);
  });

  it('tells nothing any more when it is disposed', () => {
    const told: unknown[] = [];
    client = new ConsoleWorkerClient(workerPort(worker), { ...silent, onState: (one) => told.push(one) });
    client.dispose();
    worker.say({ type: 'state', state });
    assert.deepEqual(told, []);
  });

  it('forgets a request that can not be sent', async () => {
    const odd = { ...query, topic: (() => 'orders') as unknown as string };
    await assert.rejects(client.scan(odd, { signal: AbortSignal.abort() }), { code: 'VALIDATION_ERROR' });
    worker.answer = ({ id }) => worker.say({ type: 'answer', id, value: undefined });
    await client.pause(true);
    assert.deepEqual(
      worker.received.map(({ type }) => type),
      ['pause'],
    );
  });

  it('rejects what is pending when it is disposed, once', async () => {
    const call = assert.rejects(client.scan(query), { code: 'CANCELLED' });
    client.dispose();
    client.dispose();
    await call;
    assert.equal(worker.terminated, 1);
    worker.say({ type: 'answer', id: 1, value: undefined });
  });

  it('keeps code, remedy and details of an error', async () => {
    const failure = {
      code: 'TOPIC_NOT_FOUND',
      message: 'gone',
      remedy: 'look',
      details: { topic: 't' },
    } as const;
    worker.answer = ({ id }) => worker.say({ type: 'failed', id, failure });
    await assert.rejects(client.scan(query), (error: KafkaManagerError) => {
      const { code, message, remedy, details } = error;
      assert.deepEqual({ code, message, remedy, details }, failure);
      return error instanceof KafkaManagerError;
    });
  });
});
