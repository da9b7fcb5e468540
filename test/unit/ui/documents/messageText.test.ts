import assert from 'node:assert/strict';
import type { ConsumedRecord } from '../../../../src/core/kafkaTypes';
import { formatMessage, messageMark, type MessageWords } from '../../../../src/ui/documents/messageText';

const words: MessageWords = {
  tombstone: 'tombstone',
  empty: 'empty',
  json: (size) => `JSON ${size}`,
  text: (size) => `text ${size}`,
  binary: (size) => `binary ${size}`,
  cut: (shown) => `cut after ${shown}`,
  noTimestamp: 'no timestamp',
  size: (bytes) => `${bytes} B`,
};

function shown(more: Partial<ConsumedRecord>, maxBytes = 1_000): string {
  const record = {
    partition: 7,
    offset: 100_935,
    timestamp: Date.UTC(2026, 10, 24, 10),
    key: null,
    value: null,
    headers: [],
  };
  return formatMessage({ ...record, ...more }, words, maxBytes);
}

const start = '#7@100935  2026-11-24T10:00:00.000Z  ';

describe('formatMessage', () => {
  it('says where a record is, when, its key and headers, and lays out JSON with exact numbers', () => {
    const text = shown({
      key: Buffer.from('k1'),
      value: Buffer.from('{"id":9007199254740993}'),
      headers: [
        { key: 'trace', value: Buffer.from('a') },
        { key: 'trace', value: null },
      ],
    });
    const head = `${start}key="k1"  JSON 23 B  {"trace": "a", "trace": null}`;
    assert.equal(text, `${head}\n  {\n    "id": 9007199254740993\n  }`);
  });

  it('tells tombstone, empty value, empty key and no key apart', () => {
    assert.equal(shown({}), `${start}key=null  tombstone`);
    assert.equal(shown({ key: Buffer.alloc(0), value: Buffer.alloc(0) }), `${start}key=""  empty`);
    assert.equal(shown({ value: Buffer.from('null') }), `${start}key=null  JSON 4 B\n  null`);
  });

  it('a record without a timestamp, and one beyond all dates', () => {
    assert.match(shown({ timestamp: -1 }), /^#7@100935 {2}no timestamp {2}/);
    assert.match(shown({ timestamp: Number.MAX_SAFE_INTEGER }), /^#7@100935 {2}9007199254740991 ms {2}/);
  });

  it('a value can not look like a record, nor hide or turn what is around it', () => {
    const value = Buffer.from(`a\n#7@1  x\r\u0000\u202eb\u2028c\td`);
    assert.equal(
      shown({ value }),
      `${start}key=null  text ${value.length} B\n  a\n  #7@1  x\\x0d\\x00\\u202eb\\u2028c\td`,
    );
    assert.equal(
      shown({ value })
        .split('\n')
        .filter((line) => line.startsWith('#')).length,
      1,
    );
  });

  it('a key and a header stay on their line and in their quotes', () => {
    const text = shown({
      key: Buffer.from('a"\n\\x'),
      headers: [{ key: 'h": "\n', value: Buffer.from('}') }],
    });
    assert.equal(text, `${start}key="a\\"\\x0a\\\\x"  tombstone  {"h\\": \\"\\x0a": "}"}`);
  });

  it('bytes that are no UTF-8 are shown as hexadecimal', () => {
    const text = shown({ key: Buffer.from([0xff, 0]), value: Buffer.from([0xff, 0x41, 0x0a]) });
    assert.equal(text, `${start}key=0xff00  binary 3 B\n  0000  ff 41 0a${' '.repeat(39)}  .A.`);
  });

  it('of long binary only the beginning', () => {
    const lines = shown({ value: Buffer.alloc(1_000, 0xff) }).split('\n');
    assert.equal(lines[0], `${start}key=null  binary 1000 B, cut after 256 B`);
    assert.equal(lines.length, 1 + 16);
    assert.match(lines[16] ?? '', /^ {2}00f0 {2}(ff ){15}ff {2}\.{16}$/);
  });

  it('cuts a long value between characters, says so, and does not call it JSON', () => {
    const value = Buffer.from(`"${'ä'.repeat(50)}"`);
    assert.equal(shown({ value }, 10), `${start}key=null  text 102 B, cut after 10 B\n  "ääää`);
  });

  it('a value of just the allowed length is whole', () => {
    assert.equal(shown({ value: Buffer.from('12345') }, 5), `${start}key=null  JSON 5 B\n  12345`);
  });

  it('shortens long keys and many headers', () => {
    const text = shown({
      key: Buffer.alloc(300, 'k'),
      headers: Array.from({ length: 60 }, () => ({ key: 'h', value: null })),
    });
    assert.match(text, /key="k{200}"…/);
    assert.equal(text.split('"h": null').length - 1, 50);
    assert.match(text, /… 10\}$/);
  });

  it('begins with the mark of its record', () => {
    assert.ok(shown({}).startsWith(messageMark({ partition: 7, offset: 100_935 })));
    assert.ok(!shown({}).startsWith(messageMark({ partition: 7, offset: 10_093 })));
  });
});
