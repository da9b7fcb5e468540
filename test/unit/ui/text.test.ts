import assert from 'node:assert/strict';
import { iconSafe, linkSafe, plainText } from '../../../src/ui/text';

describe('Names as text', () => {
  it('shows a name of nothing but blanks in quotes', () => {
    for (const show of [plainText, iconSafe, linkSafe]) {
      assert.equal(show(' '), '" "');
      assert.equal(show('\u00a0\u3000'), '"\u00a0\u3000"');
    }
  });

  it('leaves blanks in other names, and no name, as they are', () => {
    assert.deepEqual(['a b', ' a ', ''].map(plainText), ['a b', ' a ', '']);
  });

  it('says the same of a text that it has shown already', () => {
    for (const name of [' ', '\u0007', '\u202e']) assert.equal(plainText(plainText(name)), plainText(name));
  });
});
