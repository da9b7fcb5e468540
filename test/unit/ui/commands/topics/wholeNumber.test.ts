import assert from 'node:assert/strict';
import { wholeNumber } from '../../../../../src/ui/commands/topics/wholeNumber';

describe('wholeNumber', () => {
  for (const [text, number] of [
    ['3', 3],
    [' 10 ', 10],
    ['10,000', 10_000],
    ['0', 0],
  ] as const) {
    it(`${JSON.stringify(text)} is ${number}`, () => assert.equal(wholeNumber(text), number));
  }
  for (const text of ['', ' ', '1.5', '-1', '1e3', '0x10', '1,00', '10 000', 'three', '9'.repeat(16)]) {
    it(`${JSON.stringify(text)} is none`, () => assert.equal(wholeNumber(text), undefined));
  }
});
