import assert from 'node:assert/strict';
import { createLogger } from '../../src/base/logger';
import { FetchSource } from '../../src/kafka/source/fetchSource';
import { bombs } from '../support/hostile/bombs';
import { HostileBroker } from '../support/hostile/hostileBroker';
import { mutations } from '../support/hostile/mutateBatch';
import { SeededRandom } from '../support/hostile/seededRandom';
import { batchFields, withStored } from '../support/hostile/storedBatch';
import { Opened } from '../support/opened';
import { startJavaBroker } from '../support/real/javaBroker';
import { createTopic } from '../support/real/javaTools';
import { realKafka } from '../support/real/kafkaDist';
import { kcatConsume, kcatProduce } from '../support/real/tools';
import { beginning, directions, range, text } from '../support/scanWords';
import { inOrder, lines, TopicReads, turned } from '../support/topicReads';

const TOPIC = 'hostile';
const PARTITIONS = 2;
const MIB = 1024 * 1024;
/** Set it to the seed that a failure tells. */
const SEED = Number(process.env['FUZZ_SEED'] ?? Date.now() % 2 ** 31);

/** Base offsets of the batches that are damaged: every fourth one, by the numbers of the batches of a partition. */
type Victims = ReadonlySet<string>;

describe('a broker that sends damaged batches', function () {
  this.timeout(120_000);
  const opened = new Opened();
  const proxy: { broker?: HostileBroker } = {};
  let reads: TopicReads;
  let everything: Awaited<ReturnType<typeof kcatConsume>>;
  /** Batches as they are in the log: `partition:baseOffset` and the offset behind each. */
  const batches = new Map<string, number>();

  before(async function () {
    this.timeout(900_000);
    const hostile = opened.add(await HostileBroker.listen());
    proxy.broker = hostile;
    const properties = { 'advertised.listeners': `PLAINTEXT://127.0.0.1:${hostile.port}` };
    const dist = await realKafka('4');
    const broker = opened.add(await startJavaBroker(dist, { properties }));
    hostile.brokerPort = broker.port;
    const bootstrap = `127.0.0.1:${hostile.port}`;
    await createTopic({ dist, bootstrap: broker.bootstrap }, TOPIC, { partitions: PARTITIONS });
    for (const [i, compression] of (['none', 'gzip', 'snappy', 'lz4', 'zstd'] as const).entries()) {
      for (const partition of range(PARTITIONS)) {
        const records = range(60).map((n) => ({
          key: text(`key ${n}`),
          value: text(`value ${i} ${n} `.repeat(1 + (n % 9))),
        }));
        // At most five records share a batch.
        const properties = { 'batch.num.messages': '5', 'linger.ms': '50' };
        await kcatProduce(bootstrap, TOPIC, records, { partition, compression, properties });
      }
    }
    const settings = { bootstrap: [bootstrap] };
    const source = opened.add(
      await FetchSource.open(
        settings,
        createLogger(() => {}),
      ),
    );
    reads = new TopicReads(source);
    hostile.damage = (partition, batch) => {
      const base = Number(batch.readBigInt64BE(batchFields.baseOffset));
      batches.set(`${partition}:${base}`, base + batch.readInt32BE(batchFields.lastOffsetDelta) + 1);
      return batch;
    };
    everything = await kcatConsume(broker.bootstrap, TOPIC);
    assert.equal(everything.length, 5 * 60 * PARTITIONS);
    const { records } = await reads.once({ topic: TOPIC, from: beginning });
    assert.deepEqual(lines(records), lines(inOrder(everything)));
    assert.ok(batches.size >= 5 * 12 * PARTITIONS, `${batches.size} batches`);
  });

  after(() => opened.dispose());

  /** Damages every fourth batch, always in the same way, and finds all others. */
  async function check(seed: number, damage: (batch: Buffer, random: SeededRandom) => Buffer): Promise<void> {
    // Not the last of a partition, which has nothing behind it to hold its offset against.
    const names = [...batches.keys()].filter((name) => batches.get(name)! < everything.length / PARTITIONS);
    const victims: Victims = new Set(names.filter((_, i) => i % 4 === seed % 4));
    const untouched = new Set<string>();
    proxy.broker!.damage = (partition, batch) => {
      const base = Number(batch.readBigInt64BE(batchFields.baseOffset));
      const name = `${partition}:${base}`;
      if (!victims.has(name)) return batch;
      const changed = damage(batch, new SeededRandom(seed + base));
      if (changed.equals(batch)) untouched.add(name);
      return changed;
    };
    const rssBefore = process.memoryUsage().rss;
    const isVictim = (partition: number, offset: number): boolean =>
      [...victims].some((name) => {
        const [p, base] = name.split(':').map(Number);
        return p === partition && offset >= base! && offset < batches.get(name)!;
      });
    for (const direction of directions) {
      const { records, summary } = await reads.once({ topic: TOPIC, from: beginning, direction });
      const good = turned(inOrder(everything), direction).filter((r) => !isVictim(r.partition, r.offset));
      const found = records.filter((r) => !isVictim(r.partition, r.offset));
      // What can be read in a damaged batch may be anything, but the others come whole, once, and in order.
      for (const partition of range(PARTITIONS)) {
        const ofPartition = <T extends { partition: number }>(all: readonly T[]): T[] =>
          all.filter((record) => record.partition === partition);
        assert.deepEqual(lines(ofPartition(found)), lines(ofPartition(good)), `${direction} first`);
      }
      assert.equal(summary.stopReason, 'end');
      for (const { partition, offset, message } of summary.problems) {
        assert.ok(isVictim(partition, offset), `${partition}:${offset} ${message}`);
      }
    }
    const grown = process.memoryUsage().rss - rssBefore;
    assert.ok(grown < 300 * MIB, `${Math.round(grown / MIB)} MiB more`);
  }

  /** Damage that is inside of a batch: its place and length are true. */
  const inside = [
    'records cut off',
    'stored bytes replaced',
    'count lies',
    'timestamp lies',
    'another codec',
    'record bytes flipped',
    'record varint lies',
    'record fields lie',
    'section cut off',
    'section goes on',
    'frame header flipped',
  ];
  for (const kind of inside) {
    it(`does not keep the others from being read: ${kind}`, async () => {
      for (const seed of range(4, SEED)) {
        try {
          await check(seed, mutations[kind]!);
        } catch (cause) {
          throw new Error(`FUZZ_SEED=${seed}: ${(cause as Error).message}`, { cause });
        }
      }
    });
  }

  it('has every batch without readable records told of, with its partition and offset', async () => {
    for (const bomb of bombs().filter(({ stored }) => stored.length < 200_000)) {
      const victims = [...batches.keys()].filter((_, i) => i % 29 === 3);
      // Records that were to share a batch may have come in several.
      const lost = victims.reduce((sum, name) => sum + batches.get(name)! - Number(name.split(':')[1]), 0);
      proxy.broker!.damage = (partition, batch) => {
        const base = Number(batch.readBigInt64BE(batchFields.baseOffset));
        if (!victims.includes(`${partition}:${base}`)) return batch;
        const header = Buffer.from(batch);
        header[batchFields.attributes + 1] = bomb.codec;
        return withStored(header, bomb.stored);
      };
      for (const direction of directions) {
        const { summary } = await reads.once({ topic: TOPIC, from: beginning, direction });
        const told = summary.problems.map(({ partition, offset }) => `${partition}:${offset}`);
        assert.deepEqual(told.sort(), [...victims].sort(), bomb.name);
        assert.equal(summary.matched, everything.length - lost, bomb.name);
      }
    }
  });

  /** Damage of what tells where a batch lies and where it ends. */
  const place = [
    'length lies',
    'offset lies',
    'last offset delta lies',
    'count and delta lie',
    'bytes inserted',
    'header bit flipped',
    'bits flipped',
  ];
  it('is told of every record that bytes missing in the middle take along', async () => {
    for (const seed of range(4, SEED)) {
      const names = [...batches.keys()].filter((_, i) => i % 4 === seed % 4);
      proxy.broker!.damage = (partition, batch) => {
        const base = Number(batch.readBigInt64BE(batchFields.baseOffset));
        if (!names.includes(`${partition}:${base}`)) return batch;
        const rest = mutations['cut off']!(batch, new SeededRandom(seed + base));
        // A batch that is gone as a whole looks like one that compaction has taken.
        return rest.length > 0 ? rest : batch;
      };
      for (const direction of directions) {
        const { records, summary } = await reads.once({ topic: TOPIC, from: beginning, direction });
        assert.equal(summary.stopReason, 'end');
        const place = (partition: number, offset: number): string => `${partition}:${offset}`;
        const seen = new Set(records.map(({ partition, offset }) => place(partition, offset)));
        for (const { partition, message } of summary.problems) {
          const [, first, last] = /^Offsets (\d+) to (\d+) /.exec(message) ?? [];
          for (let offset = Number(first); offset <= Number(last); offset++)
            seen.add(place(partition, offset));
        }
        const lost = everything
          .map((one) => place(one.partition, one.offset))
          .filter((one) => !seen.has(one));
        assert.deepEqual(lost, [], `FUZZ_SEED=${seed} ${direction} first`);
      }
    }
  });
  for (const kind of place) {
    it(`does not lose the others by a lie about place and length: ${kind}`, async () => {
      for (const seed of range(4, SEED)) {
        try {
          await check(seed, mutations[kind]!);
        } catch (cause) {
          throw new Error(`FUZZ_SEED=${seed}: ${(cause as Error).message}`, { cause });
        }
      }
    });
  }
});
