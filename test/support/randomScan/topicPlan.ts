import fc from 'fast-check';

/** Codecs of Kafka; not every Node can write zstd, see the writers. */
export type Codec = 'none' | 'gzip' | 'snappy' | 'lz4' | 'zstd';

/** A record that is to be written. */
export interface PlannedRecord {
  readonly partition: number;
  /** ms from the start of the topic's time; what kcat writes gets the time of its writing. */
  readonly time: number;
  readonly key: Uint8Array | null;
  readonly value: Uint8Array | null;
  readonly headers: readonly { readonly key: string; readonly value: Uint8Array | null }[];
}

/** Records that one producer writes in one go. */
export interface Burst {
  /** Java's producer also within a transaction that ends so. */
  readonly by: 'ours' | 'kcat' | 'java' | 'commit' | 'abort';
  readonly codec: Codec;
  readonly records: readonly PlannedRecord[];
}

/** A topic and everything that is written to it. Bursts of ours and of kcat stand before, between and after Java's. */
export interface TopicPlan {
  readonly partitions: number;
  readonly timestampType: 'CreateTime' | 'LogAppendTime';
  /** Only as a setting: the cleaner never gets to the segment that is written to. */
  readonly compacted: boolean;
  readonly bursts: readonly [Burst[], Burst[], Burst[], Burst[], Burst[]];
  /** Records of a transaction that nobody ends. */
  readonly open: readonly PlannedRecord[];
  /** Share of each partition that is deleted from its beginning. */
  readonly deleted: readonly number[];
}

/** What values, keys and headers are made of; queries look for parts of it. */
export const words = ['needle', 'Needle', 'hay', 'STRASSE', 'straße', 'äpfel', '{"a":1}', '0', ' '] as const;

const text = fc
  .array(fc.constantFrom(...words), { minLength: 1, maxLength: 5 })
  .map((parts) => Buffer.from(parts.join('')));
const bytes = fc.uint8Array({ minLength: 1, maxLength: 30 }).map((some) => Buffer.from(some));
const large = fc.integer({ min: 5000, max: 60_000 }).map((size) => Buffer.alloc(size, 'large needle? '));
const empty = fc.constant(Buffer.alloc(0));

const value = fc.oneof(
  { weight: 10, arbitrary: text },
  { weight: 3, arbitrary: bytes },
  { weight: 1, arbitrary: large },
  { weight: 1, arbitrary: empty },
  { weight: 1, arbitrary: fc.constant(null) },
);
const header = fc.record({
  key: fc.constantFrom('trace', 'needle', 'ü', ''),
  value: fc.oneof(text, empty, fc.constant(null)),
});
/** Times go up in most topics; in others they jump. */
const step = (sorted: boolean): fc.Arbitrary<number> =>
  sorted ? fc.constantFrom(0, 0, 1, 3, 50) : fc.integer({ min: -400, max: 500 });

function records(partitions: number, sorted: boolean, most: number): fc.Arbitrary<PlannedRecord[]> {
  const record = fc.record({
    partition: fc.nat({ max: partitions - 1 }),
    time: step(sorted),
    key: fc.oneof({ weight: 4, arbitrary: text }, { weight: 1, arbitrary: empty }, fc.constant(null)),
    value,
    headers: fc.oneof({ weight: 3, arbitrary: fc.constant([]) }, fc.array(header, { maxLength: 3 })),
  });
  return fc.array(record, { minLength: 1, maxLength: most, size: 'max' });
}

const codec = fc.constantFrom<Codec>('none', 'gzip', 'snappy', 'lz4', 'zstd');

function bursts(partitions: number, sorted: boolean, by: readonly Burst['by'][]): fc.Arbitrary<Burst[]> {
  const burst = fc.record({ by: fc.constantFrom(...by), codec, records: records(partitions, sorted, 40) });
  return fc.array(burst, { maxLength: 4, size: 'max' });
}

const plan = fc
  .record({ partitions: fc.integer({ min: 1, max: 4 }), sorted: fc.boolean(), compacted: fc.nat({ max: 4 }) })
  .chain(({ partitions, sorted, compacted }) => {
    const direct = bursts(partitions, sorted, ['ours', 'ours', 'ours', 'kcat']);
    const java = bursts(partitions, sorted, ['java', 'java', 'commit', 'abort', 'abort']);
    return fc.record({
      partitions: fc.constant(partitions),
      timestampType: fc.constantFrom<TopicPlan['timestampType']>('CreateTime', 'CreateTime', 'LogAppendTime'),
      compacted: fc.constant(compacted === 0),
      bursts: fc.tuple(direct, java, direct, java, direct),
      open: fc.oneof(
        { weight: 3, arbitrary: fc.constant([]) },
        { weight: 1, arbitrary: records(partitions, sorted, 5) },
      ),
      deleted: fc.array(fc.constantFrom(0, 0, 0, 0.3, 0.7, 1), {
        minLength: partitions,
        maxLength: partitions,
      }),
    });
  });

/** The plans of so many topics; the same for the same seed. */
export function topicPlans(seed: number, count: number): TopicPlan[] {
  return fc.sample(plan, { seed, numRuns: count }).map(inTime);
}

/** Adds the steps of time up, and gives each record of a compacted topic a key, as brokers want it. */
function inTime(topic: TopicPlan): TopicPlan {
  let now = 2000;
  const place = (record: PlannedRecord): PlannedRecord => ({
    ...record,
    time: (now = Math.max(0, now + record.time)),
    key: topic.compacted && !record.key?.length ? Buffer.from('key') : record.key,
  });
  const inBurst = (burst: Burst): Burst => {
    const { partition } = burst.records[0]!;
    // One call of kcat writes to one partition.
    const placed = burst.records.map(place);
    return { ...burst, records: burst.by === 'kcat' ? placed.map((one) => ({ ...one, partition })) : placed };
  };
  const [a, b, c, d, e] = topic.bursts.map((some) => some.map(inBurst)) as [
    Burst[],
    Burst[],
    Burst[],
    Burst[],
    Burst[],
  ];
  return { ...topic, bursts: [a, b, c, d, e], open: topic.open.map(place) };
}
