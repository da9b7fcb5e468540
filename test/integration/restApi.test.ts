import assert from 'node:assert/strict';
import { KAFKA_LINES, realKafka } from '../support/real/kafkaDist';
import { type JavaBroker, startJavaBroker } from '../support/real/javaBroker';
import { makeTempDir } from '../support/real/tempDir';
import { kcatConsume } from '../support/real/tools';
import { type ApiReply, Terminal } from '../support/terminal';

/** A broker under the API: an Apache Kafka as an external cluster, or the playground broker. */
interface Stage {
  readonly name: string;
  readonly args: () => Promise<readonly string[]>;
  readonly end: () => Promise<void>;
}

const stages: readonly Stage[] = [
  ...KAFKA_LINES.map((line): Stage => {
    let broker: JavaBroker | undefined;
    return {
      name: `Apache Kafka ${line}`,
      args: async () => {
        broker = await startJavaBroker(await realKafka(line));
        return ['--bootstrap', broker.bootstrap];
      },
      end: async () => broker?.dispose(),
    };
  }),
  { name: 'the playground broker', args: async () => ['--port', '0'], end: async () => {} },
];

const codeOf = ({ body }: ApiReply): unknown => (body['error'] as { code: string } | undefined)?.code;
// The caller says what it expects to find; the assertions on it follow.
// eslint-disable-next-line @typescript-eslint/no-unnecessary-type-parameters
const dataOf = <T>({ status, body }: ApiReply): T => {
  assert.ok(status < 300, `${status}: ${JSON.stringify(body)}`);
  return body['data'] as T;
};

interface Page {
  readonly records: {
    offset: number;
    key: unknown;
    value: unknown;
    key_format: string | null;
    value_format: string | null;
    headers: { key: string; value: string | null; format: string | null }[];
  }[];
  readonly position: string;
  readonly stop_reason: string;
}

