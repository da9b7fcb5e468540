import assert from 'node:assert/strict';
import fc from 'fast-check';
import { createLogger } from '../../../../src/base/logger';
import { KafkaManagerError } from '../../../../src/contract/errors';
import { errorCode } from '../../../../src/kafka/protocol/errorCodes';
import { TransactionalProducer } from '../../../../src/kafka/transactions/transactionalProducer';
import { FakeBroker } from './support/fakeBroker';
import type { Fault } from './support/fakeBroker';

const logger = createLogger(() => {});

const passing = [
  errorCode.CONCURRENT_TRANSACTIONS,
  errorCode.COORDINATOR_LOAD_IN_PROGRESS,
  errorCode.NOT_COORDINATOR,
];
const faults = fc.oneof(
  { weight: 6, arbitrary: fc.constant(undefined) },
  { weight: 2, arbitrary: fc.constantFrom<Fault>('lose answer', 'never arrives', 'arrives late') },
  { weight: 1, arbitrary: fc.constantFrom<Fault>(...passing) },
);
const transaction = fc.record({
  /** Records per partition. */
  sizes: fc.tuple(fc.nat(3), fc.nat(3)),
  offset: fc.option(fc.nat(100), { nil: undefined }),
  end: fc.constantFrom('commit' as const, 'abort' as const),
  /** When what was late arrives: before, within or behind the transaction. */
  late: fc.constantFrom('begin' as const, 'middle' as const, 'end' as const),
});
const scenario = fc.record({
  transactions: fc.array(transaction, { minLength: 1, maxLength: 5 }),
  faults: fc.array(faults, { maxLength: 25 }),
});
type Transaction = typeof transaction extends fc.Arbitrary<infer T> ? T : never;

const isFenced = (error: unknown): boolean =>
  error instanceof KafkaManagerError && error.code === 'PRODUCER_FENCED';

describe('TransactionalProducer over a network that loses and delays', function () {
  this.timeout(60_000);

  it('shows what was committed, whole and once, and nothing else', () =>
    fc.assert(
      fc.asyncProperty(scenario, async ({ transactions, faults: planned }) => {
        const broker = new FakeBroker();
        const producer = await TransactionalProducer.on(broker, { transactionalId: 'id' }, logger);
        const plan = [...planned];
        broker.fault = (api) => (api === 'FindCoordinator' ? undefined : plan.shift());
        const expected: [string[], string[]] = [[], []];
        let offset: number | undefined;
        try {
          for (const [round, one] of transactions.entries()) {
            if (!(await run(broker, producer, round, one))) continue;
            one.sizes.forEach((size, p) => expected[p]!.push(...valuesOf(round, p, size)));
            offset = one.offset ?? offset;
          }
        } catch (error) {
          // A late request has opened a transaction between two of ours, so that the coordinator takes us for another.
          if (!isFenced(error) || !planned.includes('arrives late')) throw error;
        } finally {
          producer.dispose();
        }
        broker.fault = () => undefined;
        broker.deliverLate();
        broker.takeOver();
        assert.deepEqual([broker.visible(0), broker.visible(1)], expected);
        assert.equal(broker.offsets.get(0), offset);
      }),
      { numRuns: 60 },
    ));
});

/** Runs one transaction to its end; answers whether it was committed. */
async function run(
  broker: FakeBroker,
  producer: TransactionalProducer,
  round: number,
  { sizes, offset, end, late }: Transaction,
): Promise<boolean> {
  producer.begin();
  if (late === 'begin') broker.deliverLate();
  const sent = sizes.flatMap((size, partition) =>
    valuesOf(round, partition, size).map((value) =>
      producer.produce({ topic: 't', partition, key: null, value: Buffer.from(value) }),
    ),
  );
  const work: Promise<unknown>[] = [...sent];
  if (offset !== undefined) work.push(producer.sendOffsets('g', new Map([['t', new Map([[0, offset]])]])));
  const settled = Promise.allSettled(work);
  if (late === 'middle') {
    await settled;
    broker.deliverLate();
  }
  try {
    await producer[end]();
    if (late === 'end') broker.deliverLate();
    return end === 'commit';
  } catch (error) {
    if (isFenced(error) || end === 'abort') throw error;
    await producer.abort();
    return false;
  } finally {
    await settled;
  }
}

function valuesOf(round: number, partition: number, size: number): string[] {
  return Array.from({ length: size }, (_, i) => `${round}/${partition}/${i}`);
}
