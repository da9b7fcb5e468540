// createTopics.js BOOTSTRAP COUNT: creates topics of one partition, 1,000 by a request (KRaft takes 10,000 records at most
// for one operation), and waits until their logs are there.
import { createLogger } from '../../../src/base/logger';
import { KafkaConnection } from '../../../src/kafka/connection';
import { createTopics } from '../../../src/kafka/protocol/messages/createTopics';
import { describeLogDirs } from '../../../src/kafka/protocol/messages/describeLogDirs';
import { until } from '../../support/until';
import { report } from './report';

const perRequest = 1_000;

async function main(bootstrap: string, count: number): Promise<object> {
  const connection = await KafkaConnection.open(
    { bootstrap: [bootstrap] },
    { logger: createLogger(() => {}) },
  );
  const names = Array.from({ length: count }, (_, i) => `bench.many.events-${String(i).padStart(5, '0')}`);
  for (let first = 0; first < count; first += perRequest) {
    const topics = names
      .slice(first, first + perRequest)
      .map((name) => ({ name, numPartitions: 1, replicationFactor: 1, assignments: [], configs: [] }));
    const answer = await connection.call(
      'controller',
      createTopics,
      { topics, timeoutMs: 60_000 },
      { timeoutMs: 90_000 },
    );
    const refused = answer.topics.find(({ errorCode }) => errorCode !== 0);
    if (refused) throw new Error(`${refused.name} was refused with code ${refused.errorCode}`);
  }
  const logs = async (): Promise<number> => {
    const { results } = await connection.call(
      'any',
      describeLogDirs,
      { topics: null },
      { timeoutMs: 60_000 },
    );
    return results.flatMap(({ topics }) => topics).filter(({ name }) => name.startsWith('bench.many.'))
      .length;
  };
  await until(async () => (await logs()) >= count, { deadlineMs: 180_000, what: 'the logs', everyMs: 500 });
  connection.dispose();
  return { count };
}

void main(process.argv[2] ?? '', Number(process.argv[3])).then(report);
