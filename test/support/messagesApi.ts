import assert from 'node:assert/strict';
import { createApp } from '../../src/api/app';
import { consumePageSchema } from '../../src/contract/rest/consume';
import { successEnvelope } from '../../src/contract/rest/envelope';
import { fakeManagers, type FakeManagers } from './fakeManagers';

/** A record as the API shows it. */
export interface Shown {
  key: unknown;
  key_format: string | null;
  value: unknown;
  value_format: string | null;
  headers: { key: string; value: string | null; format: string | null }[];
  offset: number;
  partition: number;
  timestamp: number | null;
}

/** A page of records as the API shows it, or the summary of a stream. */
export interface Page {
  records: Shown[];
  stop_reason: string;
  scanned: number;
  matched: number;
  position: string;
}

/** The API on a fake cluster with the topics `t`, of one partition, and `wide`, of three. */
export class MessagesApi {
  readonly managers: FakeManagers;
  readonly app: ReturnType<typeof createApp>;

  private constructor(managers: FakeManagers) {
    this.managers = managers;
    this.app = createApp({ ...managers, heartbeatMs: 30 });
  }

  static async start(): Promise<MessagesApi> {
    const managers = await fakeManagers();
    await managers.topics.create(undefined, { name: 't', partitions: 1, replicationFactor: 1 });
    await managers.topics.create(undefined, { name: 'wide', partitions: 3, replicationFactor: 1 });
    return new MessagesApi(managers);
  }

  /** Posts JSON; a text is sent as it is. */
  async post(path: string, body: unknown): Promise<Response> {
    return this.app.request(path, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: typeof body === 'string' ? body : JSON.stringify(body),
    });
  }

  /** Produces to `t`. */
  produce(message: Record<string, unknown>): Promise<Response> {
    return this.post('/produce', { topic: 't', ...message });
  }

  /** A page of records, checked against its schema. */
  async consume(query = 'topic=t'): Promise<Page> {
    const response = await this.app.request(`/consume?${query}`);
    const body: unknown = await response.json();
    assert.equal(response.status, 200, JSON.stringify(body));
    successEnvelope(consumePageSchema).parse(body);
    return (body as { data: Page }).data;
  }

  /** Records as NDJSON. */
  async stream(query: string): Promise<Response> {
    return this.app.request(`/consume?${query}`, { headers: { accept: 'application/x-ndjson' } });
  }

  /** What the cluster holds of a topic, its bytes in Latin-1. */
  bytesOf(topic = 't') {
    return this.managers.kafka.topics
      .get(topic)!
      .partitions.flatMap(({ records }) => records)
      .map(({ key, value, headers }) => ({
        key: key && Buffer.from(key).toString('latin1'),
        value: value && Buffer.from(value).toString('latin1'),
        headers: headers.map(({ key: k, value: v }) => [k, v && Buffer.from(v).toString('latin1')]),
      }));
  }

  dispose(): void {
    this.managers.dispose();
  }
}

/** The code of a failure. */
export async function codeOf(response: Response): Promise<string> {
  return ((await response.json()) as { error: { code: string } }).error.code;
}
