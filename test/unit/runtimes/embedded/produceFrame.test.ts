import assert from 'node:assert/strict';
import { MAX_PRODUCE_ENTRIES, produceFault } from '../../../../src/runtimes/embedded/host/produceFrame';
import { Writer, requestFrame } from './support/wire';

/** A Produce of version 7: two topics, the first with two partitions. */
function plain(records = Buffer.alloc(61)): Buffer {
  const part = (body: Writer, index: number): Writer =>
    body.int(4, index).int(4, records.length).bytes(records);
  const body = new Writer().string(null).int(2, -1).int(4, 1000).int(4, 2);
  body.string('a').int(4, 2);
  part(part(body, 0), 1);
  part(body.string('b').int(4, 1), 0);
  return requestFrame(0, 7, body.done());
}

/** Compact fields, with the header's and the request's tags: version 9 names topics, version 13 has ids. */
function flexible(version: number): Buffer {
  const body = new Writer().int(1, 0).int(1, 0).int(2, -1).int(4, 1000); // tags, no transactional id, acks, timeout
  body.int(1, 2); // one topic
  if (version >= 13) body.bytes(Buffer.alloc(16, 7));
  else body.int(1, 2).bytes(Buffer.from('t'));
  body.int(1, 2).int(4, 0); // one partition: number 0
  body.bytes(Buffer.from([0xac, 0x02])).bytes(Buffer.alloc(299)); // 300 is 299 bytes
  body.int(1, 1).int(1, 9).int(1, 3).bytes(Buffer.from('tag')); // one tag of the partition
  return requestFrame(0, version, body.int(1, 0).int(1, 0).done());
}

describe('the check of a Produce request', () => {
  it('takes whole requests of every version', () => {
    assert.equal(produceFault(plain()), undefined);
    assert.equal(produceFault(plain(Buffer.alloc(16 * 1024 * 1024))), undefined);
    for (const version of [9, 12, 13]) assert.equal(produceFault(flexible(version)), undefined);
  });

  it('refuses every request that is cut short', () => {
    for (const whole of [plain(), flexible(9), flexible(13)]) {
      for (let end = 12; end < whole.length; end++) {
        assert.match(produceFault(whole.subarray(0, end)) ?? 'taken', /a field ends behind its end/);
      }
    }
  });

  it('refuses arrays that claim more than any client has, without reading on', () => {
    const claim = new Writer().string(null).int(2, -1).int(4, 1000);
    const topics = requestFrame(
      0,
      7,
      claim
        .int(4, MAX_PRODUCE_ENTRIES + 1)
        .bytes(Buffer.alloc(1000))
        .done(),
    );
    assert.match(produceFault(topics) ?? 'taken', /more than 100000 topics, partitions and tagged fields/);
    const tags = requestFrame(0, 9, Buffer.from('ffffffff0f', 'hex'));
    assert.match(produceFault(tags) ?? 'taken', /more than 100000/);
  });

  it('counts the entries of all arrays together', () => {
    const half = MAX_PRODUCE_ENTRIES / 2;
    const body = new Writer().string(null).int(2, -1).int(4, 1000).int(4, 2);
    for (const name of ['a', 'b'])
      body
        .string(name)
        .int(4, half)
        .bytes(Buffer.alloc(8 * half));
    assert.match(produceFault(requestFrame(0, 7, body.done())) ?? 'taken', /more than 100000/);
  });

  it('refuses versions that do not exist, and numbers that do not end', () => {
    for (const version of [-1, 14, 32_767]) {
      assert.equal(
        produceFault(requestFrame(0, version, Buffer.alloc(20))),
        `a Produce request of version ${version}`,
      );
    }
    assert.match(produceFault(requestFrame(0, 9, Buffer.alloc(9, 0xff))) ?? 'taken', /a number does not end/);
  });
});
