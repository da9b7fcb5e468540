import assert from 'node:assert/strict';
import { setImmediate as turn } from 'node:timers/promises';
import { createLogger } from '../../../../src/base/logger';
import type { ProduceOutcome, ProduceRecord } from '../../../../src/core/kafkaTypes';
import { RecordProducer } from '../../../../src/kafka/producer/recordProducer';
import { until } from '../../../support/until';
import { FakeConnection, rejectsWith } from './support/fakeConnection';

describe('RecordProducer.produceAll, when it is stopped and where the iterable is slow', () => {
  let connection: FakeConnection;
  let producer: RecordProducer;
  const record = (i: number): ProduceRecord => ({
    ...{ topic: 't', key: null, partition: 0 },
    value: Buffer.from(String(i)),
  });

  beforeEach(() => {
    connection = new FakeConnection();
    producer = new RecordProducer(
      connection,
      createLogger(() => {}),
    );
  });

  afterEach(() => producer.dispose());

  async function* stalling(): AsyncGenerator<ProduceRecord> {
    yield record(0);
    await new Promise<never>(() => {});
  }

  /** Collects the outcomes of an iterable that stalls behind its first record. */
  function stalled(signal?: AbortSignal): { outcomes: ProduceOutcome[]; end: Promise<void> } {
    const outcomes: ProduceOutcome[] = [];
    const end = (async (): Promise<void> => {
      for await (const run of producer.produceAll(stalling(), {}, signal)) outcomes.push(...run);
    })();
    return { outcomes, end };
  }

  const first = (outcomes: readonly ProduceOutcome[]): Promise<unknown> =>
    until(() => outcomes.length === 1, { deadlineMs: 2_000, what: 'the first outcome', everyMs: 1 });

  it('ends at once when it is aborted while the iterable stalls', async () => {
    const abort = new AbortController();
    const { outcomes, end } = stalled(abort.signal);
    await first(outcomes);
    abort.abort();
    await rejectsWith(end, 'CANCELLED');
  });

  it('ends at once when the producer is disposed while the iterable stalls', async () => {
    const { outcomes, end } = stalled();
    await first(outcomes);
    producer.dispose();
    await rejectsWith(end, 'KAFKA_CONNECTION_ERROR');
  });

  it('closes the iterable when the producer is disposed', async () => {
    let isClosed = false;
    async function* source(): AsyncGenerator<ProduceRecord> {
      try {
        for (let i = 0; ; i++) {
          await turn();
          yield record(i);
        }
      } finally {
        isClosed = true;
      }
    }
    const writing = (async (): Promise<void> => {
      for await (const run of producer.produceAll(source())) if (run.length > 0) producer.dispose();
    })();
    await rejectsWith(writing, 'KAFKA_CONNECTION_ERROR');
    await until(() => isClosed, { deadlineMs: 2_000, what: 'the end of the iterable' });
  });

  it('is not harmed by a generator that throws when it is closed', async () => {
    let isClosed = false;
    function* source(): Generator<ProduceRecord> {
      try {
        for (let i = 0; ; i++) yield record(i);
      } finally {
        isClosed = true;
        // eslint-disable-next-line no-unsafe-finally -- that is what is tried
        throw new Error('the file was closed before');
      }
    }
    const unhandled: unknown[] = [];
    const note = (reason: unknown): void => void unhandled.push(reason);
    const others = process.listeners('unhandledRejection');
    process.removeAllListeners('unhandledRejection');
    process.on('unhandledRejection', note);
    try {
      for await (const run of producer.produceAll(source())) if (run.length > 0) break;
      await until(() => isClosed, { deadlineMs: 2_000, what: 'the end of the iterable' });
      for (let i = 0; i < 5; i++) await turn();
    } finally {
      process.removeListener('unhandledRejection', note);
      for (const listener of others) process.on('unhandledRejection', listener);
    }
    assert.deepEqual(unhandled, []);
  });

  it('lets others have their turn while a generator takes its time for each record', async () => {
    function* slow(): Generator<ProduceRecord> {
      for (let i = 0; i < 64; i++) {
        const end = performance.now() + 4;
        while (performance.now() < end);
        yield record(i);
      }
    }
    let turns = 0;
    const done = new AbortController();
    const counting = (async (): Promise<void> => {
      for (; !done.signal.aborted; turns++) await turn();
    })();
    let written = 0;
    for await (const run of producer.produceAll(slow())) written += run.length;
    done.abort();
    await counting;
    assert.equal(written, 64);
    assert.ok(turns >= 20, `${turns} turns of the event loop in 256 ms`);
  });
});
