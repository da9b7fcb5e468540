import assert from 'node:assert/strict';
import fc from 'fast-check';
import { KafkaManagerError } from '../../../../../src/contract/errors';
import { compileFilter } from '../../../../../src/core/scan/filter/compileFilter';
import { regexLiteral } from '../../../../../src/core/scan/filter/regexLiteral';
import type { FilteredField, RecordFilter } from '../../../../../src/core/scan/query';
import { hits, rowsWith, selected, valueHits } from './filtering';

const regex = (source: string, flags = '', fields?: readonly FilteredField[]) =>
  ({ kind: 'regex', source, flags, ...(fields && { fields }) }) as const;

describe('filter: regex', () => {
  it('matches as a RegExp on the text of each field does', async () => {
    const text = fc.array(fc.constantFrom('a', 'A', 'b', '-', '\n', 'é', 'É', '\u212a'), { maxLength: 8 });
    const value = text.map((all) => all.join(''));
    const source = fc
      .array(
        fc.constantFrom(
          'a',
          'b',
          '-',
          'k',
          'é',
          '.',
          '^',
          '$',
          'a+',
          'ab?',
          'b{2}',
          '[^a]',
          '\\w',
          '\\.',
          '(a|b)',
        ),
        {
          minLength: 1,
          maxLength: 5,
        },
      )
      .map((all) => all.join(''));
    const flags = fc.subarray(['i', 'm', 's', 'u']).map((all) => all.join(''));
    await fc.assert(
      fc.asyncProperty(fc.array(value, { minLength: 1 }), source, flags, async (values, pattern, chosen) => {
        const expected = values.flatMap((one, row) => (new RegExp(pattern, chosen).test(one) ? [row] : []));
        assert.deepEqual(await valueHits(regex(pattern, chosen), values), expected);
      }),
      { numRuns: 500 },
    );
  });

  it('looks at each field alone', async () => {
    const records = [
      { key: 'ab', value: 'cd' },
      { key: 'cd', headers: [{ key: 'trace', value: 'ab' }] },
    ];
    assert.deepEqual(await hits(regex('^ab$'), records), [0]);
    assert.deepEqual(await hits(regex('^ab$', '', ['headers']), records), [1]);
    assert.deepEqual(await hits(regex('^tr', '', ['headers']), records), [1]);
    assert.deepEqual(await hits(regex('b.*c', 's'), records), []);
  });

  it('knows a text that every match holds, where that is sure', () => {
    const cases: [string, string, string | undefined][] = [
      ['order', '', 'order'],
      ['order-\\d+', '', 'order-'],
      ['^orders?$', '', 'order'],
      ['ab*cde', '', 'cde'],
      ['ab{0}', '', 'a'],
      ['ab{2,3}c', '', 'a'],
      ['a\\.json', '', 'a.json'],
      ['x[abc\\]]yz', '', 'yz'],
      ['foo|bar', '', undefined],
      ['(foo)?bar', '', undefined],
      ['\\x41bc', '', undefined],
      ['[[a]&&b]cde', 'v', undefined],
      ['kind', 'i', 'kind'],
      ['kind', 'iu', undefined],
      ['.*', '', undefined],
    ];
    for (const [source, flags, text] of cases) {
      assert.equal(regexLiteral(source, flags)?.text, text, source);
    }
  });

  it('tells what is wrong with a pattern, in the words of the engine', async () => {
    await assert.rejects(compileFilter(regex('(')), {
      code: 'VALIDATION_ERROR',
      message: /Unterminated group/,
    });
    await assert.rejects(compileFilter(regex('a', 'g')), { code: 'VALIDATION_ERROR' });
    await assert.rejects(compileFilter(regex('a', 'uv')), { code: 'VALIDATION_ERROR', message: /flags/ });
    await assert.rejects(compileFilter(regex('a', 'ii')), { code: 'VALIDATION_ERROR' });
    await assert.rejects(compileFilter(regex('a'.repeat(1001))), { code: 'VALIDATION_ERROR' });
  });

  it('is ended where it runs away, and names the record', async () => {
    const values = [...Array<string>(20).fill('aaab'), `${'a'.repeat(40)}b`, 'aaa'];
    const rows = rowsWith(values.map((value) => ({ value })));
    const filter = await compileFilter(regex('^(a+)+$'));
    const since = performance.now();
    assert.throws(
      () => selected(filter, rows, 0, rows.length),
      (error) => {
        assert.ok(error instanceof KafkaManagerError);
        assert.equal(error.code, 'FILTER_TOO_SLOW');
        assert.match(error.message, /offset 120 of partition 3/);
        assert.deepEqual(error.details, { partition: 3, offset: 120 });
        return true;
      },
    );
    const took = performance.now() - since;
    assert.ok(took < 1_000, `${took} ms`);
    assert.deepEqual(filter.select(rows, 21, 22, 'oldest').hits, [21]);
  });

  it('holds nobody up over many records that are merely slow, both ways', async () => {
    const slow = `${'a'.repeat(19)}b`;
    const values = Array.from({ length: 80 }, (_, row) => (row % 7 === 3 ? 'aaa' : slow));
    const expected = values.flatMap((value, row) => (value === slow ? [] : [row]));
    const rows = rowsWith(values.map((value) => ({ value })));
    const runsAway: RecordFilter = regex('^(a+)+$');
    const inAll: RecordFilter = {
      kind: 'all',
      filters: [runsAway, regex('a|c'), { kind: 'contains', bytes: Buffer.from('a') }],
    };
    for (const direction of ['oldest', 'newest'] as const) {
      for (const filter of [runsAway, inAll]) {
        const took = selected(await compileFilter(filter), rows, 0, rows.length, direction);
        assert.deepEqual(took.hits, expected);
        assert.ok(took.calls > 3, `${took.calls} calls`);
        assert.ok(took.longestMs < 80, `${took.longestMs} ms`);
      }
    }
  });

  it('takes its time for records that are only large', async () => {
    const value = `${'x'.repeat(10_000_000)}needle7`;
    assert.deepEqual(await valueHits(regex('(?:needle|pin)\\d'), [value, 'pin']), [0]);
  });
});
