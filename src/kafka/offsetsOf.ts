import { delay } from '../base/async';
import { backoffMs } from '../base/retry';
import { Turn } from '../core/turn';
import { ask } from './calls';
import { cancellable } from './cancellable';
import type { KafkaConnection } from './connection';
import { isConnectionLoss } from './errors';
import { BEGINNING, END, isolationLevels } from './offsets';
import { errorCode, isRetriableCode } from './protocol/errorCodes';
import { listOffsets } from './protocol/messages/listOffsets';
import { sliced } from './sliced';

/** What reading offsets of many topics needs of a connection. */
type OffsetsConnection = Pick<KafkaConnection, 'call' | 'leadersOf' | 'invalidate'>;

/** Topics and partitions per request: more take too long to encode and to decode. */
const topicsPerRequest = 500;
const partitionsPerRequest = 1_000;
const attempts = 3;
const backoff = { baseMs: 50, maxMs: 500 };

/** Partitions of one topic that one broker leads. */
interface LedTopic {
  readonly topic: string;
  readonly partitions: readonly number[];
}

/**
 * Beginning or end of the partitions of many topics, in slices by leader. Topics that do not exist are absent;
 * partitions without an answer are undefined, after further tries where the leader moved.
 * @throws KAFKA_CONNECTION_ERROR and others where no broker answers at all
 */
export async function offsetsOf(
  connection: OffsetsConnection,
  topics: ReadonlyMap<string, readonly number[] | 'all'>,
  which: 'beginning' | 'end',
  signal?: AbortSignal,
): Promise<ReadonlyMap<string, ReadonlyMap<number, number | undefined>>> {
  const timestamp = which === 'beginning' ? BEGINNING : END;
  const found = new Map<string, Map<number, number | undefined>>();
  let pending = topics;
  let failure: unknown;
  for (let attempt = 0; attempt < attempts && pending.size > 0; attempt++) {
    if (attempt > 0) await cancellable(delay(backoffMs(attempt - 1, backoff)), signal);
    const asked = pending;
    const leaders = await ask(() => connection.leadersOf([...asked.keys()], signal), signal);
    // One for all steps up to the first request: they may follow each other without a wait.
    const turn = new Turn();
    for (const topic of asked.keys()) {
      if (turn.isOverSoon()) await turn.pass();
      const known = leaders.get(topic);
      if (!known) found.delete(topic);
      else if (!found.has(topic)) found.set(topic, unanswered(known, topics.get(topic)));
    }
    const again = new Map<string, number[]>();
    const byBroker = [...(await byLeader(asked, leaders, turn))].map(async ([leader, led]) => {
      for (const request of requestsOf(led)) {
        try {
          const answer = await askLeader(connection, leader, request, timestamp, signal);
          for (const [topic, partition, offset] of answer.found) found.get(topic)?.set(partition, offset);
          for (const [topic, partition] of answer.moved) add(again, topic, partition);
        } catch (error) {
          if (signal?.aborted) throw error;
          failure = error;
          const mayPass = isConnectionLoss(error);
          for (const { topic, partitions } of request) {
            connection.invalidate(topic);
            if (mayPass) for (const partition of partitions) add(again, topic, partition);
          }
        }
      }
    });
    await Promise.all(byBroker);
    pending = again;
  }
  const isAnswered = [...found.values()].some((offsets) =>
    [...offsets.values()].some((offset) => offset !== undefined),
  );
  // eslint-disable-next-line @typescript-eslint/only-throw-error -- what was caught is thrown on
  if (failure !== undefined && !isAnswered) throw failure;
  return found;
}

function unanswered(
  known: ReadonlyMap<number, number>,
  wanted: readonly number[] | 'all' = 'all',
): Map<number, number | undefined> {
  const partitions = wanted === 'all' ? [...known.keys()] : wanted;
  return new Map(partitions.map((partition) => [partition, undefined]));
}

/** Topics by the broker that leads their partitions; partitions that nobody leads, or that do not exist, are left out. */
async function byLeader(
  topics: ReadonlyMap<string, readonly number[] | 'all'>,
  leaders: ReadonlyMap<string, ReadonlyMap<number, number>>,
  turn: Turn,
): Promise<ReadonlyMap<number, readonly LedTopic[]>> {
  const brokers = new Map<number, LedTopic[]>();
  for (const [topic, wanted] of topics) {
    const known = leaders.get(topic) ?? new Map<number, number>();
    const led = new Map<number, number[]>();
    for (const partition of wanted === 'all' ? known.keys() : wanted) {
      const leader = known.get(partition) ?? -1;
      if (leader >= 0) add(led, leader, partition);
    }
    for (const [leader, partitions] of led) add(brokers, leader, { topic, partitions });
    if (turn.isOverSoon()) await turn.pass();
  }
  if (turn.isOver) await turn.pass();
  return brokers;
}

/** What is asked of one broker, as requests of bounded size. */
function* requestsOf(led: readonly LedTopic[]): Generator<readonly LedTopic[]> {
  let request: LedTopic[] = [];
  let size = 0;
  for (const { topic, partitions } of led) {
    for (const slice of sliced(partitions, partitionsPerRequest)) {
      if (request.length === topicsPerRequest || size + slice.length > partitionsPerRequest) {
        yield request;
        request = [];
        size = 0;
      }
      request.push({ topic, partitions: slice });
      size += slice.length;
    }
  }
  if (request.length > 0) yield request;
}

async function askLeader(
  connection: OffsetsConnection,
  leader: number,
  request: readonly LedTopic[],
  timestamp: number,
  signal: AbortSignal | undefined,
): Promise<{
  readonly found: readonly (readonly [topic: string, partition: number, offset: number])[];
  readonly moved: readonly (readonly [topic: string, partition: number])[];
}> {
  const topics = request.map(({ topic, partitions }) => ({
    name: topic,
    partitions: partitions.map((partitionIndex) => ({ partitionIndex, timestamp })),
  }));
  const isolationLevel = isolationLevels.read_uncommitted;
  const answer = await connection.call(
    leader,
    listOffsets,
    { replicaId: -1, isolationLevel, topics },
    { signal },
  );
  const found: [string, number, number][] = [];
  const moved: [string, number][] = [];
  for (const { name, partitions } of answer.topics) {
    for (const { errorCode: code, partitionIndex, offset } of partitions) {
      if (code === errorCode.NONE) found.push([name, partitionIndex, offset]);
      else {
        connection.invalidate(name);
        if (isRetriableCode(code)) moved.push([name, partitionIndex]);
      }
    }
  }
  return { found, moved };
}

function add<K, V>(map: Map<K, V[]>, key: K, value: V): void {
  const values = map.get(key);
  if (values) values.push(value);
  else map.set(key, [value]);
}
