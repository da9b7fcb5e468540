import assert from 'node:assert/strict';
import { formatAddress, parseAddress } from '../../../src/kafka/address';

describe('parseAddress', () => {
  it('reads names, IPv4 and IPv6 addresses, and writes them back', () => {
    for (const [text, host, port] of [
      ['localhost:9092', 'localhost', 9092],
      [' 127.0.0.1:1 ', '127.0.0.1', 1],
      ['[::1]:65535', '::1', 65535],
      ['kafka_1.example.org:9093', 'kafka_1.example.org', 9093],
    ] as const) {
      assert.deepEqual(parseAddress(text), { host, port });
      assert.equal(formatAddress({ host, port }), text.trim());
    }
  });

  it('refuses what is no address', () => {
    for (const text of [
      '',
      'localhost',
      ':9092',
      'a:0',
      'a:65536',
      'a:9092x',
      'http://a:9092',
      '::1:9092',
      'a b:1',
      '[x]:1',
    ]) {
      assert.throws(() => parseAddress(text), { code: 'VALIDATION_ERROR' }, text);
    }
  });
});