for (const stage of stages) {
  describe(`REST API on ${stage.name}`, () => {
    let terminal: Terminal;
    const call: Terminal['call'] = (...args) => terminal.call(...args);
    const topicNames = async (): Promise<string[]> =>
      dataOf<{ topics: { name: string }[] }>(await call('GET', '/topics')).topics.map((topic) => topic.name);

    before(async () => {
      const args = await stage.args();
      const data = await makeTempDir('rest');
      terminal = await new Terminal({ args: [...args, '--api-port', '0'], data }).ready();
    });
    after(async () => {
      await terminal.stop();
      await stage.end();
    });

    it('creates, describes, changes, grows, empties and deletes a topic', async () => {
      const created = await call('POST', '/topics', {
        name: 'orders',
        partitions: 2,
        config: { 'retention.ms': 3_600_000, 'cleanup.policy': 'delete' },
      });
      assert.equal(created.status, 201, JSON.stringify(created.body));
      assert.match(created.headers.get('location') ?? '', /\/topics\/orders$/);
      assert.ok((await topicNames()).includes('orders'));

      const configOf = async (name: string): Promise<unknown> => {
        const { config } = dataOf<{ config: { name: string; value: string; source: string }[] }>(
          await call('GET', '/topics/orders/config'),
        );
        const entry = config.find((one) => one.name === name);
        return entry && [entry.value, entry.source];
      };
      assert.deepEqual(await configOf('retention.ms'), ['3600000', 'topic']);
      dataOf(await call('PATCH', '/topics/orders/config', { config: { 'max.message.bytes': 2000 } }));
      assert.deepEqual(await configOf('max.message.bytes'), ['2000', 'topic']);
      assert.deepEqual(await configOf('retention.ms'), ['3600000', 'topic'], 'the other override is kept');
      dataOf(await call('PATCH', '/topics/orders/config', { config: { 'retention.ms': null } }));
      assert.equal(((await configOf('retention.ms')) as string[])[1], 'default');

      dataOf(await call('POST', '/topics/orders/partitions', { partitions: 4 }));
      for (const partition of [0, 3]) {
        dataOf(await call('POST', '/produce', { topic: 'orders', partition, value: { at: partition } }));
      }
      const details = dataOf<{
        partitions: number;
        size_in_bytes: number;
        partition_info: { end_offset: number }[];
      }>(await call('GET', '/topics/orders'));
      assert.equal(details.partitions, 4);
      assert.deepEqual(
        details.partition_info.map((one) => one.end_offset),
        [1, 0, 0, 1],
      );
      assert.ok(details.size_in_bytes > 0);

      dataOf(await call('POST', '/topics/orders/truncate', { before: [{ partition: 0, offset: 1 }] }));
      assert.equal(dataOf<Page>(await call('GET', '/consume?topic=orders')).records.length, 1);
      const again = await call('POST', '/topics/orders/truncate', { before: [{ partition: 0, offset: 0 }] });
      assert.deepEqual(dataOf<{ beginnings: unknown }>(again).beginnings, [{ partition: 0, offset: 1 }]);
      dataOf(await call('POST', '/topics/orders/truncate', {}));
      assert.equal(dataOf<Page>(await call('GET', '/consume?topic=orders')).records.length, 0);

      dataOf(await call('DELETE', '/topics/orders'));
      assert.equal((await call('GET', '/topics/orders')).status, 404);
    });

    it('keeps bytes exact in both directions: kcat reads the same', async () => {
      dataOf(await call('POST', '/topics', { name: 'exact', partitions: 1 }));
      const big = '{"topic":"exact","key":"k","value":{"n":9007199254740993,"f":1.10}}';
      dataOf(await call('POST', '/produce', big));
      const messages = [
        { key: null, value: 'text' },
        { key: '', value: '' },
        { key: 'gone', value: null },
        { key: '/wA=', key_format: 'base64', value: 'gID+', value_format: 'base64' },
        {
          value: 'h',
          headers: [
            ['a', '1'],
            ['a', '2'],
            ['b', null],
            ['ü', ''],
          ],
        },
      ];
      dataOf(await call('POST', '/produce/batch', { topic: 'exact', messages }));

      const response = await fetch(`${terminal.url}/consume?topic=exact`, {
        headers: { authorization: `Bearer ${terminal.key}` },
      });
      const text = await response.text();
      assert.match(text, /"n":9007199254740993,"f":1\.10/, 'digits survive');
      const { records } = (JSON.parse(text) as { data: Page }).data;
      assert.deepEqual(
        records.map(({ key, value, key_format, value_format }) => [
          key,
          key_format,
          value_format === 'json' ? '' : value,
        ]),
        [
          ['k', 'text', ''],
          [null, null, 'text'],
          ['', 'text', ''],
          ['gone', 'text', null],
          ['/wA=', 'base64', 'gID+'],
          [null, null, 'h'],
        ],
      );
      assert.deepEqual(
        records[5]?.headers.map(({ key, value }) => [key, value]),
        [
          ['a', '1'],
          ['a', '2'],
          ['b', null],
          ['ü', ''],
        ],
      );

      const seen = await kcatConsume(terminal.bootstrap, 'exact');
      const bytes = (data: Uint8Array | null): string | null =>
        data === null ? null : Buffer.from(data).toString('latin1');
      assert.deepEqual(
        seen.map(({ key, value }) => [bytes(key), bytes(value)]),
        [
          ['k', '{"n":9007199254740993,"f":1.10}'],
          [null, 'text'],
          ['', ''],
          ['gone', null],
          ['\u00ff\u0000', '\u0080\u0080\u00fe'],
          [null, 'h'],
        ],
      );
    });

    it('pages in both directions without a miss or a double, and streams NDJSON', async () => {
      dataOf(await call('POST', '/topics', { name: 'pages', partitions: 3 }));
      const messages = Array.from({ length: 250 }, (_, i) => ({
        key: `k${i % 7}`,
        value: `v${i}`,
        timestamp: 1000 + i,
      }));
      dataOf(await call('POST', '/produce/batch', { topic: 'pages', messages }));
      for (const direction of ['oldest', 'newest']) {
        const seen: unknown[] = [];
        let target = `/consume?topic=pages&limit=60&direction=${direction}`;
        for (let page = 0; page < 6; page++) {
          const { records, position, stop_reason } = dataOf<Page>(await call('GET', target));
          seen.push(...records.map((record) => record.value));
          if (stop_reason === 'end') break;
          target = `/consume?topic=pages&limit=60&position=${position}`;
        }
        const wanted = messages.map((message) => message.value);
        assert.deepEqual(seen, direction === 'oldest' ? wanted : wanted.reverse());
      }
      const last = dataOf<Page>(await call('GET', '/consume?topic=pages&from=last:5'));
      assert.deepEqual(
        last.records.map((record) => record.value),
        ['v245', 'v246', 'v247', 'v248', 'v249'],
      );
      const since = dataOf<Page>(await call('GET', '/consume?topic=pages&from=time:1248'));
      assert.deepEqual(
        since.records.map((record) => record.value),
        ['v248', 'v249'],
      );
      const found = dataOf<Page>(await call('GET', '/consume?topic=pages&filter=v24&limit=500'));
      assert.equal(found.records.length, 11);

      const stream = await fetch(`${terminal.url}/consume?topic=pages&limit=1000`, {
        headers: { authorization: `Bearer ${terminal.key}`, accept: 'application/x-ndjson' },
      });
      const lines = (await stream.text()).trimEnd().split('\n');
      assert.equal(lines.length, 251);
      assert.match(lines.at(-1) ?? '', /"summary"/);
    });

    it('waits for what is not there yet, and a position at the end goes on with it', async () => {
      dataOf(await call('POST', '/topics', { name: 'waiting', partitions: 1 }));
      const empty = dataOf<Page>(await call('GET', '/consume?topic=waiting'));
      assert.deepEqual(empty.records, []);
      const waiting = call('GET', '/consume?topic=waiting&limit=1&wait_ms=20000');
      dataOf(await call('POST', '/produce', { topic: 'waiting', value: 'here' }));
      assert.equal(dataOf<Page>(await waiting).records[0]?.value, 'here');
      const next = dataOf<Page>(await call('GET', `/consume?topic=waiting&position=${empty.position}`));
      assert.equal(next.records[0]?.value, 'here');
    });

    it('wrong input gets a clear error, and changes nothing', async () => {
      const config = { 'max.message.bytes': 1000 };
      dataOf(await call('POST', '/topics', { name: 'a.b', partitions: 1, config }));
      const before = await topicNames();
      const refused = async (
        status: number,
        code: string,
        ...args: Parameters<Terminal['call']>
      ): Promise<void> => {
        const reply = await call(...args);
        assert.deepEqual(
          [reply.status, codeOf(reply)],
          [status, code],
          `${args.join(' ')}: ${JSON.stringify(reply.body)}`,
        );
        const { message, remedy } = reply.body['error'] as { message: string; remedy?: string };
        assert.ok(message.length > 10 && (remedy ?? 'x').length > 0, JSON.stringify(reply.body));
      };
      for (const name of ['', 'x'.repeat(250), '..', '.', 'a b', 'tëst', 'a/b']) {
        await refused(422, 'VALIDATION_ERROR', 'POST', '/topics', { name });
      }
      await refused(409, 'TOPIC_NAME_COLLISION', 'POST', '/topics', { name: 'a_b' });
      await refused(409, 'TOPIC_ALREADY_EXISTS', 'POST', '/topics', { name: 'a.b' });
      await refused(422, 'VALIDATION_ERROR', 'POST', '/topics', { name: 'p', partitions: 0 });
      await refused(422, 'VALIDATION_ERROR', 'POST', '/topics', { name: 'p', partitions: 100_001 });
      await refused(422, 'INVALID_REPLICATION_FACTOR', 'POST', '/topics', {
        name: 'p',
        replication_factor: 3,
      });
      await refused(422, 'INVALID_CONFIGURATION', 'POST', '/topics', {
        name: 'p',
        config: { 'no.such.key': '1' },
      });
      await refused(422, 'INVALID_CONFIGURATION', 'POST', '/topics', {
        name: 'p',
        config: { 'retention.ms': 'abc' },
      });
      await refused(422, 'INVALID_CONFIGURATION', 'PATCH', '/topics/a.b/config', {
        config: { 'no.such.key': '1' },
      });
      await refused(422, 'VALIDATION_ERROR', 'POST', '/topics', { name: 'p', partitons: 3 });
      await refused(422, 'VALIDATION_ERROR', 'POST', '/topics', '{"name":"p","config":{"__proto__":"1"}}');
      const twice = [0, 0].map((partition) => ({ partition, offset: 0 }));
      await refused(422, 'VALIDATION_ERROR', 'POST', '/topics/a.b/truncate', { before: twice });
      await refused(400, 'MALFORMED_REQUEST', 'POST', '/topics', '{"name": ');
      await refused(422, 'VALIDATION_ERROR', 'POST', '/topics', '[]');
      await refused(422, 'INVALID_PARTITIONS', 'POST', '/topics/a.b/partitions', { partitions: 1 });
      await refused(404, 'TOPIC_NOT_FOUND', 'POST', '/topics/none/partitions', { partitions: 2 });
      await refused(404, 'TOPIC_NOT_FOUND', 'DELETE', '/topics/none');
      await refused(404, 'TOPIC_NOT_FOUND', 'POST', '/produce', { topic: 'none', value: 'x' });
      await refused(404, 'TOPIC_NOT_FOUND', 'GET', '/consume?topic=none');
      await refused(404, 'PARTITION_NOT_FOUND', 'POST', '/produce', {
        topic: 'a.b',
        value: 'x',
        partition: 7,
      });
      await refused(404, 'PARTITION_NOT_FOUND', 'GET', '/consume?topic=a.b&partitions=7');
      await refused(422, 'OFFSET_OUT_OF_RANGE', 'GET', '/consume?topic=a.b&from=offset:5');
      await refused(422, 'OFFSET_OUT_OF_RANGE', 'POST', '/topics/a.b/truncate', {
        before: [{ partition: 0, offset: 5 }],
      });
      await refused(413, 'MESSAGE_TOO_LARGE', 'POST', '/produce', { topic: 'a.b', value: 'x'.repeat(5000) });
      await refused(404, 'CLUSTER_NOT_FOUND', 'GET', '/topics?cluster=other');
      assert.deepEqual(await topicNames(), before);
      assert.deepEqual(dataOf<Page>(await call('GET', '/consume?topic=a.b')).records, []);
    });
  });
}
