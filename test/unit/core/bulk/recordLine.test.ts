import assert from 'node:assert/strict';
import type { KafkaManagerError } from '../../../../src/contract/errors';
import { formatRecordLine } from '../../../../src/core/bulk/formatRecordLine';
import { parseRecordLine } from '../../../../src/core/bulk/parseRecordLine';
import type { ConsumedRecord } from '../../../../src/core/kafkaTypes';

const base: ConsumedRecord = { partition: 3, offset: 7, timestamp: 5, key: null, value: null, headers: [] };
const bytes = (...values: number[]): Uint8Array => Uint8Array.from(values);
const text = (value: string): Uint8Array => Buffer.from(value);

/** What a line is refused with. */
function refusal(line: string, number = 12): KafkaManagerError {
  try {
    parseRecordLine(line, number);
  } catch (error) {
    return error as KafkaManagerError;
  }
  throw new assert.AssertionError({ message: `accepted: ${line}` });
}

describe('a record as a line of NDJSON', () => {
  it('tells null from empty, text from bytes, and keeps headers in order with duplicates', () => {
    const headers = [
      { key: 'a', value: text('1') },
      { key: 'a', value: null },
      { key: '', value: text('') },
      { key: 'b', value: bytes(0xff) },
    ];
    assert.equal(
      formatRecordLine({ ...base, key: text(''), value: bytes(0xc3, 0x28), headers }),
      '{"partition":3,"offset":7,"timestamp":5,"key":"","value":{"base64":"wyg="},' +
        '"headers":[["a","1"],["a",null],["",""],["b",{"base64":"/w=="}]]}',
    );
  });

  it('keeps JSON as it is, and big integers', () => {
    const json = '{ "n": 12345678901234567890, "x": 1.50 }\n';
    const line = formatRecordLine({
      ...base,
      offset: Number.MAX_SAFE_INTEGER,
      timestamp: -1,
      value: text(json),
    });
    assert.ok(!line.includes('\n'));
    const read = parseRecordLine(line, 1);
    assert.equal(Buffer.from(read.value!).toString(), json);
    assert.deepEqual([read.offset, read.timestamp], [Number.MAX_SAFE_INTEGER, -1]);
  });

  it('is base64 where text would be too long for a string', () => {
    const value = Buffer.alloc(20 * 1024 * 1024);
    const line = formatRecordLine({ ...base, value });
    assert.ok(line.length < 1.4 * value.length);
    assert.ok(value.equals(parseRecordLine(line, 1).value!));
    const huge = { ...base, value: new Uint8Array(256 * 1024 * 1024 + 1) };
    assert.throws(() => formatRecordLine(huge), {
      code: 'MESSAGE_TOO_LARGE',
      message: /offset 7 of partition 3/,
    });
  });

  it('needs no more than a value', () => {
    const read = parseRecordLine('{"value":"v"}', 1);
    assert.deepEqual(read, {
      partition: undefined,
      offset: undefined,
      timestamp: undefined,
      key: null,
      value: text('v'),
      headers: [],
    });
  });

  for (const [line, field, reason] of [
    ['{"value":"v"', undefined, /^Line 12 is not JSON(: error at position 12)?\.$/],
    ['[]', undefined, /is not a JSON object/],
    ['null', undefined, /is not a JSON object/],
    ['{"key":"k"}', 'value', /is missing; null is a tombstone/],
    ['{"value":null,"keys":"k"}', 'keys', /nothing that a record has/],
    ['{"value":null,"__proto__":{"key":"k"}}', '__proto__', /nothing that a record has/],
    ['{"value":"a","value":"b"}', undefined, /comes twice/],
    ['{"value":{"base64":"YQ==","base64":"Yg=="}}', undefined, /comes twice/],
    ['{"value":"a\\\\" , "key":"b\\"","key" : "c"}', undefined, /comes twice/],
    ['{"value":1}', 'value', /must be a string, \{"base64"/],
    ['{"value":{"base64":"YQ==","more":1}}', 'value', /must be a string/],
    ['{"value":{"base64":"YQ"}}', 'value', /base64 with padding/],
    ['{"value":{"base64":"YR=="}}', 'value', /base64 with padding/],
    ['{"value":"","key":"\\ud800"}', 'key', /half a surrogate pair/],
    ['{"value":"","partition":-1}', 'partition', /whole number from 0 to 2147483647/],
    ['{"value":"","partition":"1"}', 'partition', /whole number/],
    ['{"value":"","offset":9007199254740993}', 'offset', /whole number/],
    ['{"value":"","timestamp":-2}', 'timestamp', /whole number from -1/],
    ['{"value":"","timestamp":1.5}', 'timestamp', /whole number/],
    ['{"value":"","headers":{"a":"b"}}', 'headers', /list of \[key, value\] pairs/],
    ['{"value":"","headers":[["a"]]}', 'headers.0', /must be a pair/],
    ['{"value":"","headers":[["a","b"],["a",2]]}', 'headers.1', /must be a string/],
  ] as const) {
    it(`refuses ${line}`, () => {
      const { code, message, details, remedy } = refusal(line);
      assert.equal(code, 'VALIDATION_ERROR');
      assert.match(message, reason);
      assert.match(remedy, /line 12/);
      assert.deepEqual(details, field === undefined ? { line: 12 } : { line: 12, field });
    });
  }

  it('takes colons, quotes and backslashes in strings for what they are', () => {
    for (const value of ['":', '\\":', '\\\\"', '"a":"b"', '{"value":1,"value":2}']) {
      const line = formatRecordLine({ ...base, key: text(value), value: text(value) });
      assert.equal(Buffer.from(parseRecordLine(line, 1).value!).toString(), value);
    }
  });

  it('tells nothing of what is in a line', () => {
    for (const line of ['{"value":"secret', '{"value":["secret"]}', '{"value":{"base64":"secret"}}']) {
      const { message, details, cause } = refusal(line);
      assert.ok(!JSON.stringify([message, details, String(cause)]).includes('secret'));
    }
  });
});
