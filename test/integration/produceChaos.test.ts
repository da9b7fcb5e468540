import assert from 'node:assert/strict';
import { setTimeout as delay } from 'node:timers/promises';
import { createLogger } from '../../src/base/logger';
import type { KafkaManagerError } from '../../src/contract/errors';
import type { ProduceOptions, ProduceRecord } from '../../src/core/kafkaTypes';
import { KafkaConnection } from '../../src/kafka/connection';
import { RecordProducer } from '../../src/kafka/producer/recordProducer';
import { CHAOS, ChaosProxy, mulberry32 } from '../support/chaosProxy';
import { Opened } from '../support/opened';
import { createTopic } from '../support/real/javaTools';
import { kcatConsume } from '../support/real/tools';
import { embeddedScanBroker, javaScanBroker } from '../support/scanBroker';
import type { ScanBroker } from '../support/scanBroker';

const PARTITIONS = 6;
const TOPIC = 'chaos';
const CALLERS = 5;
const PER_CALLER = 1_500;
const IN_BULK = 12_000;
const brokers: readonly (readonly [string, () => Promise<ScanBroker>])[] = [
  ['Apache Kafka 4', () => javaScanBroker('4')],
  ['Apache Kafka 3.9', () => javaScanBroker('3.9')],
  ['the embedded broker', embeddedScanBroker],
];

/** What became of one record. */
type Fate =
  | { readonly partition: number; readonly offset: number }
  | { readonly code: string; readonly mayBeWritten: boolean };

/** Sends numbered records in many ways at once and remembers what became of each. */
class Senders {
  /** By number; the numbers are those of the calls, in their order. */
  readonly fates: (Fate | undefined)[] = [];
  /** Whether a record went through the lanes of the idempotent producer, whose order is that of the calls. */
  readonly idempotent: boolean[] = [];
  readonly #producer: RecordProducer;
  readonly #random: () => number;

  constructor(producer: RecordProducer, random: () => number) {
    this.#producer = producer;
    this.#random = random;
  }

