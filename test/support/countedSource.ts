import type { RecordSource } from '../../src/core/scan/recordSource';

/** What a read asked of Kafka, and what came. */
export class FetchCounts {
  /** Answers to fetches. */
  rounds = 0;
  /** Answers that brought nothing for any partition. */
  idle = 0;
  /** Bytes of record batches. */
  bytes = 0;
  /** Size of the largest batch in bytes. */
  largest = 0;
}

/** The source, with its fetches counted. Whatever else it can do goes through to it. */
export function countedSource(source: RecordSource): { source: RecordSource; counts: FetchCounts } {
  const counts = new FetchCounts();
  const fetch: RecordSource['fetch'] = async (...question) => {
    const fetched = await source.fetch(...question);
    counts.rounds += 1;
    if (fetched.length === 0) counts.idle += 1;
    for (const batch of fetched.flatMap((part) => part.batches)) {
      counts.bytes += batch.sizeInBytes;
      counts.largest = Math.max(counts.largest, batch.sizeInBytes);
    }
    return fetched;
  };
  const counted = new Proxy(source, {
    get: (target, name) => {
      if (name === 'fetch') return fetch;
      const member: unknown = Reflect.get(target, name, target);
      return typeof member === 'function' ? (member.bind(target) as unknown) : member;
    },
  });
  return { source: counted, counts };
}
