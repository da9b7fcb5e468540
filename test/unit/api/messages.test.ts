import assert from 'node:assert/strict';
import { codeOf, MessagesApi } from '../../support/messagesApi';

describe('REST API: messages', () => {
  let api: MessagesApi;
  beforeEach(async () => {
    api = await MessagesApi.start();
  });
  afterEach(() => api.dispose());

  describe('produce', () => {
    it('answers where the record went', async () => {
      const response = await api.produce({ value: 'x', timestamp: 1234 });
      assert.equal(response.status, 200);
      const body = (await response.json()) as { data: unknown };
      assert.deepEqual(body.data, { topic: 't', partition: 0, offset: 0, timestamp: 1234 });
      const unacknowledged = (await (await api.produce({ value: 'x', acks: 0 })).json()) as {
        data: { offset: unknown };
      };
      assert.equal(unacknowledged.data.offset, null);
    });

    it('takes a string as text, anything else as JSON, and null as nothing', async () => {
      for (const value of ['plain', '{"a":1}', { a: [1, 'é'] }, 42, true, '', null]) {
        assert.equal((await api.produce({ key: value, value })).status, 200);
      }
      assert.deepEqual(
        api.bytesOf().map(({ value }) => value),
        ['plain', '{"a":1}', '{"a":[1,"Ã©"]}', '42', 'true', '', null],
      );
      assert.deepEqual(
        api.bytesOf().map(({ key }) => key),
        api.bytesOf().map(({ value }) => value),
      );
      await api.produce({ value: 'no key' });
      assert.equal(api.bytesOf().at(-1)?.key, null);
    });

    it('takes named formats', async () => {
      await api.produce({ value: 'text', value_format: 'json' });
      await api.produce({ value: '/wAB', value_format: 'base64', key: 'AA==', key_format: 'base64' });
      await api.produce({ value: null, value_format: 'json' });
      assert.deepEqual(
        api.bytesOf().map(({ key, value }) => [key, value]),
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
        const response = await api.produce(message);
        assert.equal(response.status, 422, JSON.stringify(message));
        assert.equal(await codeOf(response), 'VALIDATION_ERROR');
      }
      assert.deepEqual(api.bytesOf(), []);
    });

    it('never makes a topic', async () => {
      for (const path of ['/produce', '/produce/batch']) {
        const message = path === '/produce' ? { value: 'x' } : { messages: [{ value: 'x' }, { value: 'y' }] };
        const response = await api.post(path, { topic: 'none', ...message });
        assert.equal(response.status, 404);
        assert.equal(await codeOf(response), 'TOPIC_NOT_FOUND');
      }
      assert.ok(!api.managers.kafka.topics.has('none'));
      assert.equal((await api.post('/produce', { topic: 't', value: 'x', partition: 5 })).status, 404);
    });

    it('keeps headers with their order, duplicates, nulls and bytes', async () => {
      const expected = [
        ['b', '1'],
        ['a', null],
        ['b', '\xff'],
      ];
      await api.produce({
        value: 'x',
        headers: [
          ['b', '1'],
          ['a', null],
          ['b', { base64: '/w==' }],
        ],
      });
      await api.produce({
        value: 'x',
        headers: [
          { key: 'b', value: '1', format: 'text' },
          { key: 'a', value: null, format: null },
          { key: 'b', value: '/w==', format: 'base64' },
        ],
      });
      await api.produce({ value: 'x', headers: { one: '1', two: null } });
      assert.deepEqual(
        api.bytesOf().map(({ headers }) => headers),
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
      await api.post('/produce', `{"topic":"t","value":${value},"partition":0.0}`);
      assert.equal(api.bytesOf()[0]?.value, value);
      const text = await (await api.app.request('/consume?topic=t')).text();
      assert.ok(text.includes(`"value":${value},"value_format":"json"`), text);
    });

    it('takes times in ms and in ISO 8601', async () => {
      await api.produce({ value: 'x', timestamp: '2026-01-01T01:00:00+01:00' });
      await api.produce({ value: 'x', timestamp: 1_767_225_600_000 });
      const { records } = await api.consume();
      assert.deepEqual(
        records.map(({ timestamp }) => timestamp),
        [1_767_225_600_000, 1_767_225_600_000],
      );
    });
  });

  describe('produce/batch', () => {
    it('gives one result for each message, in their order', async () => {
      await api.managers.topics.alterConfig(undefined, 't', { 'max.message.bytes': '100' });
      const response = await api.post('/produce/batch', {
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
      const response = await api.post('/produce/batch', {
        topic: 't',
        messages: [{ value: 'a' }, { value: 'AA', value_format: 'base64' }],
      });
      assert.equal(response.status, 422);
      const { error } = (await response.json()) as { error: { details: object } };
      assert.deepEqual(Object.keys(error.details), ['messages.1.value']);
      assert.equal((await api.post('/produce/batch', { topic: 't', messages: [] })).status, 422);
      assert.deepEqual(api.bytesOf(), []);
    });
  });
});
