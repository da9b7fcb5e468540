import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { BatchBuilder } from '../../../src/kafka/records/batchBuilder';
import type { CompressionName } from '../../../src/core/kafkaTypes';
import { splitBatches, withSection } from './storedBatch';

/** A batch that is in order, to be damaged. */
export interface CorpusBatch {
  /** Who wrote it and how, such as `java-gzip`. */
  readonly name: string;
  readonly bytes: Buffer;
}

/**
 * Batches of every codec: of our own builder, and of Kafka's own producer and librdkafka as Kafka 4 had them in its log
 * (capturedBatches.json: the bytes of a segment in base64, by who wrote it).
 */
export function batchCorpus(): readonly CorpusBatch[] {
  const file = join(import.meta.dirname, 'capturedBatches.json');
  const captured = JSON.parse(readFileSync(file, 'utf8')) as Record<string, string>;
  const others = Object.entries(captured).flatMap(([name, base64]) =>
    splitBatches(Buffer.from(base64, 'base64')).map((bytes) => ({ name, bytes })),
  );
  return [...(['none', 'gzip', 'snappy', 'lz4'] as const).map(own), ownZstd(), ...others];
}

function own(codec: CompressionName): CorpusBatch {
  const builder = new BatchBuilder(1 << 20);
  for (let i = 0; i < 10; i++) {
    builder.add({
      key: i % 3 === 0 ? null : Buffer.from(`key ${i}`),
      value: i % 4 === 3 ? null : Buffer.from(`value ${i} `.repeat(i)),
      headers: i % 2 ? [{ key: 'trace', value: Buffer.from(`t${i}`) }] : [],
      timestamp: 1_700_000_000_000 - i * 5,
    });
  }
  return { name: `own-${codec}`, bytes: builder.finish(undefined, codec) };
}

/** Where Node can't write zstd, the frame is one of stored blocks. */
function ownZstd(): CorpusBatch {
  const plain = own('none').bytes;
  const section = plain.subarray(61);
  const header = Buffer.from(plain);
  header[22] = 4;
  return { name: 'own-zstd', bytes: withSection(header, section) };
}
