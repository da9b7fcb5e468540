// createTopics.js BOOTSTRAP COUNT: creates topics of one partition and waits until their logs are there.
import { createManyTopics } from '../../support/real/manyTopics';
import { report } from './report';

async function main(bootstrap: string, count: number): Promise<object> {
  const names = Array.from({ length: count }, (_, i) => `bench.many.events-${String(i).padStart(5, '0')}`);
  await createManyTopics(bootstrap, names);
  return { count };
}

void main(process.argv[2] ?? '', Number(process.argv[3])).then(report);
