import assert from 'node:assert/strict';
import fc from 'fast-check';
import { KafkaManagerError } from '../../../../../src/contract/errors';
import { compileFilter } from '../../../../../src/core/scan/filter/compileFilter';
import { regexLiteral } from '../../../../../src/core/scan/filter/regexLiteral';
import type { FilteredField } from '../../../../../src/core/scan/query';
import { hits, rowsWith, valueHits } from './filtering';

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
      () => filter.select(rows, 0, rows.length),
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
    assert.ok(filter.sliceBytes < rows.bytes.length, 'slices do not get smaller');
    assert.deepEqual(filter.select(rows, 21, 22), [21]);
  });

  it('takes its time for records that are only large', async () => {
    const value = `${'x'.repeat(10_000_000)}needle7`;
    assert.deepEqual(await valueHits(regex('(?:needle|pin)\\d'), [value, 'pin']), [0]);
  });
});