  /** One caller: up to 40 calls at the same time. Some have little patience, some go away. */
  async call(count: number, options: ProduceOptions): Promise<void> {
    const open = new Set<Promise<void>>();
    for (let i = 0; i < count; i++) {
      const number = this.#number(options);
      const mood = this.#random();
      const patience = mood < 0.03 ? { timeoutMs: 1 + Math.floor(this.#random() * 150) } : {};
      const signal = mood > 0.97 ? AbortSignal.timeout(1 + Math.floor(this.#random() * 100)) : undefined;
      const call = this.#producer.produce(this.#record(number), { ...options, ...patience }, signal).then(
        ({ partition, offset }) => void (this.fates[number] = { partition, offset }),
        (error: unknown) => {
          const { code, details } = error as KafkaManagerError;
          const mayBeWritten = code === 'PRODUCE_OUTCOME_UNKNOWN' || details?.['mayBeWritten'] === true;
          this.fates[number] = { code, mayBeWritten };
        },
      );
      open.add(call);
      void call.then(() => open.delete(call));
      while (open.size >= 40) await Promise.race(open);
      if (this.#random() < 0.05) await delay(this.#random() * 10);
    }
    await Promise.all(open);
  }

  async bulk(count: number, options: ProduceOptions): Promise<void> {
    const numbers: number[] = [];
    const numbered = function* (this: Senders): Generator<ProduceRecord> {
      for (let i = 0; i < count; i++) {
        const number = this.#number(options);
        numbers.push(number);
        yield this.#record(number);
      }
    }.bind(this);
    let settled = 0;
    for await (const run of this.#producer.produceAll(numbered(), options)) {
      for (const outcome of run) {
        const { ok } = outcome;
        this.fates[numbers[settled++]!] = ok
          ? { partition: outcome.produced.partition, offset: outcome.produced.offset }
          : { code: outcome.error.code, mayBeWritten: outcome.mayBeWritten };
      }
    }
    assert.equal(settled, count, 'outcomes of a bulk');
  }

  #number({ idempotent = true }: ProduceOptions): number {
    this.idempotent.push(idempotent);
    return this.fates.push(undefined) - 1;
  }

  #record(number: number): ProduceRecord {
    const key = Buffer.from(`key ${Math.floor(this.#random() * 1000)}`);
    return { topic: TOPIC, key, value: Buffer.from(`${number} `.padEnd(60, 'x')) };
  }
}

for (const [name, start] of brokers) {
  describe(`many producers in chaos (${name})`, function () {
    this.timeout(120_000);
    const seed = Number(process.env['CHAOS_SEED'] ?? Date.now() % 1_000_000);
    const opened = new Opened();
    let broker: ScanBroker;
    let proxy: ChaosProxy;
    let producer: RecordProducer;

    before(async function () {
      this.timeout(900_000);
      broker = opened.add(await start());
      await createTopic(broker.target, TOPIC, { partitions: PARTITIONS });
      proxy = opened.add(await ChaosProxy.listen(Number(broker.target.bootstrap.split(':')[1]), seed));
      const logger = createLogger(() => {});
      const connection = await KafkaConnection.open({ bootstrap: [`127.0.0.1:${proxy.port}`] }, { logger });
      opened.add(connection);
      producer = opened.add(new RecordProducer(connection, logger));
    });
    after(() => opened.dispose());

    it(`loses, doubles and reorders nothing, and tells the truth of what failed (CHAOS_SEED=${seed})`, async () => {
      proxy.maxDelayMs = 20;
      proxy.chances = {
        'lose answer': 0.05,
        'cut before': 0.03,
        'cut inside': 0.03,
        'cut behind': 0.03,
        'swallow answer': 0.003,
      };
      const senders = new Senders(producer, mulberry32(seed + 1));
      const patient = { timeoutMs: 90_000 };
      await Promise.all([
        ...Array.from({ length: CALLERS }, () => senders.call(PER_CALLER, patient)),
        senders.bulk(IN_BULK, { ...patient, batchBytes: 4_096 }),
        senders.call(PER_CALLER, { ...patient, idempotent: false }),
      ]);
      proxy.chances = {};
      const { fates, idempotent } = senders;
      assert.equal(fates.length, (CALLERS + 1) * PER_CALLER + IN_BULK);

      const seen = new Set<number>();
      const last = new Map<string, number>();
      for (const { partition, offset, value } of await kcatConsume(broker.target.bootstrap, TOPIC)) {
        const number = Number.parseInt(value!.toString(), 10);
        assert.ok(!seen.has(number), `record ${number} is doubled`);
        seen.add(number);
        const fate = fates[number]!;
        if (!('offset' in fate)) {
          // What was given up may arrive behind others: its connection broke, and the broker read it late.
          assert.ok(fate.mayBeWritten, `record ${number} is there although it failed: ${fate.code}`);
          continue;
        }
        assert.deepEqual({ partition, offset }, fate, `record ${number}`);
        const lane = `${partition} ${idempotent[number]}`;
        assert.ok(number > (last.get(lane) ?? -1), `record ${number} stands behind ${last.get(lane)}`);
        last.set(lane, number);
      }
      let failed = 0;
      for (const [number, fate] of fates.entries()) {
        assert.ok(fate, `record ${number} has no outcome`);
        if ('offset' in fate) assert.ok(seen.has(number), `record ${number} was acknowledged and is lost`);
        else failed += 1;
      }
      // The chaos was one: much went wrong and most was written.
      const broken = CHAOS.reduce((sum, chaos) => sum + (proxy.counts.get(chaos) ?? 0), 0);
      assert.ok(broken >= 20, `only ${broken} things went wrong: ${JSON.stringify([...proxy.counts])}`);
      assert.ok(failed > 0 && failed < fates.length / 4, `${failed} of ${fates.length} failed`);
      if (process.env['CHAOS_SHOW']) process.stdout.write(JSON.stringify([name, [...proxy.counts], failed]));
    });
  });
}
