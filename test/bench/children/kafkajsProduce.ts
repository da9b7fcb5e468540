// kafkajsProduce.js BOOTSTRAP TOPIC FILE COUNT: writes each line of a file as a record by kafkajs (acks=all, idempotent),
// COUNT a send, one send after the other: with several at a time it loses records where an answer is lost.
import { Kafka, logLevel } from 'kafkajs';
import { fileLines } from './fileLines';
import { report } from './report';

async function main(bootstrap: string, topic: string, file: string, perSend: number): Promise<object> {
  const kafka = new Kafka({ brokers: [bootstrap], logLevel: logLevel.NOTHING });
  const producer = kafka.producer({ idempotent: true, allowAutoTopicCreation: false });
  await producer.connect();
  let written = 0;
  let messages: { value: Buffer }[] = [];
  const send = async (): Promise<void> => {
    await producer.send({ topic, acks: -1, messages });
    written += messages.length;
    messages = [];
  };
  for (const value of fileLines(file, (piece, from, to) => piece.subarray(from, to))) {
    messages.push({ value });
    if (messages.length === perSend) await send();
  }
  if (messages.length > 0) await send();
  await producer.disconnect();
  return { written };
}

const [bootstrap = '', topic = '', file = '', perSend] = process.argv.slice(2);
void main(bootstrap, topic, file, Number(perSend)).then(report);
