import assert from 'node:assert/strict';
import { LineSplitter } from '../../../../src/runtimes/supervisor/lineSplitter';

function split(chunks: readonly Buffer[]): string[] {
  const lines: string[] = [];
  const splitter = new LineSplitter((some) => lines.push(...some));
  for (const chunk of chunks) splitter.write(chunk);
  splitter.end();
  return lines;
}

describe('LineSplitter', () => {
  it('puts lines together whatever the chunks are, characters of several bytes included', () => {
    const bytes = Buffer.from('eins\nzwölf €\r\n\nlast');
    for (let size = 1; size <= bytes.length; size++) {
      const chunks: Buffer[] = [];
      for (let at = 0; at < bytes.length; at += size) chunks.push(bytes.subarray(at, at + size));
      assert.deepEqual(split(chunks), ['eins', 'zwölf €', '', 'last'], `chunks of ${size}`);
    }
  });

  it('cuts a line that never ends', () => {
    const lines = split([Buffer.alloc(40_000, 'a'), Buffer.alloc(40_000, 'b')]);
    assert.ok(lines.every((line) => line.length <= 16_000));
    assert.equal(lines.join('').length, 80_000);
  });
});
