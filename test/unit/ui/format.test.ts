import assert from 'node:assert/strict';
import { formatBytes, formatCount, formatDuration, formatExact } from '../../../src/ui/format';

describe('Numbers for people', () => {
  it('groups the digits of exact ones', () => {
    assert.deepEqual([0, 999, 1_204_331, -5].map(formatExact), ['0', '999', '1,204,331', '-5']);
  });

  it('shortens counts without ever rounding up', () => {
    const counts = [0, 7, 999, 1_000, 1_999, 18_040, 48_299, 99_999, 318_900, 999_999, 1_204_331, 12e9];
    const shown = [
      '0',
      '7',
      '999',
      '1.0k',
      '1.9k',
      '18.0k',
      '48.2k',
      '99.9k',
      '318k',
      '999k',
      '1.2M',
      '12.0G',
    ];
    assert.deepEqual(counts.map(formatCount), shown);
  });

  it('keeps what is beyond the largest unit readable', () => {
    assert.equal(formatCount(5e15), '5000T');
  });

  it('gives bytes a unit', () => {
    assert.deepEqual([0, 999, 41_200, 1.25e9].map(formatBytes), ['0 B', '999 B', '41.2 kB', '1.2 GB']);
  });

  it('says a duration by its two largest units', () => {
    const spans = [-3, 0, 42_999, 60_000, 61_000, 8_040_000, 3_600_000, 604_800_000, 90_000_000];
    assert.deepEqual(spans.map(formatDuration), [
      '0 s',
      '0 s',
      '42 s',
      '1 min',
      '1 min 1 s',
      '2 h 14 min',
      '1 h',
      '7 d',
      '1 d 1 h',
    ]);
  });
});
