/** Middle value; the lower of the two middles for an even count. */
export function median(values: readonly number[]): number {
  return percentile(values, 0.5);
}

/** The value that `share` (0..1) of the values do not exceed. */
export function percentile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)] ?? Number.NaN;
}

/** Round by round `theirs / ours`: how many times as fast, or as frugal, ours is. */
export function timesBetter(ours: readonly number[], theirs: readonly number[]): number[] {
  return ours.map((value, round) => (theirs[round] ?? Number.NaN) / value);
}

/** Prints a figure as `NAME/figure VALUE UNIT goal (min-max of n)`: the median of the values. */
export function figure(name: string, values: readonly number[], unit: string, goal = ''): void {
  const text = (value: number): string => value.toFixed(2);
  const range =
    values.length > 1
      ? ` (${text(Math.min(...values))}-${text(Math.max(...values))} of ${values.length})`
      : '';
  const value = Number.isNaN(median(values)) ? 'not-measured' : text(median(values));
  console.log(`${name} ${value} ${unit} ${goal}${range}`);
}
