import assert from 'node:assert/strict';
import fc from 'fast-check';
import { KafkaManagerError } from '../../../../src/contract/errors';
import { consumeQuerySchema } from '../../../../src/contract/rest/consume';
import { decodePosition, encodePosition } from '../../../../src/core/scan/position';
import type { ScanPosition } from '../../../../src/core/scan/query';
import { TokenWriter } from '../../../../src/core/scan/tokenBytes';

const topic = 'orders.v1';

function isRefused(token: string): void {
  assert.throws(
    () => decodePosition(token),
    (error) => error instanceof KafkaManagerError && error.code === 'VALIDATION_ERROR',
    token,
  );
}

/** A token of these numbers behind version, flags and topic. */
function tokenOf(flags: number, ...numbers: readonly number[]): string {
  const writer = new TokenWriter();
  writer.number(2);
  writer.number(flags);
  writer.text('a');
  for (const number of numbers) writer.number(number);
  return writer.token();
}

describe('position token', () => {
  it('comes back as it was', () => {
    const offset = fc.integer({ min: 0, max: Number.MAX_SAFE_INTEGER });
    const ranges = fc.dictionary(
      fc.integer({ min: 0, max: 0x7fffffff }).map(String),
      fc.tuple(offset, offset).map(([a, b]) => ({ next: Math.min(a, b), end: Math.max(a, b) })),
      { minKeys: 1, maxKeys: 30 },
    );
    const count = fc.integer({ min: 1, max: Number.MAX_SAFE_INTEGER });
    fc.assert(
      fc.property(
        ranges,
        fc.constantFrom('oldest', 'newest'),
        fc.option(count, { nil: undefined }),
        (given, direction, remaining) => {
          const partitions = new Map(Object.entries(given).map(([p, range]) => [Number(p), range]));
          const position: ScanPosition = {
            topic,
            direction,
            partitions,
            ...(remaining !== undefined && { remaining }),
          };
          const token = encodePosition(position);
          assert.match(token, /^[\w-]+$/);
          const keepsEnds = direction === 'newest' || remaining !== undefined;
          const kept = [...partitions].map(
            ([p, { next, end }]) => [p, { next, end: keepsEnds ? end : next }] as const,
          );
          assert.deepEqual(decodePosition(token), { ...position, partitions: new Map(kept) });
        },
      ),
    );
  });

  for (const [count, direction, most] of [
    [1_000, 'oldest', 4_100],
    [1_000, 'newest', 8_200],
    [2_000, 'oldest', 8_100],
    [2_000, 'newest', 10_800],
  ] as const) {
    it(`of ${count} partitions, ${direction} first, has at most ${most} characters and fits a URL`, () => {
      // Offsets of partitions that get about the same share; 2,000 newest first only fit without retention.
      const spread = (p: number): number => ((p * 2_654_435_761) >>> 0) % 2_000_000;
      const partitions = new Map(
        Array.from({ length: count }, (_, p) => {
          const isKept = direction === 'newest' && count > 1_000;
          const next = isKept ? 0 : 300_000_000 + spread(p);
          return [p, { next, end: next + 1_000_000 + (spread(p + 7) % 1_900_000) }];
        }),
      );
      const token = encodePosition({ topic, direction, partitions });
      assert.ok(token.length <= most, `${token.length} characters`);
      const back = decodePosition(token);
      for (const [p, { next, end }] of partitions) {
        assert.deepEqual(back.partitions.get(p), { next, end: direction === 'oldest' ? next : end });
      }
      assert.equal(consumeQuerySchema.parse({ topic, position: token }).position, token);
    });
  }

  it('refuses what is damaged', () => {
    const partitions = new Map([
      [0, { next: 3, end: 9 }],
      [7, { next: 2 ** 52, end: 2 ** 53 - 1 }],
    ]);
    const token = encodePosition({ topic, direction: 'newest', partitions, remaining: 12 });
    for (let at = 0; at < token.length; at++) {
      isRefused(token.slice(0, at) + (token[at] === 'A' ? 'B' : 'A') + token.slice(at + 1));
      isRefused(token.slice(0, at));
      isRefused(token.slice(0, at) + token.slice(at + 1));
    }
    for (const bad of ['', '%%%', 'abc', `${token}=`, `${token}A`, ` ${token}`]) isRefused(bad);
  });

  it('refuses what no scan ends with, though its checksum is right', () => {
    const good = tokenOf(0, 1, 0, 0, 5, 0);
    assert.deepEqual(decodePosition(good).partitions, new Map([[0, { next: 5, end: 5 }]]));
    for (const bad of [
      tokenOf(4, 1, 0, 0, 5, 0),
      tokenOf(0, 0),
      tokenOf(0, 1, 0, 1, 5, 0, 0),
      tokenOf(0, 1, 2 ** 31, 0, 5, 0),
      tokenOf(0, 2 ** 40, 0, 2 ** 40 - 1, 5),
      tokenOf(0, 1, 0, 0, 2 ** 53 - 1, 1),
      tokenOf(1, 1, 0, 0, 2 ** 53 - 1, 0, 1, 0),
      tokenOf(0, 1, 0, 0, 5, 0, 0),
      tokenOf(2, 0, 1, 0, 0, 5, 0, 0, 0),
    ]) {
      isRefused(bad);
    }
  });
});
