import assert from 'node:assert/strict';
import { crc32c } from '../../../../src/kafka/records/crc32c';

describe('crc32c', () => {
  it('gives the values of RFC 3720, appendix B.4', () => {
    assert.equal(crc32c(Buffer.alloc(32)), 0x8a9136aa);
    assert.equal(crc32c(Buffer.alloc(32, 0xff)), 0x62a8ab43);
    assert.equal(crc32c(Buffer.from(Array.from({ length: 32 }, (_, i) => i))), 0x46dd794e);
    assert.equal(crc32c(Buffer.from('123456789')), 0xe3069283);
    assert.equal(crc32c(Buffer.alloc(0)), 0);
  });

  it('counts the given range only', () => {
    assert.equal(crc32c(Buffer.from('xx123456789yyy'), 2, 11), 0xe3069283);
  });

  it('does not mind where in memory the bytes lie, nor how many they are', () => {
    const bytes = Buffer.from(Array.from({ length: 100 }, (_, i) => (i * 37) & 255));
    const bitwise = (part: Uint8Array): number => {
      let crc = -1;
      for (const byte of part) {
        crc ^= byte;
        for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? 0x82f63b78 ^ (crc >>> 1) : crc >>> 1;
      }
      return ~crc >>> 0;
    };
    for (let from = 0; from < 20; from++) {
      for (let to = from; to <= bytes.length; to++) {
        assert.equal(crc32c(bytes, from, to), bitwise(bytes.subarray(from, to)), `${from} to ${to}`);
      }
    }
  });
});
