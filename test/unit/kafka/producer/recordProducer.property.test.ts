import assert from 'node:assert/strict';
import { setImmediate as turn, setTimeout as delay } from 'node:timers/promises';
import * as fc from 'fast-check';
import { createLogger } from '../../../../src/base/logger';
import type { KafkaManagerError } from '../../../../src/contract/errors';
import { RecordProducer } from '../../../../src/kafka/producer/recordProducer';
import { errorCode } from '../../../../src/kafka/protocol/errorCodes';
import { FakeConnection, forbidden, lost, refused } from './support/fakeConnection';
import type { Reply } from './support/fakeConnection';

const PARTITIONS = 2;

/** A record of the caller, or a moment in which things happen. */
type Step =
  | {
      readonly does: 'send';
      readonly partition: number;
      readonly cancelAfterMs: number | undefined;
      readonly timeoutMs: number;
    }
  | { readonly does: 'wait'; readonly ms: number }
  | { readonly does: 'forget' };

const faults = {
  'lose answer': (): Reply => 'lose answer',
  'lose request': (): Reply => lost(),
  refuse: (): Reply => refused(),
  moved: (): Reply => ({ errorCode: errorCode.NOT_LEADER_OR_FOLLOWER }),
  'written, then moved': (): Reply => ({ writtenBut: errorCode.NOT_LEADER_OR_FOLLOWER }),
  replicas: (): Reply => ({ errorCode: errorCode.NOT_ENOUGH_REPLICAS }),
  'too large': (): Reply => ({ errorCode: errorCode.MESSAGE_TOO_LARGE }),
  forbidden: (): Reply => ({ errorCode: errorCode.TOPIC_AUTHORIZATION_FAILED }),
  none: (): Reply => ({}),
};

type Fault = keyof typeof faults;

const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({
      does: fc.constant('send' as const),
      partition: fc.nat(PARTITIONS - 1),
      cancelAfterMs: fc.option(fc.nat(80), { nil: undefined, freq: 2 }),
      timeoutMs: fc.constantFrom(40, 5_000, 5_000),
    }),
  },
  { weight: 3, arbitrary: fc.record({ does: fc.constant('wait' as const), ms: fc.nat(40) }) },
  { weight: 2, arbitrary: fc.constant({ does: 'forget' as const }) },
);

const scenario = fc.record({
  steps: fc.array(step, { minLength: 1, maxLength: 14 }),
  faults: fc.array(fc.constantFrom(...(Object.keys(faults) as Fault[])), { maxLength: 8 }),
  metadata: fc.array(fc.constantFrom('ok', 'ok', 'lost', 'forbidden'), { maxLength: 8 }),
});

type Scenario = typeof scenario extends fc.Arbitrary<infer T> ? T : never;

interface Outcome {
  readonly partition: number;
  readonly offset: number | undefined;
  readonly error: KafkaManagerError | undefined;
}

async function run({ steps, faults: plan, metadata }: Scenario): Promise<void> {
  const connection = new FakeConnection();
  const answers = [...metadata];
  const leaders = connection.leaders.bind(connection);
  connection.leaders = async (topic) => {
    const answer = answers.shift();
    await turn();
    if (answer === 'lost') throw lost();
    if (answer === 'forbidden') throw forbidden();
    return leaders(topic);
  };
  connection.reply = (_, request) => faults[plan[request - 1] ?? 'none']();
  Object.defineProperty(connection, 'hold', { get: () => turn() });
  const producer = new RecordProducer(
    connection,
    createLogger(() => {}),
  );
  const outcomes: Promise<Outcome>[] = [];
  const send = (partition: number, timeoutMs: number, signal?: AbortSignal): void => {
    const value = Buffer.from(String(outcomes.length));
    const sent = producer.produce({ topic: 't', key: null, value, partition }, { timeoutMs }, signal);
    outcomes.push(
      sent.then(
        ({ offset }) => ({ partition, offset, error: undefined }),
        (error: unknown) => ({ partition, offset: undefined, error: error as KafkaManagerError }),
      ),
    );
  };
  for (const one of steps) {
    if (one.does === 'wait') await delay(one.ms);
    else if (one.does === 'forget') producer.forget('t');
    else {
      const abort = new AbortController();
      send(one.partition, one.timeoutMs, abort.signal);
      if (one.cancelAfterMs !== undefined) setTimeout(() => abort.abort(), one.cancelAfterMs);
    }
  }
  await Promise.all(outcomes);
  // When all is well again, each partition takes records.
  connection.reply = () => ({});
  answers.length = 0;
  // A question that is on its way may have its error already.
  for (let i = 0; i < 3; i++) await turn();
  for (let partition = 0; partition < PARTITIONS; partition++) send(partition, 5_000);
  const settled = await Promise.all(outcomes);
  for (const last of settled.slice(-PARTITIONS)) assert.equal(last.error, undefined, String(last.error));
  producer.dispose();
  verify(settled, connection);
}

/** What was acknowledged is there once where it was told, what was not sent is not there, and all is in order. */
function verify(settled: readonly Outcome[], connection: FakeConnection): void {
  for (let partition = 0; partition < PARTITIONS; partition++) {
    const { values } = connection.log('t', partition);
    const numbers = values.map(Number);
    assert.deepEqual(
      numbers,
      [...new Set(numbers)].sort((a, b) => a - b),
      'order, and nothing twice',
    );
  }
  settled.forEach(({ partition, offset, error }, i) => {
    const { values } = connection.log('t', partition);
    if (error === undefined) assert.equal(values.indexOf(String(i)), offset, `record ${i} was acknowledged`);
    else if (error.code !== 'PRODUCE_OUTCOME_UNKNOWN' && !error.message.includes('may have been written'))
      assert.ok(!values.includes(String(i)), `record ${i} was written, though: ${error.message}`);
  });
}

describe('RecordProducer, whatever happens', () => {
  it('writes what it acknowledges once, nothing that it calls unsent, and all in order', async () => {
    // Each scenario waits for most of its time: several of them go side by side.
    const property = fc.asyncProperty(
      fc.array(scenario, { minLength: 40, maxLength: 40, size: 'max' }),
      async (scenarios) => {
        await Promise.all(scenarios.map(run));
      },
    );
    await fc.assert(property, { numRuns: 6, endOnFailure: true });
  }).timeout(60_000);
});
