/** ms since 1970; `to` is exclusive. */
export interface TimeRange {
  readonly from: number;
  readonly to: number;
}

/**
 * Borders that cut a range into equal parts, as far as whole milliseconds allow; one more than there are buckets. Empty
 * where there is no range.
 */
export function borderTimes(range: TimeRange | undefined, buckets: number): readonly number[] {
  if (!range) return [];
  const { from, to } = range;
  const count = Math.max(1, Math.min(buckets, to - from));
  return Array.from({ length: count + 1 }, (_, i) => from + Math.floor(((to - from) * i) / count));
}

/**
 * The numbers of the borders that are known after each round of cutting everything in two: first both ends, at last all
 * of them.
 */
export function subdivisions(buckets: number): readonly (readonly number[])[] {
  const levels: number[][] = [[0, buckets]];
  for (let level = levels[0]!; level.length <= buckets;) {
    level = level.flatMap((at, i) => {
      const next = level[i + 1];
      return next === undefined || next - at < 2 ? [at] : [at, (at + next) >> 1];
    });
    levels.push(level);
  }
  return levels;
}
