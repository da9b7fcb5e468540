import { canCompress } from '../../../src/kafka/records/codecs';
import { javaScript, type ProducerStep } from '../real/javaScript';
import { kcatProduce } from '../real/tools';
import type { ScanStage } from '../scanStage';
import { hourAgo } from '../scanWords';
import type { Burst, PlannedRecord, TopicPlan } from './topicPlan';

/** A topic that has been filled by plan. */
export interface FilledTopic {
  readonly name: string;
  readonly plan: TopicPlan;
}

const CODECS = ['none', 'gzip', 'snappy', 'lz4', 'zstd'] as const;
/** Beyond any run: a transaction that is left open must not be ended by the broker. */
const TRANSACTION_TIMEOUT_MS = '900000';

/** Creates the topics and writes what is planned, one after the other; Java's producers work on all topics in one go. */
export async function fillTopics(stage: ScanStage, plans: readonly TopicPlan[]): Promise<FilledTopic[]> {
  const topics = plans.map((plan, i) => ({ name: `random-${i}`, plan }));
  for (const { name, plan } of topics) {
    await stage.create(name, plan.partitions, {
      'message.timestamp.type': plan.timestampType,
      ...(plan.compacted ? { 'cleanup.policy': 'compact,delete' } : {}),
    });
  }
  for (const phase of [0, 1, 2, 3, 4] as const) {
    if (phase === 1 || phase === 3) await writeByJava(stage, topics, phase);
    else await Promise.all(topics.map(({ name, plan }) => writeDirectly(stage, name, plan.bursts[phase])));
  }
  for (const topic of topics) await deleteRecords(stage, topic);
  return topics;
}

async function writeDirectly(stage: ScanStage, topic: string, bursts: readonly Burst[]): Promise<void> {
  for (const { by, codec, records } of bursts) {
    if (by === 'ours') {
      const compression = canCompress(codec) ? codec : 'lz4';
      await Promise.all(
        records.map(({ time, ...record }) =>
          stage.gateway.produce({ ...record, topic, timestamp: hourAgo + time }, { compression }),
        ),
      );
      continue;
    }
    const sent = records
      // kcat can't tell an empty key from none where the value is null.
      .map(({ key, value }) => ({ key: value === null && key?.length === 0 ? null : key, value }));
    await kcatProduce(stage.bootstrap, topic, sent, {
      partition: records[0]!.partition,
      compression: codec,
      headers: records.length % 2 === 0 ? [['by', 'kcat']] : [],
    });
  }
}

async function writeByJava(stage: ScanStage, topics: readonly FilledTopic[], phase: 1 | 3): Promise<void> {
  const plain: ProducerStep[] = CODECS.flatMap((codec) => [
    {
      producer: codec,
      do: 'open',
      properties: { 'compression.type': codec, 'linger.ms': '5' },
    },
    {
      producer: `tx ${codec}`,
      do: 'open',
      properties: { 'compression.type': codec, 'transactional.id': `tx-${codec}` },
    },
  ]);
  const steps = topics.flatMap(({ name, plan }) =>
    plan.bursts[phase].flatMap((burst) => inSteps(name, burst)),
  );
  const open = phase === 3 ? topics.flatMap(({ name, plan }) => openSteps(name, plan.open)) : [];
  await javaScript(stage.broker.target, [...plain, ...steps, ...open]);
}

function inSteps(topic: string, { by, codec, records }: Burst): ProducerStep[] {
  if (by !== 'commit' && by !== 'abort') {
    return [...records.map((record) => sendStep(codec, topic, record)), { producer: codec, do: 'flush' }];
  }
  const producer = `tx ${codec}`;
  const other = codec === 'none' ? 'lz4' : 'none';
  // Every fifth record comes from a producer without a transaction, in between.
  const sends = records.map((record, i) => sendStep(i % 5 === 4 ? other : producer, topic, record));
  return [{ producer, do: 'begin' }, ...sends, { producer: other, do: 'flush' }, { producer, do: by }];
}

function openSteps(topic: string, records: readonly PlannedRecord[]): ProducerStep[] {
  if (records.length === 0) return [];
  const producer = `open ${topic}`;
  const properties = {
    'transactional.id': `open-${topic}`,
    'transaction.timeout.ms': TRANSACTION_TIMEOUT_MS,
  };
  return [
    { producer, do: 'open', properties },
    { producer, do: 'begin' },
    ...records.map((record) => sendStep(producer, topic, record)),
    { producer, do: 'flush' },
  ];
}

function sendStep(producer: string, topic: string, { time, ...record }: PlannedRecord): ProducerStep {
  return { producer, do: 'send', topic, ...record, timestamp: hourAgo + time };
}

async function deleteRecords(stage: ScanStage, { name, plan }: FilledTopic): Promise<void> {
  const all = [...plan.deleted.keys()];
  const ends = await stage.source.offsets(name, all, 'end', 'read_committed');
  const before = new Map(
    [...ends].map(([partition, end]) => [partition, Math.floor(end * plan.deleted[partition]!)]),
  );
  await stage.gateway.deleteRecords(name, new Map([...before].filter(([, offset]) => offset > 0)));
}
