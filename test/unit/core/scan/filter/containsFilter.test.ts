import assert from 'node:assert/strict';
import fc from 'fast-check';
import { compileFilter } from '../../../../../src/core/scan/filter/compileFilter';
import { fold, foldedBytes } from '../../../../../src/core/scan/filter/foldedBytes';
import type { FilteredField, RecordFilter } from '../../../../../src/core/scan/query';
import { type Fields, hits, rowsWith, valueHits } from './filtering';

const contains = (
  text: string | Uint8Array,
  more: Partial<Extract<RecordFilter, { kind: 'contains' }>> = {},
) => ({ kind: 'contains', bytes: Buffer.from(text as Uint8Array), ...more }) as const;
const caseless = (text: string, fields?: readonly FilteredField[]) =>
  contains(text, { ignoreCase: true, ...(fields && { fields }) });

/** Few different bytes, so that needles and near misses are frequent. */
const bytes = fc
  .array(fc.constantFrom(...Buffer.from('aAbB\0\u0004')), { maxLength: 12 })
  .map((all) => Buffer.from(all));
const record: fc.Arbitrary<Fields> = fc.record({
  key: fc.option(bytes),
  value: fc.option(bytes),
  headers: fc.array(fc.record({ key: fc.constantFrom('', 'a', 'Ab', 'bab'), value: fc.option(bytes) }), {
    maxLength: 3,
  }),
});
const fields = fc.uniqueArray(fc.constantFrom<FilteredField>('key', 'value', 'headers'), { minLength: 1 });
const few = fc.array(record, { minLength: 1, maxLength: 12 });

/** What a filter should let through, by looking at each field of each record. */
function naively(
  records: readonly Fields[],
  chosen: readonly FilteredField[],
  test: (bytes: Buffer) => boolean,
): number[] {
  return records.flatMap(({ key, value, headers = [] }, row) => {
    const parts = [
      ...(chosen.includes('key') ? [key] : []),
      ...(chosen.includes('value') ? [value] : []),
      ...(chosen.includes('headers') ? headers.flatMap((header) => [header.key, header.value]) : []),
    ];
    const isHit = parts.some((part) => part != null && test(Buffer.from(part as Uint8Array)));
    return isHit ? [row] : [];
  });
}

