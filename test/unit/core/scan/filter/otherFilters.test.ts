import assert from 'node:assert/strict';
import { compileFilter } from '../../../../../src/core/scan/filter/compileFilter';
import type { RecordFilter } from '../../../../../src/core/scan/query';
import { hits, rowsWith, valueHits } from './filtering';

const contains = (text: string): RecordFilter => ({ kind: 'contains', bytes: Buffer.from(text) });
const jsonPath = (path: string): RecordFilter => ({ kind: 'jsonPath', path });

describe('filter: header', () => {
  const records = [
    { headers: [{ key: 'trace', value: 'abc' }] },
    {
      headers: [
        { key: 'x', value: 'y' },
        { key: 'trace', value: null },
      ],
    },
    {
      headers: [
        { key: 'trace', value: '' },
        { key: 'trace', value: 'abc' },
      ],
    },
    { key: 'trace', value: 'abc' },
    {
      headers: [
        { key: 'abc', value: 'trace' },
        { key: '', value: 'nameless' },
      ],
    },
    { headers: [{ key: 'trace2', value: 'abc' }] },
  ];
  const header = (key: string, value?: string | null): RecordFilter => ({
    kind: 'header',
    key,
    ...(value !== undefined && { value: value === null ? null : Buffer.from(value) }),
  });

  it('finds a key, and a value of it where one is given', async () => {
    assert.deepEqual(await hits(header('trace'), records), [0, 1, 2]);
    assert.deepEqual(await hits(header('trace', 'abc'), records), [0, 2]);
    assert.deepEqual(await hits(header('trace', ''), records), [2]);
    assert.deepEqual(await hits(header('trace', null), records), [1]);
    assert.deepEqual(await hits(header('trace', 'abcdefgh'), records), []);
    assert.deepEqual(await hits(header(''), records), [4]);
    assert.deepEqual(await hits(header('', ''), records), []);
  });

  it('denies a batch that holds only one of them', async () => {
    const { bytes } = rowsWith([{ headers: [{ key: 'trace', value: 'abc' }] }]);
    assert.equal((await compileFilter(header('trace', 'xyz'))).mayMatch(bytes), false);
    assert.equal((await compileFilter(header('span', 'abc'))).mayMatch(bytes), false);
    assert.equal((await compileFilter(header('trace', 'abc'))).mayMatch(bytes), true);
  });
});

describe('filter: JSONPath', () => {
  const values = [
    '{"order":{"id":7,"items":[{"sku":"a","n":2},{"sku":"b","n":9}]}}',
    ' {"order":{"id":8,"items":[]}}',
    '{"\\u006frder":{"id":7}}',
    '{"order":null}',
    'order',
    '{"order":',
    null,
    '[1,2,3]',
    '7',
  ];

  it('lets through what the path selects something in', async () => {
    const cases: [string, number[]][] = [
      ['$.order', [0, 1, 2, 3]],
      ['$.order.id', [0, 1, 2]],
      ['$.order[?@ == 7]', [0, 2]],
      ['$[?@.id == 7]', [0, 2]],
      ['$..sku', [0]],
      ['$.order.items[?@.n > 5].sku', [0]],
      ['$.order.items[?match(@.sku, "[bc]")]', [0]],
      ['$[2]', [7]],
      ['$["order"]["id"]', [0, 1, 2]],
      ['$', [0, 1, 2, 3, 7, 8]],
      ['$.toString', []],
      ['$.__proto__', []],
    ];
    for (const [path, expected] of cases)
      assert.deepEqual(await valueHits(jsonPath(path), values), expected, path);
  });

  it('looks at the key where that is asked', async () => {
    const filter: RecordFilter = { kind: 'jsonPath', path: '$.id', field: 'key' };
    assert.deepEqual(await hits(filter, [{ key: '{"id":1}' }, { value: '{"id":1}' }]), [0]);
  });

  it('denies a batch without a name of the path, unless it may be written in another way', async () => {
    const filter = await compileFilter(jsonPath('$.order.id'));
    assert.equal(filter.mayMatch(rowsWith([{ value: '{"order":1,"idle":2}' }]).bytes), false);
    assert.equal(filter.mayMatch(rowsWith([{ value: '{"order":1,"\\u0069d":2}' }]).bytes), true);
    assert.equal(filter.mayMatch(rowsWith([{ value: '{"order":{"id":2}}' }]).bytes), true);
    const any = await compileFilter(jsonPath('$[*]'));
    assert.equal(any.mayMatch(rowsWith([{ value: '[1]' }]).bytes), true);
  });

  it('is ended where an expression in it runs away', async () => {
    const filter = await compileFilter(jsonPath('$[?search(@, "(a+)+c")]'));
    const rows = rowsWith([{ value: JSON.stringify(['a'.repeat(40)]) }]);
    assert.throws(() => filter.select(rows, 0, 1, 'oldest'), { code: 'FILTER_TOO_SLOW' });
  });

  it('survives JSON that is nested too deep', async () => {
    const deep = '['.repeat(50_000) + ']'.repeat(50_000);
    assert.deepEqual(await valueHits(jsonPath('$..a'), [deep, '{"a":1}']), [1]);
  });

  it('tells where a path is wrong', async () => {
    for (const path of ['order', '$.', '$.a[', '$[?@.a = 1]', '$[?foo(@)]', '$'.padEnd(1001, '.a')]) {
      await assert.rejects(compileFilter(jsonPath(path)), { code: 'VALIDATION_ERROR' }, path);
    }
    await assert.rejects(compileFilter(jsonPath('$.a >')), { message: /'\$\.a >':\d/ });
  });
});

describe('filter: all', () => {
  it('lets through what each of them does', async () => {
    const all: RecordFilter = {
      kind: 'all',
      filters: [
        { kind: 'expression', text: 'record.offset > 100' },
        jsonPath('$.a'),
        { kind: 'regex', source: '[bc]' },
        contains('x'),
        { kind: 'all', filters: [{ kind: 'header', key: 'h' }] },
      ],
    };
    const headers = [{ key: 'h', value: null }];
    const records = [
      { value: '{"a":"bx"}', headers },
      { value: '{"a":"bx"}', headers },
      { value: '{"a":"cx"}' },
      { value: '{"a":"c"}', headers },
      { value: '{"a":"x"}', headers },
      { value: '"abcx"', headers },
      { value: '{"a":"cx"}', headers },
    ];
    assert.deepEqual(await hits(all, records), [1, 6]);
  });

  it('asks the quick ones first', async () => {
    const filter = await compileFilter({
      kind: 'all',
      filters: [{ kind: 'regex', source: '^(a+)+$' }, contains('nowhere')],
    });
    const rows = rowsWith([{ value: `${'a'.repeat(40)}b` }]);
    assert.deepEqual(filter.select(rows, 0, 1, 'oldest').hits, []);
    assert.equal(filter.mayMatch(rows.bytes), false);
  });

  it('is bounded', async () => {
    const nested = (depth: number): RecordFilter =>
      depth === 0 ? contains('x') : { kind: 'all', filters: [nested(depth - 1)] };
    await compileFilter(nested(4));
    const wrong: RecordFilter[] = [
      nested(5),
      { kind: 'all', filters: [] },
      { kind: 'all', filters: Array<RecordFilter>(32).fill(contains('x')) },
    ];
    for (const filter of wrong) await assert.rejects(compileFilter(filter), { code: 'VALIDATION_ERROR' });
  });
});
