import assert from 'node:assert/strict';
import { stringify } from 'lossless-json';
import fc from 'fast-check';
import { nestsDeeper, parseJsonBody } from '../../../src/api/jsonBody';
import { negotiate } from '../../../src/api/negotiate';

describe('parseJsonBody', () => {
  const parse = (text: string): unknown => parseJsonBody(Buffer.from(text));

  it('reads what JSON.parse reads', () => {
    fc.assert(
      fc.property(fc.json(), (text) => {
        assert.deepEqual(parse(text), JSON.parse(text));
      }),
    );
  });

  it('keeps the text of numbers below key and value only', () => {
    const text = '{"value":{"a":[18446744073709551616,1.50]},"key":-0,"partition":3.0}';
    const parsed = parse(text) as Record<string, unknown>;
    assert.equal(parsed['partition'], 3);
    assert.equal(stringify(parsed), text.replace('3.0', '3'));
  });

  it('reads the same with and without white space, and refuses a doubled key in both', () => {
    const spaced = '{ "a b" : "x  \\" y\\n" , "n" : [ 1 ,\r\n 2 ] }';
    assert.deepEqual(parse(spaced), { 'a b': 'x  " y\n', n: [1, 2] });
    assert.deepEqual(parse('null'), null);
    for (const text of ['{"a":1,"a":2}', '{ "a": 1, "a": 2 }']) {
      assert.throws(() => parse(text), { code: 'MALFORMED_REQUEST' });
    }
    const big = parse('{ "value": 9007199254740993 }') as { value: unknown };
    assert.equal(stringify(big), '{"value":9007199254740993}');
  });

  it('reads a megabyte without blocking for long', () => {
    const text = JSON.stringify({
      value: 'x'.repeat(500_000),
      more: Array.from({ length: 50_000 }, (_, i) => i),
    });
    parse(text);
    const startedAt = performance.now();
    parse(text);
    const ms = performance.now() - startedAt;
    // The bound of the design is 50 ms; this machine may be shared.
    assert.ok(ms < 250, `${ms} ms`);
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
