import assert from 'node:assert/strict';
import { createApp } from '../../../src/api/app';
import { KafkaManagerError } from '../../../src/contract/errors';
import { clusterReportSchema } from '../../../src/contract/rest/cluster';
import { failureEnvelopeSchema, successEnvelope } from '../../../src/contract/rest/envelope';
import { topicDetailsSchema } from '../../../src/contract/rest/topics';
import { fakeManagers, type FakeManagers } from '../../support/fakeManagers';

interface Failure {
  code: string;
  message: string;
  remedy: string;
  details?: Record<string, unknown>;
}

describe('REST API', () => {
  let managers: FakeManagers;
  let app: ReturnType<typeof createApp>;
  beforeEach(async () => {
    managers = await fakeManagers();
    app = createApp(managers);
  });
  afterEach(() => managers.dispose());

  const send = (method: string, path: string, body?: unknown, headers: Record<string, string> = {}) =>
    app.request(path, {
      method,
      headers: { ...(body !== undefined && { 'content-type': 'application/json' }), ...headers },
      ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    });
  const failure = async (response: Response): Promise<Failure> => {
    const body = failureEnvelopeSchema.parse(await response.json());
    return body.error as Failure;
  };
  const data = async (response: Response): Promise<Record<string, unknown>> => {
    const body = (await response.json()) as { success: boolean; data: Record<string, unknown> };
    assert.equal(body.success, true);
    return body.data;
  };
  const create = (name: string, partitions = 1) => send('POST', '/topics', { name, partitions });

  describe('cluster', () => {
    it('tells the status of the active cluster or of one that is named', async () => {
      const response = await send('GET', '/cluster/status');
      assert.equal(response.status, 200);
      const { data: report } = successEnvelope(clusterReportSchema).parse(await response.json());
      assert.equal(report.id, 'fake');
      assert.equal(report.state, 'running');
      assert.equal(report.cluster_id, 'fake');
      assert.deepEqual(
        report.clusters.map(({ id, active }) => [id, active]),
        [
          ['fake', true],
          ['other', false],
        ],
      );
      assert.equal((await data(await send('GET', '/cluster/status?cluster=other')))['state'], 'stopped');
      const unknown = await send('GET', '/cluster/status?cluster=nobody');
      assert.equal(unknown.status, 404);
      assert.equal((await failure(unknown)).code, 'CLUSTER_NOT_FOUND');
    });

    it('stops, starts and restarts, and says 503 in between', async () => {
      assert.equal((await data(await send('POST', '/cluster/stop')))['state'], 'stopped');
      const response = await send('GET', '/topics');
      assert.equal(response.status, 503);
      assert.equal((await failure(response)).code, 'CLUSTER_NOT_RUNNING');
      assert.equal((await data(await send('GET', '/health')))['status'], 'unknown');
      assert.equal((await data(await send('POST', '/v1/cluster/start')))['state'], 'running');
      assert.equal((await data(await send('POST', '/cluster/restart')))['state'], 'running');
      assert.equal((await data(await send('GET', '/health')))['status'], 'healthy');
    });
  });

  describe('topics', () => {
    it('creates with the defaults, lists, describes and deletes', async () => {
      const created = await send('POST', '/v1/topics', { name: 'orders' });
      assert.equal(created.status, 201);
      assert.equal(created.headers.get('location'), '/v1/topics/orders');
      assert.deepEqual(await data(created), {
        name: 'orders',
        partitions: 3,
        replication_factor: 1,
        created: true,
      });
      const list = await data(await send('GET', '/topics'));
      assert.equal(list['total'], 1);
      const details = successEnvelope(topicDetailsSchema).parse(
        await (await send('GET', created.headers.get('location')!)).json(),
      ).data;
      assert.equal(details.partition_info.length, 3);
      assert.deepEqual(
        [details.partition_info[0]?.beginning_offset, details.partition_info[0]?.end_offset],
        [0, 0],
      );
      assert.equal((await send('DELETE', '/topics/orders')).status, 200);
      for (const method of ['GET', 'DELETE']) {
        const gone = await send(method, '/topics/orders');
        assert.equal(gone.status, 404);
        assert.equal((await failure(gone)).code, 'TOPIC_NOT_FOUND');
      }
    });

    it('refuses a second topic of the same name, and one that collides', async () => {
      await create('a.b');
      assert.equal((await create('a.b')).status, 409);
      assert.equal((await failure(await create('a_b'))).code, 'TOPIC_NAME_COLLISION');
    });

    it('says for each field what is wrong with it, and creates nothing', async () => {
      const response = await send('POST', '/topics', {
        name: 'a b',
        partitions: 0,
        replication_factor: '1',
        nonsense: 1,
      });
      assert.equal(response.status, 422);
      const { code, details } = await failure(response);
      assert.equal(code, 'VALIDATION_ERROR');
      assert.deepEqual(Object.keys(details ?? {}).sort(), [
        'name',
        'nonsense',
        'partitions',
        'replication_factor',
      ]);
      for (const bad of [
        {},
        [],
        null,
        '"x"',
        { name: '' },
        { name: '.' },
        { name: '..' },
        { name: 'ü' },
        { name: 'x'.repeat(250) },
        { name: 'x', partitions: 1.5 },
        { name: 'x', partitions: 10_001 },
        { name: 'x', partitions: null },
        { name: 'x', config: { 'retention.ms': {} } },
      ]) {
        assert.equal((await send('POST', '/topics', bad)).status, 422, JSON.stringify(bad));
      }
      const unsafe = '{"name":"x","config":{"retention.ms":9223372036854775807}}';
      assert.equal((await send('POST', '/topics', unsafe)).status, 422);
      assert.equal(managers.kafka.topics.size, 0);
    });

    it('asks the broker without creating with validate_only', async () => {
      const response = await send('POST', '/topics', { name: 'orders', validate_only: true });
      assert.equal((await data(response))['created'], false);
      assert.equal(managers.kafka.topics.size, 0);
    });

    it('reads and changes single config entries', async () => {
      await send('POST', '/topics', {
        name: 'orders',
        config: { 'retention.ms': 1000, 'segment.bytes': '2000' },
      });
      const patch = (config: unknown) => send('PATCH', '/topics/orders/config', { config });
      const values = (entries: unknown) =>
        (entries as { name: string; value: string }[]).map(({ name, value }) => [name, value]);
      const changed = await patch({
        'retention.ms': 5000,
        'segment.bytes': null,
        'cleanup.policy': 'compact',
      });
      assert.deepEqual(values((await data(changed))['config']), [
        ['retention.ms', '5000'],
        ['cleanup.policy', 'compact'],
      ]);
      assert.equal((await patch({})).status, 422);
      assert.equal((await failure(await patch({ nonsense: 'x' }))).code, 'INVALID_CONFIGURATION');
      assert.equal((await send('GET', '/topics/none/config')).status, 404);
    });

    it('adds partitions but takes none away', async () => {
      await create('orders', 2);
      const add = (partitions: number) => send('POST', '/topics/orders/partitions', { partitions });
      assert.equal((await data(await add(4)))['partitions'], 4);
      const fewer = await add(3);
      assert.equal(fewer.status, 422);
      assert.equal((await failure(fewer)).code, 'INVALID_PARTITIONS');
    });

    it('truncates to an offset, and wholly', async () => {
      await create('orders');
      for (let i = 0; i < 5; i++) await send('POST', '/produce', { topic: 'orders', value: `v${i}` });
      const truncate = (body: unknown) => send('POST', '/topics/orders/truncate', body);
      assert.deepEqual(
        (await data(await truncate({ before: [{ partition: 0, offset: 2 }] })))['beginnings'],
        [{ partition: 0, offset: 2 }],
      );
      assert.equal((await truncate({ before: [{ partition: 0, offset: 9 }] })).status, 422);
      assert.equal((await truncate({ before: [{ partition: 7, offset: 0 }] })).status, 404);
      assert.deepEqual((await data(await truncate({})))['beginnings'], [{ partition: 0, offset: 5 }]);
    });
  });

  describe('bodies', () => {
    it('refuses what is no JSON with 400, without quoting it', async () => {
      const deep = `{"topic":"t","value":${'['.repeat(101)}${']'.repeat(101)}}`;
      for (const body of [
        '',
        '{',
        '{"name":"a",}',
        "{'name':1}",
        '\u0000',
        '{"name":"a","name":"b"}',
        'NaN',
        deep,
      ]) {
        const response = await send('POST', '/produce', body);
        assert.equal(response.status, 400, body.slice(0, 30));
        assert.equal((await failure(response)).code, 'MALFORMED_REQUEST');
      }
      const { message } = await failure(await send('POST', '/produce', '{"value": hush}'));
      assert.ok(!message.includes('hush'), message);
      const latin1 = await app.request('/topics', {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: Buffer.from('{"name":"\xfc"}', 'latin1'),
      });
      assert.equal(latin1.status, 400);
    });

    it('takes __proto__ for what it is: a field that nobody knows', async () => {
      const response = await send('POST', '/topics', '{"name":"a","__proto__":{"partitions":7}}');
      assert.equal(response.status, 422);
      assert.match(await response.text(), /there is no such field/);
      assert.equal(({} as Record<string, unknown>)['partitions'], undefined);
    });

    it('refuses one where none belongs, but for that of clients that always send {}', async () => {
      assert.equal((await send('POST', '/cluster/start', {})).status, 200);
      const response = await send('POST', '/cluster/start', { cluster: 'other' });
      assert.equal(response.status, 422);
      assert.deepEqual((await failure(response)).details, { cluster: 'is not a field that is known here' });
      assert.equal(managers.clusters.status('other').state, 'stopped');
      assert.equal((await send('POST', '/cluster/stop', 'now')).status, 400);
      assert.equal(managers.clusters.status().state, 'running');
      assert.equal((await send('DELETE', '/topics/none', { before: 1 })).status, 422);
    });

    it('wants a body where one belongs', async () => {
      const response = await app.request('/topics', { method: 'POST' });
      assert.equal(response.status, 415);
    });
  });

  describe('negotiation', () => {
    it('makes JSON for who takes it and says 406 to others', async () => {
      for (const accept of ['*/*', 'application/json', 'application/*;q=0.5', 'text/html, */*;q=0.1', '']) {
        assert.equal((await send('GET', '/topics', undefined, { accept })).status, 200, accept);
      }
      for (const accept of ['text/html', 'application/xml', 'application/json;q=0', 'application/x-ndjson']) {
        const response = await send('GET', '/topics', undefined, { accept });
        assert.equal(response.status, 406, accept);
        assert.equal((await failure(response)).code, 'NOT_ACCEPTABLE');
      }
    });
  });

  it('refuses unknown and doubled query parameters', async () => {
    for (const query of ['x=1', 'internal=maybe', 'internal=true&internal=true', 'cluster=', 'cluster=A']) {
      assert.equal((await send('GET', `/topics?${query}`)).status, 422, query);
    }
  });

  it('answers what it does not expect with a sentence of its own, and logs the cause', async () => {
    const broken = createApp({
      ...managers,
      topics: Object.assign(Object.create(managers.topics) as typeof managers.topics, {
        list: () => Promise.reject(new Error('secret inside')),
      }),
    });
    const response = await broken.request('/topics');
    assert.equal(response.status, 500);
    const text = await response.text();
    assert.ok(!text.includes('secret'));
    const { requestId } = JSON.parse(text) as { requestId: string };
    assert.ok(managers.log.some((line) => line.includes(requestId) && line.includes('secret inside')));
  });

  it('turns a deadline into 504 and keeps the remedy of a manager', async () => {
    const failing = (error: Error) =>
      createApp({
        ...managers,
        topics: Object.assign(Object.create(managers.topics) as typeof managers.topics, {
          list: () => Promise.reject(error),
        }),
      }).request('/topics');
    assert.equal((await failing(new DOMException('late', 'TimeoutError'))).status, 504);
    const known = await failing(
      new KafkaManagerError('KAFKA_CONNECTION_ERROR', 'gone', { remedy: 'do this', details: { a: 1 } }),
    );
    assert.equal(known.status, 503);
    assert.deepEqual(await failure(known), {
      code: 'KAFKA_CONNECTION_ERROR',
      message: 'gone',
      type: 'connection_error',
      remedy: 'do this',
      details: { a: 1 },
    });
  });

  describe('OpenAPI document', () => {
    it('has every route with its security, and every failure in the one form', async () => {
      const document = (await (await send('GET', '/openapi.json')).json()) as {
        openapi: string;
        paths: Record<string, Record<string, { security: unknown[]; responses: Record<string, unknown> }>>;
      };
      assert.equal(document.openapi, '3.1.0');
      const operations = Object.entries(document.paths).flatMap(([path, methods]) =>
        Object.keys(methods).map((method) => `${method.toUpperCase()} ${path}`),
      );
      assert.deepEqual(operations.sort(), [
        'DELETE /topics/{topic}',
        'GET /cluster/status',
        'GET /consume',
        'GET /health',
        'GET /topics',
        'GET /topics/{topic}',
        'GET /topics/{topic}/config',
        'PATCH /topics/{topic}/config',
        'POST /cluster/restart',
        'POST /cluster/start',
        'POST /cluster/stop',
        'POST /produce',
        'POST /produce/batch',
        'POST /topics',
        'POST /topics/{topic}/partitions',
        'POST /topics/{topic}/truncate',
      ]);
      for (const [path, methods] of Object.entries(document.paths)) {
        for (const operation of Object.values(methods)) {
          assert.deepEqual(operation.security, path === '/health' ? [] : [{ bearer: [] }]);
          for (const [status, response] of Object.entries(operation.responses)) {
            if (status.startsWith('2')) continue;
            assert.match(JSON.stringify(response), /"#\/components\/schemas\/Failure"/);
          }
        }
      }
    });
  });
});
