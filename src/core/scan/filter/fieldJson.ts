import { isUtf8 } from 'node:buffer';

/** What JSON can begin with, besides white space. */
const BEGINNINGS = new Set(Buffer.from(' \t\n\r{["-0123456789tfn'));

/** A JSON value; integers past 2^53 lose digits, as everywhere in JavaScript. */
export type Json = null | boolean | number | string | Json[] | { [name: string]: Json };

/** The bytes as UTF-8 text; undefined where they are none. */
export function textOf(bytes: Buffer): string | undefined {
  return isUtf8(bytes) ? bytes.toString('utf8') : undefined;
}

/** The bytes as JSON; undefined where they are none. */
export function jsonOf(bytes: Buffer): Json | undefined {
  // Spares what is plainly no JSON the exception.
  if (!BEGINNINGS.has(bytes[0] ?? 0)) return undefined;
  const text = textOf(bytes);
  if (text === undefined) return undefined;
  try {
    return JSON.parse(text) as Json;
  } catch {
    return undefined;
  }
}
