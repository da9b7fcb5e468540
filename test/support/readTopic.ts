import type { ConsumedRecord } from '../../src/core/kafkaTypes';
import type { Isolation } from '../../src/core/scan/query';
import type { RecordSource } from '../../src/core/scan/recordSource';
import { plainRecord, recordsOf } from './rowsOf';

/** Reads a topic from beginning to end through a source: per partition in the order of the answers. */
export async function readTopic(
  source: RecordSource,
  topic: string,
  isolation: Isolation = 'read_committed',
  maxBytesPerPartition = 1 << 20,
): Promise<ConsumedRecord[]> {
  const partitions = await source.partitions(topic);
  const ends = await source.offsets(topic, partitions, 'end', isolation);
  const at = new Map(await source.offsets(topic, partitions, 'beginning', isolation));
  const records = new Map<number, ConsumedRecord[]>(partitions.map((partition) => [partition, []]));
  const options = { isolation, maxBytesPerPartition, maxWaitMs: 500, minBytes: 1 };
  for (;;) {
    const left = partitions.filter((partition) => at.get(partition)! < ends.get(partition)!);
    if (left.length === 0) return partitions.flatMap((partition) => records.get(partition)!);
    const positions = left.map((partition) => ({ partition, offset: at.get(partition)! }));
    for (const { partition, batches, nextOffset, outOfRange } of await source.fetch(
      topic,
      positions,
      options,
    )) {
      if (outOfRange) throw new Error(`partition ${partition} ends or begins elsewhere now`);
      for (const batch of batches) {
        const visible = recordsOf(batch).filter(({ offset }) => offset >= at.get(partition)!);
        records.get(partition)!.push(...visible.map(plainRecord));
      }
      at.set(partition, nextOffset);
    }
  }
}
