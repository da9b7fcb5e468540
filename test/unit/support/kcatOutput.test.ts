import assert from 'node:assert/strict';
import { parseKcatOutput } from '../../support/real/tools';

describe('parseKcatOutput', () => {
  it('tells null from empty and keeps bytes that look like kcat', () => {
    const output = Buffer.concat([
      Buffer.from('0 7 1700000000000 -1 0\nMARK'),
      Buffer.from('1 8 -1 2 3\n\n '),
      Buffer.from([0xff, 0x00, 0x0a]),
      Buffer.from('a=1,a=NULLMARK'),
    ]);
    assert.deepEqual(parseKcatOutput(output, 'MARK'), [
      {
        partition: 0,
        offset: 7,
        timestamp: 1_700_000_000_000,
        key: null,
        value: Buffer.alloc(0),
        headers: '',
      },
      {
        partition: 1,
        offset: 8,
        timestamp: -1,
        key: Buffer.from('\n '),
        value: Buffer.from([0xff, 0x00, 0x0a]),
        headers: 'a=1,a=NULL',
      },
    ]);
  });

  it('refuses what is not a record, and a record that is cut off', () => {
    assert.throws(
      () => parseKcatOutput(Buffer.from('% ERROR: no\n'), 'MARK'),
      /something else than a record/,
    );
    assert.throws(() => parseKcatOutput(Buffer.from('0 7 1 -1 1\nx'), 'MARK'), /ends inside the record/);
  });
});
