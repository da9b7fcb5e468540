import assert from 'node:assert/strict';
import { codeOf, MessagesApi, type Page, type Shown } from '../../support/messagesApi';
import { until } from '../../support/until';

describe('REST API: messages that are read', () => {
  let api: MessagesApi;
  beforeEach(async () => {
    api = await MessagesApi.start();
  });
  afterEach(() => api.dispose());

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
        await api.managers.messages.produce(undefined, {
          topic: 't',
          key: value,
          value,
          headers: [{ key: 'h', value }],
        });
      }
      const { records } = await api.consume();
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
      for (const value of ['plain', '{"n": 1.0}', '"q"', 'null', '7'])
        await api.produce({ key: value, value });
      await api.produce({ value: '/w==', value_format: 'base64', headers: [['h', null]] });
      await api.produce({ value: null });
      const before = api.bytesOf();
      for (const { key, value, headers, ...rest } of (await api.consume()).records) {
        const { key_format, value_format } = rest;
        assert.equal((await api.produce({ key, value, headers, key_format, value_format })).status, 200);
      }
      // JSON comes back without its white space.
      const compact = before.map((record) => ({
        ...record,
        ...(record.key === '{"n": 1.0}' && { key: '{"n":1}', value: '{"n":1}' }),
      }));
      assert.deepEqual(api.bytesOf().slice(before.length), compact);
    });

    it('shows keys and values as asked, where the bytes allow it', async () => {
      await api.produce({ key: '1', value: '{"a":1}' });
      await api.produce({ value: '/w==', value_format: 'base64' });
      const { records } = await api.consume('topic=t&key_format=text&value_format=base64');
      assert.deepEqual([records[0]?.key, records[0]?.value], ['1', 'eyJhIjoxfQ==']);
      const text = await api.consume('topic=t&value_format=text');
      assert.deepEqual(
        text.records.map(({ value, value_format }) => [value, value_format]),
        [
          ['{"a":1}', 'text'],
          ['/w==', 'base64'],
        ],
      );
    });

    it('begins and ends where it is told', async () => {
      for (let i = 0; i < 10; i++) await api.produce({ value: `v${i}`, timestamp: 1000 * i });
      const values = async (query: string) =>
        (await api.consume(`topic=t&${query}`)).records.map(({ value }) => value);
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
        assert.equal((await api.app.request(`/consume?${query}`)).status, 422, query);
      }
      assert.equal((await api.app.request('/consume?topic=none')).status, 404);
      assert.equal((await api.app.request('/consume?topic=t&partitions=7')).status, 404);
    });

    it('pages on by the position, also over records that came later', async () => {
      for (let i = 0; i < 5; i++) await api.produce({ value: `v${i}` });
      const first = await api.consume('topic=t&limit=3');
      assert.deepEqual([first.records.length, first.stop_reason], [3, 'limit']);
      const second = await api.consume(`topic=t&limit=3&position=${first.position}`);
      assert.deepEqual(
        second.records.map(({ value }) => value),
        ['v3', 'v4'],
      );
      assert.equal(second.stop_reason, 'end');
      await api.produce({ value: 'later' });
      const third = await api.consume(`topic=t&position=${second.position}`);
      assert.deepEqual(
        third.records.map(({ value }) => value),
        ['later'],
      );
      assert.equal((await api.app.request(`/consume?topic=wide&position=${third.position}`)).status, 422);
      const newest = await api.consume('topic=t&direction=newest&limit=4');
      const rest = await api.consume(`topic=t&direction=newest&position=${newest.position}`);
      assert.deepEqual(
        rest.records.map(({ value }) => value),
        ['v1', 'v0'],
      );
    });

    it('waits for new records where the end is near', async () => {
      const waiting = api.consume('topic=t&limit=1&wait_ms=5000');
      await api.produce({ value: 'new' });
      assert.deepEqual(
        (await waiting).records.map(({ value }) => value),
        ['new'],
      );
      assert.deepEqual((await api.consume('topic=t&from=end&wait_ms=50')).records, []);
    });
  });

  describe('consume as NDJSON', () => {
    it('is one record a line, and a summary at the end', async () => {
      for (let i = 0; i < 3; i++) await api.produce({ value: '{"a":\n1}', key: `${i}` });
      const response = await api.stream('topic=t');
      assert.equal(response.headers.get('content-type'), 'application/x-ndjson');
      const all = (await response.text())
        .split('\n')
        .filter((line) => line !== '')
        .map((line) => JSON.parse(line) as object);
      assert.equal(all.length, 4);
      assert.deepEqual((all[0] as Shown).value, { a: 1 });
      const { summary } = all[3] as { summary: Page };
      assert.deepEqual([summary.stop_reason, summary.matched], ['end', 3]);
    });

    it('hands records out while it waits for more, up to the limit, with a heartbeat in between', async () => {
      await api.produce({ value: 'old' });
      const response = await api.stream('topic=t&limit=3&wait_ms=5000');
      const reader = response.body!.pipeThrough(new TextDecoderStream()).getReader();
      assert.match((await reader.read()).value ?? '', /"old"/);
      assert.equal((await reader.read()).value, '\n');
      await api.managers.messages.produceBatch(
        undefined,
        ['new', 'newer', 'too much'].map((text) => ({ topic: 't', key: null, value: Buffer.from(text) })),
      );
      let rest = '';
      for (let next = await reader.read(); !next.done; next = await reader.read()) rest += next.value;
      const all = rest.split('\n').filter((line) => line !== '');
      assert.equal(all.length, 3, rest);
      const { summary } = JSON.parse(all[2]!) as { summary: Page };
      assert.deepEqual([summary.stop_reason, summary.matched], ['limit', 3]);
      const next = await api.consume(`topic=t&position=${summary.position}`);
      assert.deepEqual(
        next.records.map(({ value }) => value),
        ['too much'],
      );
    });

    it('fails with a status of its own where nothing was read yet', async () => {
      const response = await api.stream('topic=none');
      assert.equal(response.status, 404);
      assert.equal(await codeOf(response), 'TOPIC_NOT_FOUND');
    });

    it('lets go of its connection when the client goes away, wherever it stands', async () => {
      for (let i = 0; i < 10; i++) await api.produce({ value: 'x'.repeat(300_000) });
      const gone = () =>
        until(() => api.managers.kafka.openSources === 0, {
          deadlineMs: 2_000,
          what: 'the source to be closed',
        });
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
        await leave(await api.stream('topic=t&wait_ms=30000'));
        await gone();
      }
      await api.app.request('/consume?topic=t&wait_ms=30000', {
        method: 'HEAD',
        headers: { accept: 'application/x-ndjson' },
      });
      await gone();
    });
  });
});
