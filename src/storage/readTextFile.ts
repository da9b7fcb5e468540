import { readFile } from 'node:fs/promises';

/** Reads a UTF-8 text file of the user. */
export function readTextFile(file: string): Promise<string> {
  return readFile(file, 'utf8');
}
