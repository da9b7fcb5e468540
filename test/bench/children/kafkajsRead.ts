// kafkajsRead.js BOOTSTRAP TOPIC COUNT: reads that many records by kafkajs' eachBatch and looks at every field of each.
import { randomUUID } from 'node:crypto';
import { type Batch, Kafka, logLevel } from 'kafkajs';
import { report } from './report';

async function main(bootstrap: string, topic: string, count: number): Promise<object> {
  const kafka = new Kafka({ brokers: [bootstrap], logLevel: logLevel.NOTHING });
  const consumer = kafka.consumer({ groupId: `bench-${randomUUID()}`, maxWaitTimeInMs: 100 });
  await consumer.connect();
  await consumer.subscribe({ topics: [topic], fromBeginning: true });
  let records = 0;
  let touched = 0;
  await new Promise<void>((resolve, reject) => {
    const eachBatch = ({ batch }: { batch: Batch }): Promise<void> => {
      for (const { offset, timestamp, key, value } of batch.messages) {
        records++;
        touched +=
          batch.partition + offset.length + timestamp.length + (key?.length ?? 0) + (value?.length ?? 0);
      }
      if (records >= count) resolve();
      return Promise.resolve();
    };
    consumer.run({ autoCommit: false, eachBatch }).catch(reject);
  });
  return { records, touched };
}

// Leaving its group would take it longer than reading did.
void main(process.argv[2] ?? '', process.argv[3] ?? '', Number(process.argv[4]))
  .then(report)
  .then(() => process.exit(0));
