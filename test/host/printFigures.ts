import { appendFileSync } from 'node:fs';

/** Puts a line of measured figures into the output of the test run: the extension host has none that is shown. */
export function printFigures(line: string): void {
  appendFileSync(`${process.env['HOST_RESULT'] ?? ''}.figures`, `${line}\n`);
}
