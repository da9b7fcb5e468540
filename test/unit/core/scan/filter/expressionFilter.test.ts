import assert from 'node:assert/strict';
import { compileFilter } from '../../../../../src/core/scan/filter/compileFilter';
import type { RecordFilter } from '../../../../../src/core/scan/query';
import { type Fields, hits, rowsWith } from './filtering';

const expression = (text: string): RecordFilter => ({ kind: 'expression', text });

describe('filter: expression', () => {
  const records: Fields[] = [
    { key: 'k0', value: '{"age":20,"name":"Bob","tags":["x","y"],"nothing":null}' },
    {
      key: '{"id":1}',
      value: '{"age":17.5,"name":"Eve"}',
      headers: [
        { key: 'h', value: 'old' },
        { key: 'h', value: 'new' },
      ],
    },
    { value: 'plain text', headers: [{ key: 'h', value: null }] },
    { value: null },
    { value: Buffer.of(0xff, 0xfe) },
    { value: 'null' },
  ];

  it('knows key, value, texts, headers, partition, offset and time of a record', async () => {
    const cases: [string, number[]][] = [
      ['record.value.age > 18', [0]],
      ['record.value.age == 20 && record.value.name.startsWith("B")', [0]],
      ['record.value.age + 1 == 21 || record.value.age / 2 == 8.75', [0, 1]],
      ['record.value.age % 2 == 0', [0]],
      ['10 - record.value.age < 0', [0, 1]],
      ['"x" in record.value.tags', [0]],
      ['record.value.tags.exists(tag, tag == "y")', [0]],
      ['has(record.value.name)', [0, 1]],
      ['record.value.nothing == null', [0]],
      ['record.key.id == 1', [1]],
      ['record.keyAsText == "k0"', [0]],
      ['record.keyAsText.contains("id")', [1]],
      ['record.valueAsText.contains("plain")', [2]],
      ['record.value == "plain text"', [2]],
      ['record.value == null', [3, 5]],
      ['record.value == b"\\xff\\xfe"', [4]],
      ['record.valueAsText.matches("^pl.*t$")', [2]],
      ['record.headers["h"] == "new"', [1]],
      ['"h" in record.headers && record.headers.h == null', [2]],
      ['record.partition == 3 && record.offset >= 104', [4, 5]],
      ['record.timestampMs == 1700000000002', [2]],
      ['true', [0, 1, 2, 3, 4, 5]],
      ['record.value', []],
    ];
    for (const [text, expected] of cases)
      assert.deepEqual(await hits(expression(text), records), expected, text);
  });

  it('does not match where a record can not be asked', async () => {
    for (const text of [
      'record.value.none == 1',
      'record.value.name > 3',
      'record.valueAsText.matches("[" + "a")',
    ]) {
      assert.deepEqual(await hits(expression(text), records), [], text);
    }
  });

  it('tells what is wrong where, before anything is read', async () => {
    const cases: [string, RegExp][] = [
      ['record.value.age >', /at character 19/],
      ['recrod.value == 1', /recrod, at character 1\./],
      ['record.valeu == 1', /valeu, at character 8\./],
      ['record.offset', /of type int/],
      ['record.offset == "1"', /at character 1\./],
      ['record.offset.foo() == 1', /foo/],
      ['', /at character 1/],
      [`${'('.repeat(1000)}true${')'.repeat(1000)}`, /./],
      [`${'true || '.repeat(500)}true`, /characters/],
    ];
    for (const [text, message] of cases) {
      await assert.rejects(compileFilter(expression(text)), { code: 'VALIDATION_ERROR', message }, text);
    }
  });

  it('reaches nothing but the record', async () => {
    for (const text of [
      'record.value.constructor == 1',
      'record.value.__proto__ == 1',
      'record.headers.size == 1',
    ]) {
      assert.deepEqual(await hits(expression(text), records), [], text);
    }
    for (const text of ['process.exit() == 1', 'record.constructor == 1', 'globalThis == 1', 'this == 1']) {
      await assert.rejects(compileFilter(expression(text)), { code: 'VALIDATION_ERROR' }, text);
    }
  });

  it('hides no mistake of the program as a record that does not match', async () => {
    const filter = await compileFilter(expression('record.value == 1'));
    const rows = rowsWith([{ value: '1' }]);
    rows.value = () => {
      throw new TypeError('a mistake');
    };
    assert.throws(() => filter.select(rows, 0, 1, 'oldest'), { message: 'a mistake' });
  });

  it('is ended where it runs away', async () => {
    const list = Array.from({ length: 2_000 }, (_, i) => i);
    const rows = rowsWith([{ value: JSON.stringify(list) }, { value: JSON.stringify('a'.repeat(40)) }]);
    const nested = 'record.value.all(a, record.value.all(b, record.value.all(c, a + b + c >= 0)))';
    const since = performance.now();
    for (const [text, row] of [
      [nested, 0],
      ['record.value.matches("(a+)+c")', 1],
    ] as const) {
      const filter = await compileFilter(expression(text));
      assert.throws(() => filter.select(rows, row, row + 1, 'oldest'), { code: 'FILTER_TOO_SLOW' });
    }
    assert.ok(performance.now() - since < 2_000);
  });
});
