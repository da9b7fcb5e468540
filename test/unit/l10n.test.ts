import assert from 'node:assert/strict';
import { errorTable } from '../../src/contract/errorTable';
import { readTexts } from '../support/manifest';
import { readBundle, readUiTexts } from '../support/uiTexts';

const { keys, dynamic } = readUiTexts();
const placeholders = (text: string): string[] => [...new Set(text.match(/\{\d\}/g) ?? [])].sort();
const links = (text: string): string[] => text.match(/\]\([^)]+\)/g) ?? [];
/** Sentences of errors are looked up while the editor runs. */
const errorTexts = new Set(Object.values(errorTable).flatMap(({ sentence, remedy }) => [sentence, remedy]));

describe('German', () => {
  const bundle = readBundle('de');

  it('has each text of the editor', () => {
    assert.ok(keys.size > 300, `${keys.size} keys`);
    assert.deepEqual(
      [...keys].filter((key) => !(key in bundle)),
      [],
    );
  });

  it('has the sentence and the remedy of each error', () => {
    assert.deepEqual(
      [...errorTexts].filter((text) => !(text in bundle)),
      [],
    );
  });

  it('has no text that nobody asks for', () => {
    assert.deepEqual(
      Object.keys(bundle).filter((key) => !keys.has(key) && !errorTexts.has(key)),
      [],
    );
  });

  it('keeps the placeholders, and is nowhere empty', () => {
    for (const [key, text] of Object.entries(bundle)) {
      assert.deepEqual(placeholders(text), placeholders(key), key);
      assert.ok(text.trim().length > 0, key);
    }
  });

  it('has the texts of package.json, with the same links', () => {
    const [english, german] = [readTexts(), readTexts('de')];
    assert.deepEqual(Object.keys(german).sort(), Object.keys(english).sort());
    for (const [key, text] of Object.entries(english)) {
      assert.deepEqual(links(german[key] ?? ''), links(text), key);
    }
  });
});

describe('Texts of the editor', () => {
  it('are literal, but for reasons, remedies and steps of a start', () => {
    const allowed = /: (?:.*[.])?(?:reason|remedy|message|problem)$/;
    assert.deepEqual(
      dynamic.filter((call) => !allowed.test(call)),
      [],
    );
  });
});
