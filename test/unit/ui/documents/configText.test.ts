import assert from 'node:assert/strict';
import type { ConfigEntry } from '../../../../src/core/kafkaTypes';
import {
  changedMeanwhile,
  changesOf,
  type ConfigWords,
  formatConfig,
  parseConfig,
  requestOf,
} from '../../../../src/ui/documents/configText';

const words: ConfigWords = {
  head: ['Config of orders.'],
  set: 'Set',
  noneSet: 'Nothing.',
  defaults: 'Defaults',
  readOnly: 'Read-only.',
  sensitive: 'Sensitive.',
  from: (source) => `From ${source}.`,
};

function entry(name: string, value: string | null, more: Partial<ConfigEntry> = {}): ConfigEntry {
  return {
    name,
    value,
    source: 'default',
    isReadOnly: false,
    isSensitive: false,
    type: 'string',
    documentation: null,
    ...more,
  };
}

const opened: readonly ConfigEntry[] = [
  entry('cleanup.policy', 'compact', { source: 'topic' }),
  entry('flush.ms', '1', { source: 'topic', isReadOnly: true }),
  entry('password', null, { isSensitive: true }),
  entry('retention.ms', '604800000', { documentation: 'How <b>long</b> &lt;records&gt;\nstay.' }),
  entry('segment.ms', '100', { source: 'static-broker' }),
];

describe('configText', () => {
  it('puts what is set first and everything else into comments, with what the broker says of it', () => {
    assert.equal(
      formatConfig(opened, words),
      [
        '# Config of orders.',
        '',
        '# == Set ==',
        'cleanup.policy=compact',
        '# Read-only.',
        '#flush.ms=1',
        '',
        '# == Defaults ==',
        '',
        '# Sensitive.',
        '#password=',
        '',
        '# How long <records> stay.',
        '#retention.ms=604800000',
        '',
        '# From static-broker.',
        '#segment.ms=100',
        '',
      ].join('\n'),
    );
  });

  it('says where nothing is set', () => {
    assert.match(formatConfig([entry('a', 'b')], words), /== Set ==\n# Nothing\.\n\n/);
  });

  it('an unchanged text changes nothing', () => {
    const { values, problems } = parseConfig(formatConfig(opened, words));
    assert.deepEqual(problems, []);
    assert.deepEqual(changesOf(opened, values), { changes: [], problems: [] });
  });

  for (const value of [
    '',
    ' a ',
    'a=b',
    '#x',
    '!',
    'a\\nb',
    'a\nb\r\tc',
    'x\u202ey\u0000',
    'ä😀',
    '\\u0041',
  ]) {
    it(`a value comes back as it was: ${JSON.stringify(value)}`, () => {
      const text = formatConfig([entry('k', value, { source: 'topic' })], words);
      assert.equal(parseConfig(text).values.get('k')?.value, value);
      assert.ok(!text.includes('\u202e') && !text.includes('\u0000'));
    });
  }

  it('a hostile documentation stays in its comment', () => {
    const text = formatConfig([entry('k', 'v', { documentation: 'a\nretention.ms=1\r\nb\u2028c=d' })], words);
    assert.deepEqual([...parseConfig(text).values.keys()], []);
  });

  it('long documentation is broken between words', () => {
    const text = formatConfig([entry('k', 'v', { documentation: 'word '.repeat(100) })], words);
    assert.ok(text.split('\n').every((line) => line.length <= 100));
  });

  it('tells of set, changed and removed keys, and only of those', () => {
    const { values } = parseConfig('retention.ms = 60000\n#cleanup.policy=compact\n');
    const { changes, problems } = changesOf(opened, values);
    assert.deepEqual(problems, []);
    assert.deepEqual(changes, [
      { key: 'retention.ms', from: null, to: '60000' },
      { key: 'cleanup.policy', from: 'compact', to: null },
    ]);
    assert.deepEqual(requestOf(changes), { 'retention.ms': '60000', 'cleanup.policy': null });
  });

  it('a default that is written down becomes a value of its own', () => {
    const { values } = parseConfig('cleanup.policy=compact\nretention.ms=604800000');
    assert.deepEqual(changesOf(opened, values).changes, [
      { key: 'retention.ms', from: null, to: '604800000' },
    ]);
  });

  it('keys named like members of objects are keys', () => {
    const { values } = parseConfig('cleanup.policy=compact\n__proto__=1\nconstructor=2');
    const request = requestOf(changesOf(opened, values).changes);
    assert.deepEqual(Object.entries(request), [
      ['__proto__', '1'],
      ['constructor', '2'],
    ]);
  });

  it('names the lines that say nothing', () => {
    const text = 'a\n=b\n\n# x\nc=1\r\nc=2\nd=\\x\ne=\\';
    assert.deepEqual(parseConfig(text).problems, [
      { kind: 'no-equals', line: 1, key: 'a' },
      { kind: 'no-key', line: 2, key: '' },
      { kind: 'twice', line: 6, key: 'c' },
      { kind: 'escape', line: 7, key: 'd' },
      { kind: 'escape', line: 8, key: 'e' },
    ]);
  });

  it('refuses read-only and sensitive keys, by their line', () => {
    const { values } = parseConfig('cleanup.policy=compact\nflush.ms=2\npassword=x');
    assert.deepEqual(changesOf(opened, values).problems, [
      { kind: 'read-only', line: 2, key: 'flush.ms' },
      { kind: 'sensitive', line: 3, key: 'password' },
    ]);
  });

  it('tells what somebody else has set, changed or removed meanwhile', () => {
    const now = [
      entry('cleanup.policy', 'delete'),
      entry('flush.ms', '2', { source: 'topic' }),
      entry('retention.ms', '1', { source: 'topic' }),
      entry('segment.ms', '200', { source: 'static-broker' }),
    ];
    assert.deepEqual(changedMeanwhile(opened, now), [
      { key: 'cleanup.policy', from: 'compact', to: null },
      { key: 'flush.ms', from: '1', to: '2' },
      { key: 'retention.ms', from: null, to: '1' },
    ]);
    assert.deepEqual(changedMeanwhile(opened, opened), []);
  });
});
