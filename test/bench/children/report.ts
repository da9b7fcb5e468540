/** Tells the benchmark what was found: one line of JSON, the last of the output. */
export function report(found: object): void {
  process.stdout.write(`${JSON.stringify(found)}\n`);
}
