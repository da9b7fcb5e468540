import assert from 'node:assert/strict';
import fc from 'fast-check';
import { knownApiKeys } from '../../../../src/runtimes/embedded/host/apiKeys';
import {
  Guard,
  MAX_FRAME_BYTES,
  MAX_OTHER_FRAME_BYTES,
  MAX_UNFINISHED_BYTES,
} from '../../../../src/runtimes/embedded/host/guard';
import type { Budget } from '../../../../src/runtimes/embedded/host/guard';

function frame(key: number, bodyBytes: number): Buffer {
  const bytes = Buffer.alloc(4 + 8 + bodyBytes, 0xab);
  bytes.writeUInt32BE(8 + bodyBytes, 0);
  bytes.writeInt16BE(key, 4);
  return bytes;
}

function guarded(budget: Budget = { bytes: 0 }): { guard: Guard; frames: Buffer[]; budget: Budget } {
  const frames: Buffer[] = [];
  return { guard: new Guard((bytes) => frames.push(Buffer.from(bytes)), budget), frames, budget };
}

function header(size: number, key: number): Buffer {
  const bytes = frame(key, 0);
  bytes.writeUInt32BE(size, 0);
  return bytes;
}

describe('the guard of the embedded broker', () => {
  it('hands on the same frames however the bytes are cut', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.constantFrom(...knownApiKeys().filter((key) => key !== 0)), fc.nat(300)), {
          minLength: 1,
          maxLength: 8,
        }),
        fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1, maxLength: 60 }),
        (shapes, cuts) => {
          const sent = shapes.map(([key, bytes]) => frame(key, bytes));
          const all = Buffer.concat(sent);
          const { guard, frames, budget } = guarded();
          for (let at = 0, i = 0; at < all.length; i++) {
            const length = cuts[i % cuts.length] ?? 1;
            assert.equal(guard.push(all.subarray(at, at + length)), undefined);
            at += length;
          }
          assert.deepEqual(frames, sent);
          assert.equal(budget.bytes, 0);
        },
      ),
    );
  });

  it('never throws and never hands on a frame that breaks the rules, whatever comes', () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 64 }), { maxLength: 20 }), (pieces) => {
        const { guard, frames } = guarded();
        for (const piece of pieces) if (guard.push(Buffer.from(piece)) !== undefined) break;
        for (const bytes of frames) {
          assert.equal(bytes.readUInt32BE(0) + 4, bytes.length);
          assert.ok(knownApiKeys().includes(bytes.readInt16BE(4)));
        }
      }),
    );
  });

  it('refuses HTTP, TLS and other sizes out of range', () => {
    const hostile: Record<string, Buffer> = {
      http: Buffer.from('GET / HTTP/1.1\r\nHost: localhost\r\n\r\n'),
      tls: Buffer.from('16030100fa010000f6', 'hex'),
      huge: header(0xffffffff, 0),
      'one too many': header(MAX_FRAME_BYTES + 1, 0),
      zero: header(0, 0),
      'shorter than a header': header(7, 0),
    };
    for (const [name, bytes] of Object.entries(hostile)) {
      assert.match(guarded().guard.push(bytes) ?? 'taken', /^a request of \d+ bytes/, name);
    }
  });

  it('refuses unknown API keys before their body has come', () => {
    for (const key of [-1, 4, 5, 6, 7, 38, 55, 80, 93, 999, 32_767, -32_768]) {
      assert.equal(guarded().guard.push(header(1000, key)), `API key ${key}, which is not known`);
    }
  });

  it('takes a large Produce but no other large request', () => {
    assert.equal(guarded().guard.push(header(MAX_FRAME_BYTES, 0)), undefined);
    assert.equal(guarded().guard.push(header(MAX_OTHER_FRAME_BYTES, 3)), undefined);
    assert.match(guarded().guard.push(header(MAX_OTHER_FRAME_BYTES + 1, 3)) ?? '', /larger than 4194304/);
  });

  it('refuses a Produce whose arrays claim more than is in them', () => {
    const { guard, frames } = guarded();
    assert.match(guard.push(frame(0, 1000)) ?? 'taken', /Produce request/);
    assert.deepEqual(frames, []);
  });

  it('bounds the unfinished bytes of all connections together and gives them back', () => {
    const budget = { bytes: MAX_UNFINISHED_BYTES - 100 };
    const first = guarded(budget);
    assert.equal(first.guard.push(header(1000, 0)), undefined);
    assert.match(first.guard.push(Buffer.alloc(100)) ?? '', /unfinished/);
    first.guard.close();
    assert.equal(budget.bytes, MAX_UNFINISHED_BYTES - 100);
  });
});