describe('filter: contains', () => {
  it('finds bytes in the chosen fields, and nothing across them, as a naive search does', async () => {
    const needle = bytes.filter((all) => all.length > 0 && all.length < 5);
    await fc.assert(
      fc.asyncProperty(few, needle, fields, async (records, word, chosen) => {
        const expected = naively(records, chosen, (part) => part.includes(word));
        assert.deepEqual(await hits(contains(word, { fields: chosen }), records), expected);
      }),
      { numRuns: 500 },
    );
  });

  it('without case finds what a naive search in lower case finds', async () => {
    const needle = bytes.filter((all) => all.length > 0 && all.length < 5);
    await fc.assert(
      fc.asyncProperty(few, needle, fields, async (records, word, chosen) => {
        const lower = (part: Buffer): string => part.toString('latin1').toLowerCase();
        const expected = naively(records, chosen, (part) => lower(part).includes(lower(word)));
        const filter = caseless(word.toString('latin1'), chosen);
        assert.deepEqual(await hits(filter, records), expected);
      }),
      { numRuns: 500 },
    );
  });

  it('without case finds text of every script as toLowerCase has it', async () => {
    const letter = fc.constantFrom(...Array.from('éÉaAσςΣßẞıİiIKk\u212a\ufb01ñЖж\u{10400}\u{10428}'));
    const word = fc.array(letter, { maxLength: 8 }).map((all) => all.join(''));
    const needle = word.filter((all) => /[^\0-\x7f]/.test(all));
    const lower = (text: string): string => text.toLowerCase().replaceAll('ς', 'σ');
    await fc.assert(
      fc.asyncProperty(fc.array(word, { minLength: 1 }), needle, async (values, text) => {
        const expected = values.flatMap((value, row) => (lower(value).includes(lower(text)) ? [row] : []));
        assert.deepEqual(await valueHits(caseless(text), values), expected);
      }),
      { numRuns: 500 },
    );
  });

  it('knows each character that has a lower case in its UTF-8 bytes', () => {
    let all = '';
    for (let code = 0x80; code < 0x110000; code++) {
      const char = String.fromCodePoint(code);
      if (fold(char) !== char) all += char;
    }
    // Folded one by one: side by side, a sigma depends on its place.
    const folded = Array.from(all, fold).join('');
    assert.ok(all.length > 1_000);
    assert.match(Buffer.from(all).toString('latin1'), new RegExp(`^${foldedBytes(folded)}$`));
  });

  it('looks at key and value where nothing is chosen', async () => {
    const records: Fields[] = [
      { key: 'word', value: null },
      { value: 'a word.' },
      { value: '', headers: [{ key: 'word', value: 'word' }] },
      { key: 'wo', value: 'rd' },
      {},
    ];
    assert.deepEqual(await hits(contains('word'), records), [0, 1]);
    assert.deepEqual(await hits(contains('word', { fields: ['headers'] }), records), [2]);
    assert.deepEqual(await hits(contains('word', { fields: ['headers', 'key'] }), records), [0, 2]);
    assert.deepEqual(await hits(caseless('WORD'), records), [0, 1]);
  });

  it('takes signs of regular expressions as they are', async () => {
    const values = ['a.b', 'aXb', '(A+', 'x\ny', '[\\]'];
    assert.deepEqual(await valueHits(caseless('A.B'), values), [0]);
    assert.deepEqual(await valueHits(caseless('(a+'), values), [2]);
    assert.deepEqual(await valueHits(caseless('X\nY'), values), [3]);
    assert.deepEqual(await valueHits(caseless('[\\]'), values), [4]);
  });

  it('an ASCII word stands for ASCII letters only', async () => {
    assert.deepEqual(await valueHits(caseless('k'), ['\u212a', 'K']), [1]);
    assert.deepEqual(await valueHits(caseless('s'), ['ſ', 'S']), [1]);
  });

  it('finds a dot above alone, also the one that an İ has in lower case', async () => {
    const values = ['x', 'a\u0307', 'İ', 'i', 'q\u0307\u0307', '', 'İ\u0307', 'İİ'];
    assert.deepEqual(await valueHits(caseless('\u0307'), values), [1, 2, 4, 6, 7]);
    assert.deepEqual(await valueHits(caseless('\u0307\u0307'), values), [4, 6]);
    const filter = await compileFilter(caseless('\u0307'));
    assert.equal(filter.mayMatch(rowsWith([{ value: 'x' }]).bytes), false);
  });

  it('finds words next to broken UTF-8', async () => {
    const value = Buffer.concat([Buffer.of(0xff, 0xc3), Buffer.from('ÉTÉ'), Buffer.of(0xe2)]);
    assert.deepEqual(await hits(caseless('été'), [{ value }, { value: Buffer.of(0xc3) }]), [0]);
  });

  it('denies a batch without the word', async () => {
    const rows = rowsWith([{ value: 'nothing' }, { value: 'of Note' }]);
    for (const filter of [contains('note'), caseless('notes'), caseless('ñote')]) {
      assert.equal((await compileFilter(filter)).mayMatch(rows.bytes), false);
    }
    assert.equal((await compileFilter(caseless('NOTE'))).mayMatch(rows.bytes), true);
  });

  it('refuses what can not be looked for', async () => {
    const wrong: RecordFilter[] = [
      contains(''),
      contains(Buffer.alloc(65_537, 'x')),
      contains('x', { fields: [] }),
      caseless('x'.repeat(4097)),
      contains(Buffer.of(0xff), { ignoreCase: true }),
      caseless('\ufffd'),
    ];
    for (const filter of wrong) {
      await assert.rejects(compileFilter(filter), { code: 'VALIDATION_ERROR' });
    }
    const most = 'x'.repeat(4096);
    assert.deepEqual(await valueHits(caseless(most), [most.toUpperCase(), most.slice(1)]), [0]);
    assert.deepEqual(await valueHits(contains('x'.repeat(65_536)), ['x'.repeat(65_537)]), [0]);
  });
});
