import assert from 'node:assert/strict';
import type { ProducedRecord } from '../../src/core/kafkaTypes';
import type { TransactionalProducer } from '../../src/core/ports';
import type { Isolation } from '../../src/core/scan/query';
import { javaDump } from './real/javaRecords';
import { kcatConsume } from './real/tools';
import type { ScanStage } from './scanStage';
import { beginning, text } from './scanWords';
import { inOrder, lines } from './topicReads';
import { until } from './until';

/** Writes text into a partition of the open transaction; the records are sent at once, so that they share batches. */
export function write(
  producer: TransactionalProducer,
  topic: string,
  values: readonly string[],
  partition = 0,
): Promise<ProducedRecord[]> {
  return Promise.all(
    values.map((value) => producer.produce({ topic, partition, key: null, value: text(value) })),
  );
}

/**
 * The values that kcat, Kafka's own consumer and our scan show, which must be the same records. A transaction may be
 * open.
 */
export async function readByAll(
  stage: ScanStage,
  topic: string,
  isolation: Isolation = 'read_committed',
): Promise<string[]> {
  const properties = { 'isolation.level': isolation };
  const byKcat = inOrder(await kcatConsume(stage.bootstrap, topic, { properties }));
  const byJava = inOrder(await javaDump(stage.broker.target, topic, { isolation }));
  assert.deepEqual(lines(byKcat), lines(byJava));
  await stage.reads.bothWays({ topic, from: beginning, isolation }, byJava);
  return byJava.map(({ value }) => value!.toString());
}

/** As readByAll(), when the markers of all transactions are written: a commit is answered before they are. */
export async function readEnded(stage: ScanStage, topic: string): Promise<string[]> {
  await ended(stage, topic);
  return readByAll(stage, topic);
}

/** Waits until no transaction of the topic is open: its last stable offset is its end. */
export async function ended({ source }: ScanStage, topic: string): Promise<void> {
  const partitions = await source.partitions(topic);
  const isEnded = async (): Promise<boolean> => {
    const stable = await source.offsets(topic, partitions, 'end', 'read_committed');
    const end = await source.offsets(topic, partitions, 'end', 'read_uncommitted');
    return partitions.every((partition) => stable.get(partition) === end.get(partition));
  };
  await until(isEnded, { deadlineMs: 20_000, what: `the end of the transactions of ${topic}` });
}
