import assert from 'node:assert/strict';
import { createApp } from '../../../src/api/app';
import { consumePageSchema } from '../../../src/contract/rest/consume';
import { successEnvelope } from '../../../src/contract/rest/envelope';
import { fakeManagers, type FakeManagers } from '../../support/fakeManagers';
import { until } from '../../support/until';

interface Shown {
  key: unknown;
  key_format: string | null;
  value: unknown;
  value_format: string | null;
  headers: { key: string; value: string | null; format: string | null }[];
  offset: number;
  partition: number;
  timestamp: number | null;
}
interface Page {
  records: Shown[];
  stop_reason: string;
  scanned: number;
  matched: number;
  position: string;
}

describe('REST API: messages', () => {
  let managers: FakeManagers;
  let app: ReturnType<typeof createApp>;
  beforeEach(async () => {
    managers = await fakeManagers();
    app = createApp({ ...managers, heartbeatMs: 30 });
    await managers.topics.create(undefined, { name: 't', partitions: 1, replicationFactor: 1 });
    await managers.topics.create(undefined, { name: 'wide', partitions: 3, replicationFactor: 1 });
  });
  afterEach(() => managers.dispose());

  const post = (path: string, body: unknown) =>
    app.request(path, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: typeof body === 'string' ? body : JSON.stringify(body),
    });
  const produce = (message: Record<string, unknown>) => post('/produce', { topic: 't', ...message });
  const codeOf = async (response: Response): Promise<string> =>
    ((await response.json()) as { error: { code: string } }).error.code;
  const consume = async (query = 'topic=t'): Promise<Page> => {
    const response = await app.request(`/consume?${query}`);
    const body: unknown = await response.json();
    assert.equal(response.status, 200, JSON.stringify(body));
    successEnvelope(consumePageSchema).parse(body);
    return (body as { data: Page }).data;
  };
  const bytesOf = (topic = 't') =>
    managers.kafka.topics
      .get(topic)!
      .partitions.flatMap(({ records }) => records)
      .map(({ key, value, headers }) => ({
        key: key && Buffer.from(key).toString('latin1'),
        value: value && Buffer.from(value).toString('latin1'),
        headers: headers.map(({ key: k, value: v }) => [k, v && Buffer.from(v).toString('latin1')]),
      }));
  const lines = async (response: Response): Promise<string[]> => (await response.text()).split('\n');
  const stream = (query: string) =>
    app.request(`/consume?${query}`, { headers: { accept: 'application/x-ndjson' } });

  describe('produce', () => {
    it('answers where the record went', async () => {
      const response = await produce({ value: 'x', timestamp: 1234 });
      assert.equal(response.status, 200);
      const body = (await response.json()) as { data: unknown };
      assert.deepEqual(body.data, { topic: 't', partition: 0, offset: 0, timestamp: 1234 });
      const unacknowledged = (await (await produce({ value: 'x', acks: 0 })).json()) as {
        data: { offset: unknown };
      };
      assert.equal(unacknowledged.data.offset, null);
    });

    it('takes a string as text, anything else as JSON, and null as nothing', async () => {
      for (const value of ['plain', '{"a":1}', { a: [1, 'é'] }, 42, true, '', null]) {
        assert.equal((await produce({ key: value, value })).status, 200);
      }
      assert.deepEqual(
        bytesOf().map(({ value }) => value),
        ['plain', '{"a":1}', '{"a":[1,"Ã©"]}', '42', 'true', '', null],
      );
      assert.deepEqual(
        bytesOf().map(({ key }) => key),
        bytesOf().map(({ value }) => value),
      );
      await produce({ value: 'no key' });
      assert.equal(bytesOf().at(-1)?.key, null);
    });

    it('takes named formats', async () => {
      await produce({ value: 'text', value_format: 'json' });
      await produce({ value: '/wAB', value_format: 'base64', key: 'AA==', key_format: 'base64' });
      await produce({ value: null, value_format: 'json' });
      assert.deepEqual(
        bytesOf().map(({ key, value }) => [key, value]),
        [
          [null, '"text"'],
          ['\x00', '\xff\x00\x01'],
          [null, null],
        ],
      );
    });

    it('refuses values that do not fit their format, and writes nothing', async () => {
      for (const message of [
        { value: 1, value_format: 'text' },
        { value: {}, value_format: 'base64' },
        { value: 'AA', value_format: 'base64' },
        { value: 'A A=', value_format: 'base64' },
        { value: 'x', value_format: 'avro' },
        { value: '\ud800' },
        { value: 'x', key: '\udc00x' },
        { key: 'k' },
        { value: 'x', partition: -1 },
        { value: 'x', partition: '0' },
        { value: 'x', timestamp: '2026-01-01' },
        { value: 'x', timestamp: -1 },
        { value: 'x', acks: 2 },
        { value: 'x', compression: 'brotli' },
        { value: 'x', unknown: 1 },
        { value: 'x', headers: { a: 1 } },
        { value: 'x', headers: [['a']] },
        { value: 'x', headers: { a: { base64: '!' } } },
      ]) {
        const response = await produce(message);
        assert.equal(response.status, 422, JSON.stringify(message));
        assert.equal(await codeOf(response), 'VALIDATION_ERROR');
      }
      assert.deepEqual(bytesOf(), []);
    });

    it('never makes a topic', async () => {
      for (const path of ['/produce', '/produce/batch']) {
        const message = path === '/produce' ? { value: 'x' } : { messages: [{ value: 'x' }, { value: 'y' }] };
        const response = await post(path, { topic: 'none', ...message });
        assert.equal(response.status, 404);
        assert.equal(await codeOf(response), 'TOPIC_NOT_FOUND');
      }
      assert.ok(!managers.kafka.topics.has('none'));
      assert.equal((await post('/produce', { topic: 't', value: 'x', partition: 5 })).status, 404);
    });

    it('keeps headers with their order, duplicates, nulls and bytes', async () => {
      const expected = [
        ['b', '1'],
        ['a', null],
        ['b', '\xff'],
      ];
      await produce({
        value: 'x',
        headers: [
          ['b', '1'],
          ['a', null],
          ['b', { base64: '/w==' }],
        ],
      });
      await produce({
        value: 'x',
        headers: [
          { key: 'b', value: '1', format: 'text' },
          { key: 'a', value: null, format: null },
          { key: 'b', value: '/w==', format: 'base64' },
        ],
      });
      await produce({ value: 'x', headers: { one: '1', two: null } });
      assert.deepEqual(
        bytesOf().map(({ headers }) => headers),
        [
          expected,
          expected,
          [
            ['one', '1'],
            ['two', null],
          ],
        ],
      );
    });

    it('keeps every digit of JSON numbers, and odd keys', async () => {
      const value =
        '{"big":12345678901234567890,"neg":-9007199254740993,"f":1.0,"e":1e3,"__proto__":{"x":1}}';
      await post('/produce', `{"topic":"t","value":${value},"partition":0.0}`);
      assert.equal(bytesOf()[0]?.value, value);
      const text = await (await app.request('/consume?topic=t')).text();
      assert.ok(text.includes(`"value":${value},"value_format":"json"`), text);
    });

    it('takes times in ms and in ISO 8601', async () => {
      await produce({ value: 'x', timestamp: '2026-01-01T01:00:00+01:00' });
      await produce({ value: 'x', timestamp: 1_767_225_600_000 });
      const { records } = await consume();
      assert.deepEqual(
        records.map(({ timestamp }) => timestamp),
        [1_767_225_600_000, 1_767_225_600_000],
      );
    });
  });

  describe('produce/batch', () => {
    it('gives one result for each message, in their order', async () => {
      await managers.topics.alterConfig(undefined, 't', { 'max.message.bytes': '100' });
      const response = await post('/produce/batch', {
        topic: 't',
        messages: [
          { value: 'a' },
          { value: 'b'.repeat(200) },
          { value: null, key: 'k' },
          { value: 'd', partition: 9 },
        ],
      });
      assert.equal(response.status, 200);
      const { data } = (await response.json()) as {
        data: {
          produced: number;
          failed: number;
          results: { ok: boolean; offset?: number; error?: { code: string } }[];
        };
      };
      assert.deepEqual([data.produced, data.failed], [2, 2]);
      assert.deepEqual(
        data.results.map((result) => result.offset ?? result.error?.code),
        [0, 'MESSAGE_TOO_LARGE', 1, 'PARTITION_NOT_FOUND'],
      );
    });

    it('refuses the whole batch for one message that can not be read', async () => {
      const response = await post('/produce/batch', {
        topic: 't',
        messages: [{ value: 'a' }, { value: 'AA', value_format: 'base64' }],
      });
      assert.equal(response.status, 422);
      const { error } = (await response.json()) as { error: { details: object } };
      assert.deepEqual(Object.keys(error.details), ['messages.1.value']);
      assert.equal((await post('/produce/batch', { topic: 't', messages: [] })).status, 422);
      assert.deepEqual(bytesOf(), []);
    });
  });

  describe('consume', () => {
    it('shows what the bytes are', async () => {
      const utf8 = (text: string) => Buffer.from(text);
      const values: [Buffer | null, unknown, string | null][] = [
        [null, null, null],
        [utf8(''), '', 'text'],
        [utf8('plain'), 'plain', 'text'],
        [utf8('{"a":1}'), { a: 1 }, 'json'],
        [utf8(' [1,\r\n2] '), [1, 2], 'json'],
        [utf8('"quoted"'), 'quoted', 'json'],
        [utf8('42'), 42, 'json'],
        [utf8('042'), '042', 'text'],
        [utf8('null'), 'null', 'text'],
        [utf8('{"a":1'), '{"a":1', 'text'],
        [utf8('NaN'), 'NaN', 'text'],
        [utf8('\ufeff{}'), '\ufeff{}', 'text'],
        [utf8('a\u0000\u001b\u2028"\\'), 'a\u0000\u001b\u2028"\\', 'text'],
        [utf8('['.repeat(5000) + ']'.repeat(5000)), '['.repeat(5000) + ']'.repeat(5000), 'text'],
        [Buffer.from([0xff, 0xfe]), '//4=', 'base64'],
        [Buffer.from([0xed, 0xa0, 0x80]), '7aCA', 'base64'],
      ];
      for (const [value] of values) {
        await managers.messages.produce(undefined, {
          topic: 't',
          key: value,
          value,
          headers: [{ key: 'h', value }],
        });
      }
      const { records } = await consume();
      for (const [i, [, shown, format]] of values.entries()) {
        assert.deepEqual([records[i]?.value, records[i]?.value_format], [shown, format], String(i));
        assert.deepEqual([records[i]?.key, records[i]?.key_format], [shown, format], String(i));
      }
      assert.deepEqual(
        [0, 3, 14].map((i) => records[i]?.headers[0]),
        [
          { key: 'h', value: null, format: null },
          { key: 'h', value: '{"a":1}', format: 'text' },
          { key: 'h', value: '//4=', format: 'base64' },
        ],
      );
    });

    it('gives back records that can be sent again as they are', async () => {
      for (const value of ['plain', '{"n": 1.0}', '"q"', 'null', '7']) await produce({ key: value, value });
      await produce({ value: '/w==', value_format: 'base64', headers: [['h', null]] });
      await produce({ value: null });
      const before = bytesOf();
      for (const { key, value, headers, ...rest } of (await consume()).records) {
        const { key_format, value_format } = rest;
        assert.equal((await produce({ key, value, headers, key_format, value_format })).status, 200);
      }
      // JSON comes back without its white space.
      const compact = before.map((record) => ({
        ...record,
        ...(record.key === '{"n": 1.0}' && { key: '{"n":1}', value: '{"n":1}' }),
      }));
      assert.deepEqual(bytesOf().slice(before.length), compact);
    });

    it('shows keys and values as asked, where the bytes allow it', async () => {
      await produce({ key: '1', value: '{"a":1}' });
      await produce({ value: '/w==', value_format: 'base64' });
      const { records } = await consume('topic=t&key_format=text&value_format=base64');
      assert.deepEqual([records[0]?.key, records[0]?.value], ['1', 'eyJhIjoxfQ==']);
      const text = await consume('topic=t&value_format=text');
      assert.deepEqual(
        text.records.map(({ value, value_format }) => [value, value_format]),
        [
          ['{"a":1}', 'text'],
          ['/w==', 'base64'],
        ],
      );
    });

    it('begins and ends where it is told', async () => {
      for (let i = 0; i < 10; i++) await produce({ value: `v${i}`, timestamp: 1000 * i });
      const values = async (query: string) =>
        (await consume(`topic=t&${query}`)).records.map(({ value }) => value);
      assert.equal((await values('')).length, 10);
      assert.deepEqual(await values('from=last:2'), ['v8', 'v9']);
      assert.deepEqual(await values('from=offset:8'), ['v8', 'v9']);
      assert.deepEqual(await values('from=offset:3&to=offset:5'), ['v3', 'v4']);
      assert.deepEqual(await values('from=time:7500'), ['v8', 'v9']);
      assert.deepEqual(await values('from=time:1970-01-01T00:00:08Z&to=time:9000'), ['v8']);
      assert.deepEqual(await values('from=end'), []);
      assert.deepEqual(await values('direction=newest&limit=2'), ['v9', 'v8']);
      assert.deepEqual(await values('filter=v7'), ['v7']);
      assert.deepEqual(await values('from=time:0001-01-01T00:00:00Z&limit=1'), ['v0']);
    });

    it('refuses what it can not read', async () => {
      for (const query of [
        '',
        'topic=',
        'topic=a/b',
        'topic=t&from=middle',
        'topic=t&from=last:0',
        'topic=t&from=offset:-1',
        'topic=t&from=time:yesterday',
        'topic=t&from=time:2026-13-01T00:00:00Z',
        'topic=t&limit=0',
        'topic=t&limit=10001',
        'topic=t&limit=1e2',
        'topic=t&limit=',
        'topic=t&partitions=',
        'topic=t&partitions=0;1',
        'topic=t&wait_ms=30001',
        'topic=t&position=AAAA',
        'topic=t&filter=',
        'topic=t&colour=red',
      ]) {
        assert.equal((await app.request(`/consume?${query}`)).status, 422, query);
      }
      assert.equal((await app.request('/consume?topic=none')).status, 404);
      assert.equal((await app.request('/consume?topic=t&partitions=7')).status, 404);
    });

    it('pages on by the position, also over records that came later', async () => {
      for (let i = 0; i < 5; i++) await produce({ value: `v${i}` });
      const first = await consume('topic=t&limit=3');
      assert.deepEqual([first.records.length, first.stop_reason], [3, 'limit']);
      const second = await consume(`topic=t&limit=3&position=${first.position}`);
      assert.deepEqual(
        second.records.map(({ value }) => value),
        ['v3', 'v4'],
      );
      assert.equal(second.stop_reason, 'end');
      await produce({ value: 'later' });
      const third = await consume(`topic=t&position=${second.position}`);
      assert.deepEqual(
        third.records.map(({ value }) => value),
        ['later'],
      );
      assert.equal((await app.request(`/consume?topic=wide&position=${third.position}`)).status, 422);
      const newest = await consume('topic=t&direction=newest&limit=4');
      const rest = await consume(`topic=t&direction=newest&position=${newest.position}`);
      assert.deepEqual(
        rest.records.map(({ value }) => value),
        ['v1', 'v0'],
      );
    });

    it('waits for new records where the end is near', async () => {
      const waiting = consume('topic=t&limit=1&wait_ms=5000');
      await produce({ value: 'new' });
      assert.deepEqual(
        (await waiting).records.map(({ value }) => value),
        ['new'],
      );
      assert.deepEqual((await consume('topic=t&from=end&wait_ms=50')).records, []);
    });
  });

  describe('consume as NDJSON', () => {
    it('is one record a line, and a summary at the end', async () => {
      for (let i = 0; i < 3; i++) await produce({ value: '{"a":\n1}', key: `${i}` });
      const response = await stream('topic=t');
      assert.equal(response.headers.get('content-type'), 'application/x-ndjson');
      const all = (await lines(response))
        .filter((line) => line !== '')
        .map((line) => JSON.parse(line) as object);
      assert.equal(all.length, 4);
      assert.deepEqual((all[0] as Shown).value, { a: 1 });
      const { summary } = all[3] as { summary: Page };
      assert.deepEqual([summary.stop_reason, summary.matched], ['end', 3]);
    });

    it('hands records out while it waits for more, up to the limit, with a heartbeat in between', async () => {
      await produce({ value: 'old' });
      const response = await stream('topic=t&limit=3&wait_ms=5000');
      const reader = response.body!.pipeThrough(new TextDecoderStream()).getReader();
      assert.match((await reader.read()).value ?? '', /"old"/);
      assert.equal((await reader.read()).value, '\n');
      await managers.messages.produceBatch(
        undefined,
        ['new', 'newer', 'too much'].map((text) => ({ topic: 't', key: null, value: Buffer.from(text) })),
      );
      let rest = '';
      for (let next = await reader.read(); !next.done; next = await reader.read()) rest += next.value;
      const all = rest.split('\n').filter((line) => line !== '');
      assert.equal(all.length, 3, rest);
      const { summary } = JSON.parse(all[2]!) as { summary: Page };
      assert.deepEqual([summary.stop_reason, summary.matched], ['limit', 3]);
      const next = await consume(`topic=t&position=${summary.position}`);
      assert.deepEqual(
        next.records.map(({ value }) => value),
        ['too much'],
      );
    });

    it('fails with a status of its own where nothing was read yet', async () => {
      const response = await stream('topic=none');
      assert.equal(response.status, 404);
      assert.equal(await codeOf(response), 'TOPIC_NOT_FOUND');
    });

    it('lets go of its connection when the client goes away, wherever it stands', async () => {
      for (let i = 0; i < 10; i++) await produce({ value: 'x'.repeat(300_000) });
      const gone = () =>
        until(() => managers.kafka.openSources === 0, { deadlineMs: 2_000, what: 'the source to be closed' });
      const cases: ((response: Response) => Promise<void>)[] = [
        async (response) => response.body?.cancel(),
        async (response) => {
          const reader = response.body!.getReader();
          await reader.read();
          await reader.cancel();
        },
        async (response) => {
          const reader = response.body!.getReader();
          let text = '';
          while (!text.endsWith('}\n\n')) text += Buffer.from((await reader.read()).value).toString();
          await reader.cancel();
        },
      ];
      for (const leave of cases) {
        await leave(await stream('topic=t&wait_ms=30000'));
        await gone();
      }
      await app.request('/consume?topic=t&wait_ms=30000', {
        method: 'HEAD',
        headers: { accept: 'application/x-ndjson' },
      });
      await gone();
    });
  });
});
