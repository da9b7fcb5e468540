// fillTopic.js BOOTSTRAP TOPIC RECORDS PARTITIONS BATCH-BYTES none|zstd SPAN-MS: writes at least that many records of 200
// bytes, evenly over the partitions and over a time that ends now. A few batches are built once and repeated.
import { createLogger } from '../../../src/base/logger';
import { KafkaConnection } from '../../../src/kafka/connection';
import { produce } from '../../../src/kafka/protocol/messages/produce';
import { benchLines, valueBytes } from '../benchLines';
import { report } from './report';
import { templateBatch } from './templateBatch';

const templateCount = 8;
/** Requests on their way at once. */
const inFlight = 4;

async function main(
  bootstrap: string,
  topic: string,
  counts: readonly number[],
  zstd: boolean,
): Promise<object> {
  const [records = 0, partitions = 1, batchBytes = 1, spanMs = 1] = counts;
  const perPartition = Math.ceil(records / partitions);
  const stepMs = spanMs / perPartition;
  const linesNeeded = templateCount * Math.ceil(batchBytes / valueBytes);
  const lines = Buffer.concat([...benchLines(linesNeeded)]);
  let line = 0;
  const value = (): Buffer => {
    const from = line++ * (valueBytes + 1);
    return lines.subarray(from, from + valueBytes);
  };
  const templates = Array.from({ length: templateCount }, () =>
    templateBatch(value, { batchBytes, stepMs, zstd }),
  );
  const connection = await KafkaConnection.open(
    { bootstrap: [bootstrap] },
    { logger: createLogger(() => {}) },
  );
  const leader = (await connection.leaders(topic)).get(0)!;
  const written = new Array<number>(partitions).fill(0);
  // A broker refuses timestamps that lie ahead, and the last batch may pass the end of the time.
  const start = Date.now() - spanMs - Math.max(...templates.map((template) => template.records)) * stepMs;
  const send = async (partitionData: readonly { index: number; records: Buffer }[]): Promise<void> => {
    const request = { acks: -1, timeoutMs: 30_000, topicData: [{ name: topic, partitionData }] };
    const { responses } = await connection.call(leader, produce, request, { timeoutMs: 60_000 });
    const refused = responses[0]?.partitionResponses.find(({ errorCode }) => errorCode !== 0);
    if (refused) throw new Error(`the broker refused a batch with code ${refused.errorCode}`);
  };
  const open: Promise<void>[] = [];
  for (let round = 0; written.some((count) => count < perPartition); round++) {
    // A request takes one batch of each partition.
    const parts: { index: number; records: Buffer }[] = [];
    for (let index = 0; index < partitions; index++) {
      if (written[index]! >= perPartition) continue;
      const template = templates[(round + index) % templateCount]!;
      const batch = template.at(Math.floor(start + written[index]! * stepMs));
      written[index]! += template.records;
      parts.push({ index, records: batch });
    }
    open.push(send(parts));
    if (open.length >= inFlight) await open.shift();
  }
  await Promise.all(open);
  connection.dispose();
  return { records: written.reduce((sum, count) => sum + count, 0) };
}

const [bootstrap = '', topic = '', records, partitions, batchBytes, codec, spanMs] = process.argv.slice(2);
const counts = [records, partitions, batchBytes, spanMs].map(Number);
void main(bootstrap, topic, counts, codec === 'zstd').then(report);
