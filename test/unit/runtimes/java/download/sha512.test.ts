import assert from 'node:assert/strict';
import { parseSha512 } from '../../../../../src/runtimes/java/download/sha512';

const hash = '0123456789ABCDEF'.repeat(8);
const name = 'kafka_2.13-4.3.1.tgz';

describe('parseSha512', () => {
  it("reads Apache's wrapped form", () => {
    const words = hash.match(/.{8}/g)!;
    const lines = [words.slice(0, 5), words.slice(5, 10), words.slice(10)].map((part) => part.join(' '));
    assert.equal(parseSha512(`${name}: ${lines.join('\n' + ' '.repeat(22))}\n`, name), hash.toLowerCase());
  });

  it('reads what sha512sum prints, for the right file', () => {
    const other = 'f'.repeat(128);
    const text = `${other}  other.tgz\n${hash} *./${name}\n`;
    assert.equal(parseSha512(text, name), hash.toLowerCase());
  });

  it('reads a bare hash', () => {
    assert.equal(parseSha512(`${hash}\n`, name), hash.toLowerCase());
  });

  it('takes nothing else for a hash', () => {
    assert.equal(parseSha512('<html>Not found</html>', name), undefined);
    assert.equal(parseSha512(`${name}: ${hash.slice(1)}`, name), undefined);
    assert.equal(parseSha512(`other.tgz: ${hash}`, name), undefined);
    assert.equal(parseSha512(`${hash}  other.tgz`, name), undefined);
    assert.equal(parseSha512('', name), undefined);
  });
});
