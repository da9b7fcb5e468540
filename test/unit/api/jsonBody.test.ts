import assert from 'node:assert/strict';
import fc from 'fast-check';
import { nestsDeeper, parseJsonBody, RawJson } from '../../../src/api/jsonBody';
import { negotiate } from '../../../src/api/negotiate';

describe('parseJsonBody', () => {
  const parse = (text: string): unknown => parseJsonBody(Buffer.from(text));

  /** What was read, with the text of RawJson read again. */
  const plain = (tree: unknown): unknown =>
    JSON.parse(
      JSON.stringify(tree, (_, value: unknown) =>
        value instanceof RawJson ? (JSON.parse(value.text) as unknown) : value,
      ),
    );
  const raw = (tree: unknown, name: string): unknown => {
    const value = (tree as Record<string, unknown>)[name];
    return value instanceof RawJson ? value.text : value;
  };

  it('reads what JSON.parse reads, with white space anywhere', () => {
    const bodies = fc.record({ key: fc.jsonValue(), value: fc.jsonValue(), messages: fc.jsonValue() });
    fc.assert(
      fc.property(fc.oneof(fc.jsonValue(), bodies), fc.constantFrom(0, 1, '\t'), (value, space) => {
        const text = JSON.stringify(value, undefined, space);
        fc.pre(!text.includes('__proto__'));
        assert.deepEqual(plain(parse(text)), JSON.parse(JSON.stringify(value)));
      }),
    );
  });

  it('keeps the text of key and value, of the body and of its messages', () => {
    const value = '{"a":[18446744073709551616,1.50],"value":-0,"s":"a  \\" b\\u00e9"}';
    const spaced = value.replaceAll(',"', ' ,\n"').replace(':[', '\t: [ ');
    const messages = `[{"value":${spaced}},{"key":-0, "value" :1e3 , "headers":{"value":{"base64":""}}}]`;
    const body = parse(`{"value":${value},"key":1.0,"partition":3.0,"messages":${messages}}`) as {
      messages: [unknown, { headers: object }];
    };
    assert.equal(raw(body, 'value'), value);
    assert.equal(raw(body, 'key'), '1.0');
    assert.equal(raw(body, 'partition'), 3);
    assert.equal(raw(body.messages[0], 'value'), value);
    assert.deepEqual([raw(body.messages[1], 'key'), raw(body.messages[1], 'value')], ['-0', '1e3']);
    assert.deepEqual(body.messages[1].headers, { value: { base64: '' } });
    assert.deepEqual(parse('{"key":null,"value":"1.0"}'), { key: null, value: '1.0' });
  });

  it('refuses __proto__ wherever it would be dropped without a word, and keeps it in keys and values', () => {
    for (const text of [
      '{"__proto__":1}',
      '{"config":{"__proto__":"1"}}',
      '{"headers":{"\\u005f_proto__":"x"}}',
      '{"messages":[{"headers":{"__proto__":"x"}}]}',
    ]) {
      assert.throws(() => parse(text), { code: 'VALIDATION_ERROR' }, text);
    }
    const value = '{"a":[{"__proto__":{"b":1}}]}';
    assert.equal(raw(parse(`{"value":${value}}`), 'value'), value);
  });

  it('refuses a field that comes twice, wherever, however it is written and whatever it holds', () => {
    const many = Array.from({ length: 20 }, (_, i) => `"f${i}":${i}`).join(',');
    for (const text of [
      '{"a":1,"a":2}',
      '{ "a": 1, "a": 1 }',
      '{"value":{"b":[{"a":1,"\\u0061":2}]}}',
      '{"messages":[],"messages":[{"value":1}]}',
      `{${many},"f3":0}`,
    ]) {
      assert.throws(() => parse(text), { code: 'MALFORMED_REQUEST' }, text);
    }
    assert.ok(parse(`{${many}}`));
    assert.ok(parse('{"a":{"a":1},"b":["a","a"]}'));
  });

  it('reads a megabyte of anything without blocking for long', () => {
    const list = (entry: string): string => `[${`${entry},`.repeat(1_000_000 / (entry.length + 1))}1]`;
    for (const text of [
      JSON.stringify({ value: 'x'.repeat(500_000), more: Array.from({ length: 50_000 }, (_, i) => i) }),
      `{"topic":"t","value":${list('1.0')}}`,
      `{"topic":"t","value":${list(' 1.0\n')}}`,
      `{"topic":"t","value":${list('{"a":1.0}')}}`,
      `{"topic":"t","messages":${list('{"value":1.50}')}}`,
    ]) {
      const runs = [1, 2, 3, 4, 5].map(() => {
        const startedAt = process.cpuUsage();
        parse(text);
        return process.cpuUsage(startedAt).user / 1_000;
      });
      // The bound of the design is 50 ms; this machine may be shared.
      assert.ok(Math.min(...runs) < 125, `${Math.min(...runs)} ms: ${text.slice(0, 60)}`);
    }
  });

  it('counts nesting outside of strings', () => {
    assert.equal(nestsDeeper('[[[]]]', 2), true);
    assert.equal(nestsDeeper('[[],[],[]]', 2), false);
    assert.equal(nestsDeeper('["[[[[\\"[[["]', 2), false);
    assert.equal(nestsDeeper('['.repeat(1_000_000), 100), true);
  });
});

describe('negotiate', () => {
  const offers = ['application/json', 'application/x-ndjson'] as const;

  it('takes the offer that is liked best, the first where both are', () => {
    assert.equal(negotiate(undefined, offers), 'application/json');
    assert.equal(negotiate('*/*', offers), 'application/json');
    assert.equal(negotiate('application/x-ndjson', offers), 'application/x-ndjson');
    assert.equal(negotiate('application/json;q=0.5, application/x-ndjson', offers), 'application/x-ndjson');
    assert.equal(negotiate('application/json;q=0, */*', offers), 'application/x-ndjson');
    assert.equal(negotiate('Application/JSON ; Q=0.3', offers), 'application/json');
  });

  it('refuses where nothing fits', () => {
    for (const accept of ['text/html', 'application/json;q=0', 'json', ';;;', ',,,', '*/*;q=x']) {
      assert.throws(() => negotiate(accept, offers), { code: 'NOT_ACCEPTABLE' }, accept);
    }
  });
});
