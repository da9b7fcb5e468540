import { once } from 'node:events';
import http from 'node:http';
import { text } from 'node:stream/consumers';
import * as z from 'zod';
import { KafkaManagerError } from '../contract/errors';

/** Where the API is, and its key. */
export interface ApiAccess {
  readonly url: string;
  readonly key: string;
}

const producedSchema = z.object({ data: z.object({ partition: z.int(), offset: z.int() }) });
const consumedSchema = z.object({
  data: z.object({ records: z.array(z.object({ partition: z.int(), offset: z.int(), value: z.unknown() })) }),
});
const failureSchema = z.object({ error: z.object({ code: z.string(), message: z.string() }) });

/** The topic of the round trip. */
export const HELLO_TOPIC = 'hello';

/**
 * The main job once, through the REST API as any script would do it: makes sure that the topic is there, produces one
 * message and consumes that very message.
 * @param step hears each thing that was done
 * @throws KafkaManagerError where one of them failed
 */
export async function roundTrip(
  api: ApiAccess,
  step: (text: string) => void,
  signal?: AbortSignal,
): Promise<void> {
  const created = await request(api, 'POST', '/topics', { name: HELLO_TOPIC, partitions: 1 }, signal);
  if (created.status === 409) step(`Topic "${HELLO_TOPIC}" is there already`);
  else {
    expectSuccess(created);
    step(`Created topic "${HELLO_TOPIC}" (POST /topics)`);
  }
  const greeting = `Hello from Local Kafka Manager at ${new Date().toISOString()}`;
  const answer = await request(
    api,
    'POST',
    '/produce',
    { topic: HELLO_TOPIC, key: 'greeting', value: greeting },
    signal,
  );
  const { data: at } = producedSchema.parse(expectSuccess(answer));
  step(`Produced one message: partition ${at.partition}, offset ${at.offset} (POST /produce)`);

  const query = new URLSearchParams({
    topic: HELLO_TOPIC,
    from: `offset:${at.offset}`,
    partitions: String(at.partition),
    limit: '1',
    wait_ms: '5000',
  });
  const read = await request(api, 'GET', `/consume?${query.toString()}`, undefined, signal);
  const [record] = consumedSchema.parse(expectSuccess(read)).data.records;
  if (record?.offset !== at.offset || record.value !== greeting) {
    throw new KafkaManagerError('KAFKA_ERROR', 'The message that came back is not the one that was sent.');
  }
  step('Consumed it: it is the same (GET /consume)');
}

interface Answer {
  readonly status: number;
  readonly what: string;
  readonly body: unknown;
}

/** By node:http, which is loaded already: the first fetch() of a process costs 50 ms. */
async function request(
  api: ApiAccess,
  method: string,
  path: string,
  body: unknown,
  signal?: AbortSignal,
): Promise<Answer> {
  const sent = http.request(api.url + path, {
    method,
    headers: {
      authorization: `Bearer ${api.key}`,
      ...(body !== undefined && { 'content-type': 'application/json' }),
    },
    ...(signal && { signal }),
  });
  sent.end(body === undefined ? undefined : JSON.stringify(body));
  const [response] = (await once(sent, 'response')) as [http.IncomingMessage];
  const answer: unknown = JSON.parse(await text(response));
  return { status: response.statusCode ?? 0, what: `${method} ${path.split('?')[0] ?? path}`, body: answer };
}

function expectSuccess(answer: Answer): unknown {
  if (answer.status < 300) return answer.body;
  const failure = failureSchema.safeParse(answer.body);
  const why = failure.success
    ? `${failure.data.error.message} (${failure.data.error.code})`
    : `HTTP ${answer.status}`;
  throw new KafkaManagerError('KAFKA_ERROR', `${answer.what} failed: ${why}`);
}
