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
});
