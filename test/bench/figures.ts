/** Middle value; the lower of the two middles for an even count. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[(sorted.length - 1) >> 1] ?? Number.NaN;
}

/** Prints a figure as `NAME/figure VALUE UNIT goal (min-max of n)`. */
export function figure(name: string, values: readonly number[], unit: string, goal: string): void {
  const text = (value: number): string => value.toFixed(2);
  const range =
    values.length > 1
      ? ` (${text(Math.min(...values))}-${text(Math.max(...values))} of ${values.length})`
      : '';
  console.log(`${name} ${text(median(values))} ${unit} ${goal}${range}`);
}
