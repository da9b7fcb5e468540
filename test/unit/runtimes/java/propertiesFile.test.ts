import assert from 'node:assert/strict';
import fc from 'fast-check';
import { formatProperties, parseProperties } from '../../../../src/runtimes/java/propertiesFile';

describe('formatProperties', () => {
  it('escapes what java.util.Properties.load would change', () => {
    const text = formatProperties(
      new Map([
        ['log.dirs', 'C:\\Users\\Zoë\\data'],
        ['key with:=#', ' leading'],
        ['lines', 'a\nb\tc'],
      ]),
    );
    assert.equal(
      text,
      'log.dirs=C:\\\\Users\\\\Zo\\u00eb\\\\data\nkey\\ with\\:\\=\\#=\\ leading\nlines=a\\nb\\tc\n',
    );
  });

  it('can be read back, whatever the text', () => {
    const key = fc.string({ minLength: 1, unit: 'binary' });
    fc.assert(
      fc.property(fc.dictionary(key, fc.string({ unit: 'binary' })), (entries) => {
        const map = new Map(Object.entries(entries));
        assert.deepEqual([...parseProperties(formatProperties(map))], [...map]);
      }),
    );
  });
});

describe('parseProperties', () => {
  it('reads what Kafka writes to meta.properties', () => {
    const text = '#\n#Tue Nov 24 09:50:44 UTC 2026\nnode.id=1\nversion=1\ncluster.id=AAAA\\=\\=\n';
    assert.deepEqual(
      [...parseProperties(text)],
      [
        ['node.id', '1'],
        ['version', '1'],
        ['cluster.id', 'AAAA=='],
      ],
    );
  });
});
