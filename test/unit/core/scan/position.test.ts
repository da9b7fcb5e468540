import assert from 'node:assert/strict';
import { KafkaManagerError } from '../../../../src/contract/errors';
import { decodePosition, encodePosition } from '../../../../src/core/scan/position';

describe('position token', () => {
  it('comes back as it was', () => {
    const partitions = new Map([
      [0, { next: 3, end: 9 }],
      [7, { next: 2 ** 52, end: 2 ** 53 - 1 }],
    ]);
    const position = { topic: 'orders.v1', direction: 'newest', partitions, remaining: 12 } as const;
    const token = encodePosition(position);
    assert.match(token, /^[\w-]+$/);
    assert.deepEqual(decodePosition(token), position);
    const { topic, direction } = position;
    assert.deepEqual(decodePosition(encodePosition({ topic, direction, partitions })), {
      topic,
      direction,
      partitions,
    });
  });

  it('refuses everything else', () => {
    const token = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');
    const good = { v: 1, t: 'a', d: 'oldest', p: [[0, 1, 2]] };
    assert.equal(decodePosition(token(good)).topic, 'a');
    const bad = [
      '',
      '%%%',
      'abc',
      token(null),
      token([]),
      token({ ...good, v: 2 }),
      token({ ...good, t: '' }),
      token({ ...good, d: 'up' }),
      token({ ...good, p: [] }),
      token({ ...good, p: [[0, 2, 1]] }),
      token({ ...good, p: [[0, -1, 1]] }),
      token({ ...good, p: [[0, 0.5, 1]] }),
      token({ ...good, p: [[0, 0, 2 ** 60]] }),
      token({
        ...good,
        p: [
          [0, 1, 2],
          [0, 1, 2],
        ],
      }),
      token({ ...good, r: 0 }),
      token({ ...good, extra: 1 }),
      `${token(good)}=`,
    ];
    for (const text of bad) {
      assert.throws(
        () => decodePosition(text),
        (error) => error instanceof KafkaManagerError && error.code === 'VALIDATION_ERROR',
        text,
      );
    }
  });
});
